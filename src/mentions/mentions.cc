#include "mentions/mentions.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"
#include "documents/documents.h"
#include "documents/extracted_text.h"
#include "text/words.h"

namespace counsel::mentions {
namespace {

constexpr std::int64_t kPiece = std::int64_t{1} << 18;  // code points at once
constexpr std::int64_t kOverlap = 1000;                 // of two pieces, so that no mention is cut
constexpr std::int64_t kAround = 160;                   // code points of a quote on either side
constexpr std::size_t kMostWords = 20;

// "organize" and "organise", "color" and "colour" in one spelling.
std::string Spelled(std::string word) {
  for (const auto& [from, to] : {std::pair<std::string_view, std::string_view>{"iz", "is"}, {"our", "or"}}) {
    const std::size_t at = word.rfind(from);
    if (at != std::string::npos && at >= 2 && word.size() > 4) word.replace(at, from.size(), to);
  }
  return word;
}

// What is written short as often as not.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kShort = {
    {{"ltd", "limited"}, {"co", "company"}, {"corp", "corporation"}, {"inc", "incorporated"}, {"no", "number"}}};

// "18,000" is "18000".
std::string Ungrouped(std::string number) {
  std::erase(number, ',');
  return number;
}

std::string Form(const text::RawWord& word) {
  if (word.digits) return Ungrouped(word.text);
  if (word.text.empty()) return "and";  // &
  for (const auto& [brief, whole] : kShort) {
    if (word.text == brief) return Spelled(text::Fold(whole).text);
  }
  return Spelled(text::Fold(word.text).text);
}

// Without what stands between two of them: who asks whether something is said must not be told "nowhere" for a comma or
// the stop of an abbreviation.
std::vector<text::RawWord> PlainWords(std::string_view text) {
  std::vector<text::RawWord> words = text::SplitWords(text, 0, text.size());
  std::erase_if(words, [](const text::RawWord& word) {
    return word.text.empty() ? word.punctuation != '&' : word.text == "£" || word.text == "€" || word.text == "$";
  });
  return words;
}

// "21" is mentioned by "21(1)".
bool Mentions(std::string_view said, std::string_view asked) {
  return said.starts_with(asked) && (said.size() == asked.size() || said[asked.size()] == '(');
}

// A blank line is between them.
bool Apart(std::string_view text, const text::RawWord& one, const text::RawWord& next) {
  const std::string_view between = text.substr(one.end, next.start - one.end);
  const std::size_t line = between.find('\n');
  if (line == std::string_view::npos) return false;
  const std::size_t next_line = between.find_first_not_of(" \t\r", line + 1);
  return next_line != std::string_view::npos && between[next_line] == '\n';
}

template <class Work>
auto Snapshot(store::Connection& db, Work work) {
  return store::InTransaction(db, false, std::move(work));
}

void AddNotRead(const documents::Document& document, std::string why, Found* found) {
  ++found->not_read_count;
  if (found->not_read.size() >= kMost) return;
  NotRead one;
  one.id = document.id;
  one.name = document.name;
  one.why = std::move(why);
  found->not_read.push_back(std::move(one));
}

Result<void> Quote(store::Connection& db, const documents::Document& document, Mention* mention) {
  mention->quote_start = std::max<std::int64_t>(0, mention->start - kAround);
  mention->quote_end = std::min(document.characters, mention->end + kAround);
  ASSIGN_OR_RETURN(mention->quote, documents::GetPassage(db, document.id, mention->quote_start, mention->quote_end));
  ASSIGN_OR_RETURN(const std::vector<documents::PageStart> pages,
                   documents::GetPages(db, document.id, mention->start, mention->end));
  if (!pages.empty()) mention->page = pages.front().page;
  return {};
}

Result<void> ReadText(store::Connection& db, const documents::Document& document, const std::vector<std::string>& words,
                      Mention* mention) {
  std::int64_t counted_to = 0;  // what begins before it was counted with the piece before
  for (std::int64_t at = 0; at < document.characters; at += kPiece - kOverlap) {
    const std::int64_t end = std::min(at + kPiece, document.characters);
    ASSIGN_OR_RETURN(const std::string piece, Snapshot(db, [&](store::Connection& in) {
                       return documents::GetPassage(in, document.id, at, end);
                     }));
    for (const Range& one : FindIn(piece, words)) {
      const std::int64_t start = at + CountCodePoints(std::string_view(piece).substr(0, one.start));
      if (start < counted_to) continue;
      if (mention->count++ == 0) {
        mention->start = start;
        mention->end = start + CountCodePoints(std::string_view(piece).substr(one.start, one.end - one.start));
      }
      counted_to = start + 1;
    }
    if (end == document.characters) break;
  }
  if (mention->count == 0) return {};
  return Snapshot(db, [&](store::Connection& in) { return Quote(in, document, mention); });
}

Result<void> LookForDoubts(store::Connection& db, const documents::Document& document, Found* found) {
  for (const std::string& note : document.notes) {
    if (!std::string_view(note).starts_with(documents::kNotRead)) continue;
    AddNotRead(document, note, found);
    return {};
  }
  ASSIGN_OR_RETURN(const std::optional<double> sure, Snapshot(db, [&](store::Connection& in) {
                     return documents::OcrConfidence(in, document.id, 0, document.characters);
                   }));
  if (sure && *sure < kUnsure) {
    AddNotRead(document, "read by OCR, unsurely (confidence " + std::to_string(static_cast<int>(*sure)) + " of 100)",
               found);
  }
  return {};
}

Result<void> Take(store::Connection& db, const documents::Document& document, Found* found) {
  using documents::DocumentState;
  if (document.state == DocumentState::kFailed) {
    AddNotRead(document, document.reason.empty() ? "could not be read" : document.reason, found);
    return {};
  }
  if (document.state != DocumentState::kReady) {
    AddNotRead(document, "is still being read", found);
    return {};
  }
  Mention mention;
  mention.id = document.id;
  mention.name = document.name;
  const Result<void> read = ReadText(db, document, found->words, &mention);
  if (!read && read.error().code == ErrorCode::kNotFound) return {};  // deleted meanwhile
  if (!read) return read;
  ++found->documents;
  if (mention.count > 0) {
    ++found->mentioning;
    if (found->mentions.size() < kMost) found->mentions.push_back(std::move(mention));
  }
  return LookForDoubts(db, document, found);
}

}  // namespace

