#include "judging/called.h"

#include <algorithm>
#include <cctype>
#include <unordered_set>

#include "judging/grammar.h"
#include "judging/lexicon.h"
#include "text/words.h"

namespace counsel::judging {
namespace {

bool Capital(std::string_view text, const text::RawWord& word) {
  return word.punctuation == 0 && !word.digits && std::isupper(static_cast<unsigned char>(text[word.start])) != 0;
}

bool IsTitle(std::string_view word) {
  return In(word, {"mr", "mrs", "ms", "dr", "sir", "the"});
}

class Finder {
 public:
  explicit Finder(const std::vector<std::string_view>& passages) : passages_(passages) {}

  CalledNames Run() {
    for (const std::string_view text : passages_) {
      text_ = text;
      words_ = text::SplitWords(text, 0, text.size());
      for (std::size_t i = 0; i < words_.size(); ++i) {
        TakeBracket(i);
        TakeApposition(i);
        TakeLabel(i);
        if (words_[i].text == "dear" && i + 1 < words_.size() && IsTitle(words_[i + 1].text))
          Add("you", NameFrom(i + 1, words_.size()));
        ++seen_[words_[i].text];
        if (i > 0 && In(words_[i - 1].text, {"the", "an", "a"})) named_.insert(text::Fold(words_[i].text).text);
      }
    }
    for (const std::string& key : two_) names_.erase(key);
    NameBearers();
    NameSpeakers();
    return std::move(names_);
  }

 private:
  void Add(const std::string& key, const std::string& names) {
    if (names.empty()) return;
    std::string& of = names_[key];
    if (!of.empty() && of.find(names) == std::string::npos && (" " + names).find(of) == std::string::npos)
      two_.insert(key);
    if (of.empty()) of = " " + names;
  }

  // The stems of the capitals from word `at`.
  std::string NameFrom(std::size_t at, std::size_t end) {
    constexpr std::size_t kLongestName = 6;
    std::string names;
    for (std::size_t i = at; i < std::min(end, at + kLongestName); ++i) {
      // "Tarn & Holloway"
      if (i > at && words_[i].punctuation == '&') continue;
      if (!Capital(text_, words_[i])) break;
      if (i > at &&
          text_.substr(words_[i - 1].end, words_[i].start - words_[i - 1].end).find('\n') != std::string_view::npos)
        break;
      if (!IsTitle(words_[i].text)) names += text::Fold(words_[i].text).text + " ";
    }
    return names;
  }

  // Before word `i`, which opens a bracket: the name that begins its line, or the capitals directly before it.
  std::string NameBefore(std::size_t i) {
    std::size_t line = i;
    while (line > 0 && text_.substr(words_[line - 1].end, words_[line].start - words_[line - 1].end).find('\n') ==
                           std::string_view::npos)
      --line;
    // "(1) Hollin Foods Limited, …"
    if (words_[line].punctuation == '(' && line + 3 < i && words_[line + 2].punctuation == ')') line += 3;
    std::string names = NameFrom(line, i);
    if (std::count(names.begin(), names.end(), ' ') > 1) return names;
    if (line > 0 && words_[line - 1].punctuation == ')') return names;
    std::size_t first = i;
    while (first > 0 && i - first < 6 && Capital(text_, words_[first - 1])) --first;
    return NameFrom(first, i);
  }

  // "(the “Supplier”)", "(the Supplier)", "(Claimant)", "(“we”, “us”)"
  void TakeBracket(std::size_t i) {
    if (words_[i].punctuation != '(' || i == 0 || i + 2 >= words_.size()) return;
    std::size_t at = i + 1;
    if (words_[at].text == "the") ++at;
    if (at + 1 >= words_.size()) return;
    const std::string key = text::Fold(words_[at].text).text;
    if (words_[at].text == "we") return Add("we", NameBefore(i));
    if (words_[at + 1].punctuation != ')' || !Capital(text_, words_[at]) || !IsRoleNoun(key)) return;
    if (words_[at].text.ends_with('s') && key + "s" == words_[at].text && words_[at].text != "lessees") return;
    Add(key, NameBefore(i));
  }

