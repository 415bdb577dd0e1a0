#include "understanding/says_who.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "understanding/answer_kind.h"
#include "understanding/asked_head.h"
#include "understanding/follow_up_words.h"
#include "understanding/row_cells.h"

namespace counsel::understanding {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// What is done, by how a question begins to say it, and how documents say that it was.
struct Act {
  std::string_view asked;
  std::array<std::string_view, 8> said;
};
constexpr std::array<Act, 5> kActs = {{
    {"sign", {"signed by", "signed:", "signed for", "signed on behalf", "signed as a deed", "executed", "acting by"}},
    {"execut", {"signed by", "signed:", "signed for", "executed", "acting by", "signed as a deed"}},
    {"witness", {"in the presence of", "witness"}},
    {"wrote", {"yours sincerely", "yours faithfully", "kind regards", "from:"}},
    {"guarant", {"guarantor", "guarantee"}},
}};

// "the", "a", "our": what stands between "is" and who somebody is.
bool IsArticle(std::string_view word) {
  return word == "the" || word == "a" || word == "an" || word == "our" || word == "its" || word == "their";
}

std::string WithoutEnding(std::string word) {
  if (word.size() > 3 && word.ends_with('s')) word.pop_back();
  return word;
}

// “ and ” are letters of a token.
bool IsRole(std::string word, const std::string& role) {
  std::erase_if(word, [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
  return WithoutEnding(std::move(word)) == role;
}

// "(the "Landlord")", "(chair)": in brackets behind a name, with nothing else in them.
bool InBrackets(std::string_view sentence, const std::string& role) {
  for (std::size_t open = sentence.find('('); open != std::string_view::npos; open = sentence.find('(', open + 1)) {
    const std::size_t close = sentence.find(')', open);
    if (close == std::string_view::npos || open < 3) return false;
    const std::vector<std::string> words = LowerWords(sentence.substr(open + 1, close - open - 1));
    const bool short_one = !words.empty() && words.size() <= 4;
    if (short_one && std::any_of(words.begin(), words.end(), [&](const auto& word) { return IsRole(word, role); })) {
      return true;
    }
  }
  return false;
}

// "Landlord: NAME", "The Architect is NAME", "NAME is the architect", "NAME, director", "NAME as chair".
bool Stated(std::string_view sentence, const std::string& role) {
  const std::vector<Token> tokens = Tokens(sentence);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!IsRole(tokens[i].lower, role)) continue;
    const char behind = tokens[i].end < sentence.size() ? sentence[tokens[i].end] : ' ';
    if (behind == ':' && i < 4) return true;
    const bool is = i + 2 < tokens.size() && (tokens[i + 1].lower == "is" || tokens[i + 1].lower == "are");
    if (is && (tokens[i + 2].capital || IsArticle(tokens[i + 2].lower))) return true;
    std::size_t before = i;
    while (before > 0 && IsArticle(tokens[before - 1].lower)) --before;
    if (before == 0) continue;
    const std::string& verb = tokens[before - 1].lower;
    if (before > 1 && (verb == "is" || verb == "was" || verb == "as" || verb == "be") && tokens[before - 2].capital) {
      return true;
    }
    const bool comma = tokens[before - 1].end < sentence.size() && sentence[tokens[before - 1].end] == ',';
    if (comma && tokens[before - 1].capital) return true;
  }
  return false;
}

bool InRow(std::string_view sentence, const std::string& role) {
  const std::vector<Cell> cells = CellsOf(sentence);
  return std::any_of(cells.begin(), cells.end(), [&role](const Cell& cell) {
    return IsRole(Lower(cell.value), role) || (IsRole(Lower(cell.label), role) && !cell.value.empty());
  });
}

}  // namespace

bool SaysWho(std::string_view question, std::string_view sentence) {
  const std::string_view last = question.substr(question.rfind('\n') + 1);
  if (AskedKind(last) != AnswerKind::kWho) return false;
  const std::vector<Token> tokens = Tokens(last);
  const auto who = std::find_if(tokens.begin(), tokens.end(),
                                [](const Token& token) { return token.lower == "who" || token.lower == "whom"; });
  if (who != tokens.end() && who + 1 != tokens.end()) {
    const std::string said = Lower(sentence);
    for (const Act& act : kActs) {
      if (!(who + 1)->lower.starts_with(act.asked)) continue;
      return std::any_of(act.said.begin(), act.said.end(), [&](std::string_view one) {
        const std::size_t at = one.empty() ? std::string::npos : said.find(one);
        if (at == std::string::npos) return false;
        // By somebody: "signed by both parties" says nobody.
        const bool by = one.ends_with(" by") || one.ends_with(" of") || one == "yours sincerely" ||
                        one == "yours faithfully" || one == "kind regards";
        const std::size_t next = sentence.find_first_not_of(" :,\n", at + one.size());
        return !by || (next != std::string_view::npos && sentence[next] >= 'A' && sentence[next] <= 'Z');
      });
    }
  }
  const std::string role = WithoutEnding(AskedHead(last));
  if (role == "partie") {
    const std::size_t between = Lower(sentence).find("between ");
    const bool several = std::count(sentence.begin(), sentence.end(), '(') > 1;
    return between != std::string::npos && (several || sentence.find(" and ", between) != std::string_view::npos);
  }
  return !role.empty() && (InBrackets(sentence, role) || Stated(sentence, role) || InRow(sentence, role));
}

}  // namespace counsel::understanding