std::vector<std::string> WordsOf(std::string_view asked) {
  std::vector<std::string> words;
  for (const text::RawWord& word : PlainWords(asked)) {
    words.push_back(Form(word));
  }
  return words;
}

std::vector<Range> FindIn(std::string_view text, const std::vector<std::string>& words) {
  std::vector<Range> found;
  if (words.empty()) return found;
  const std::vector<text::RawWord> all = PlainWords(text);
  std::vector<std::string> forms;
  forms.reserve(all.size());
  for (const text::RawWord& word : all) forms.push_back(Form(word));
  for (auto at = forms.begin();; ++at) {
    at = std::search(at, forms.end(), words.begin(), words.end(), Mentions);
    if (at == forms.end()) return found;
    const auto first = all.begin() + (at - forms.begin());
    const auto last = first + static_cast<std::ptrdiff_t>(words.size()) - 1;
    const auto apart = [text](const text::RawWord& one, const text::RawWord& next) { return Apart(text, one, next); };
    if (std::adjacent_find(first, last + 1, apart) == last + 1) found.push_back({first->start, last->end});
  }
}

Result<Found> Find(store::Connection& db, std::string_view asked, const std::string& matter, const Progress& progress) {
  Found found;
  found.words = WordsOf(asked);
  if (found.words.empty() || found.words.size() > kMostWords) {
    return Fail(ErrorCode::kInvalidArgument, "A mention has from 1 to " + std::to_string(kMostWords) + " words.",
                "Name what is looked for.");
  }
  documents::PageOptions page;
  page.matter = matter;
  ASSIGN_OR_RETURN(const documents::Tally tally,
                   Snapshot(db, [&](store::Connection& in) { return documents::CountIn(in, matter); }));
  std::int64_t done = 0;
  do {
    ASSIGN_OR_RETURN(const documents::DocumentPage list,
                     Snapshot(db, [&](store::Connection& in) { return documents::ListPage(in, page); }));
    for (const documents::Document& document : list.documents) {
      RETURN_IF_ERROR(Take(db, document, &found));
      const double share = static_cast<double>(++done) / static_cast<double>(std::max(tally.documents, done));
      if (progress && !progress(share)) return Fail(ErrorCode::kCancelled, "Stopped.");
    }
    page.after = list.next;
  } while (page.after != 0);
  return found;
}

}  // namespace counsel::mentions