  // "my sister Agnes Pallister", "the gardener, Mr Piers Landon"
  void TakeApposition(std::size_t i) {
    if (i == 0 || i + 1 >= words_.size() || words_[i].punctuation != 0 || Capital(text_, words_[i])) return;
    const std::string key = text::Fold(words_[i].text).text;
    if (!IsKin(key) && !IsRoleNoun(key)) return;
    std::size_t article = i - 1;
    if (article > 0 && In(words_[article].text, {"former", "late", "eldest", "elder", "younger", "youngest"}))
      --article;
    if (!In(words_[article].text, {"my", "his", "her", "our", "their", "the"})) return;
    std::size_t name = i + 1;
    if (words_[name].punctuation == ',') ++name;
    if (name >= words_.size() || !Capital(text_, words_[name])) return;
    // Two names at least, or a title: "the tenant, Flat 2" is none.
    const std::string names = NameFrom(name, words_.size());
    if (std::count(names.begin(), names.end(), ' ') < 2 && !IsTitle(words_[name].text)) return;
    Add(key, names);
  }

  // "Tenant: Ms Priya Sandhu"
  void TakeLabel(std::size_t i) {
    if (i + 2 >= words_.size() || words_[i + 1].punctuation != ':' || !Capital(text_, words_[i])) return;
    const std::string key = text::Fold(words_[i].text).text;
    const std::string names = NameFrom(i + 2, words_.size());
    const bool same_line =
        text_.substr(words_[i + 1].end, words_[i + 2].start - words_[i + 1].end).find('\n') == std::string_view::npos;
    if (same_line && IsRoleNoun(key) && std::count(names.begin(), names.end(), ' ') > 1) Add(key, names);
  }

  // "Vail" is the applicant, where the applicant is Mrs Vail and nobody else is called so.
  void NameBearers() {
    CalledNames bearers;
    std::unordered_set<std::string> shared;
    for (const auto& [role, names] : names_) {
      if (In(role, {"we", "you", "i"})) continue;
      for (const text::RawWord& name : text::SplitWords(names, 0, names.size())) {
        if (In(name.text, {"limit", "limited", "ltd", "plc", "llp", "compani", "company"}) ||
            names_.count(name.text) > 0)
          continue;
        if (!bearers.emplace(name.text, " " + role + " ").second) shared.insert(name.text);
      }
    }
    for (const std::string& name : shared) bearers.erase(name);
    names_.insert(bearers.begin(), bearers.end());
  }

  // "We" and "you" of a policy, of terms or of a letter; and what the like of it are called.
  void NameSpeakers() {
    constexpr int kOften = 2;
    if (seen_["we"] < kOften) return;
    const auto has = [&](std::initializer_list<const char*> words) {
      return std::any_of(words.begin(), words.end(), [&](const char* word) { return seen_[word] > 0; });
    };
    const auto call = [&](const char* who, const char* noun) {
      const std::string stem = text::Fold(noun).text;
      if (named_.count(stem) > 0) return;  // somebody else is called so
      std::string& names = names_[who];
      names += (names.empty() ? " " : "") + stem + " ";
    };
    // A tribunal of several members
    if (seen_["you"] + seen_["your"] < kOften) {
      if (has({"tribunal", "judge", "judgment", "appellant", "respondent"})) {
        call("we", "tribunal");
        call("we", "court");
      }
      return;
    }
    call("we", "company");
    if (has({"licence", "license", "licensed"})) call("we", "licensor");
    if (has({"solicitor", "solicitors", "accountants", "partner", "partners"})) call("we", "firm");
    if (has({"insurance", "insured", "insure", "premium"})) {
      call("we", "insurer");
      call("you", "policyholder");
      call("you", "insured");
    } else if (has({"employment", "employee", "employees", "salary"})) {
      call("we", "employer");
      call("you", "employee");
    } else {
      call("we", "provider");
      call("you", "user");
      call("you", "customer");
    }
  }

  const std::vector<std::string_view>& passages_;
  std::string_view text_;
  std::vector<text::RawWord> words_;
  CalledNames names_;
  std::unordered_set<std::string> two_, named_;
  std::unordered_map<std::string, int> seen_;
};

}  // namespace

bool IsKin(std::string_view stem) {
  static const std::unordered_set<std::string> kin = [] {
    std::unordered_set<std::string> made;
    for (const char* word :
         {"brother",  "sister",        "niece",    "nephew",    "husband", "wife",       "son",    "daughter",
          "mother",   "father",        "uncle",    "aunt",      "cousin",  "partner",    "friend", "neighbour",
          "grandson", "granddaughter", "gardener", "colleague", "godson",  "goddaughter"})
      made.insert(text::Fold(word).text);
    return made;
  }();
  return kin.count(std::string(stem)) > 0;
}

CalledNames NamesOf(const std::vector<std::string_view>& passages) {
  return Finder(passages).Run();
}

}  // namespace counsel::judging
