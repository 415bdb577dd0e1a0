#include "judging/lead.h"

#include <algorithm>
#include <initializer_list>

#include "judging/lexicon.h"

namespace counsel::judging {
namespace {

bool In(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool IsClauseWord(std::string_view word) {
  return In(word, {"clause", "clauses", "section", "sections", "paragraph", "paragraphs", "article", "articles", "item",
                   "schedule", "rule", "regulation", "para"});
}

// Words that name any document.
bool IsGeneral(std::string_view word) {
  return In(word, {"the",       "this",     "a",       "an",      "of",      "document",  "documents",  "text",
                   "passage",   "passages", "source",  "sources", "excerpt", "excerpts",  "provided",   "terms",
                   "agreement", "contract", "and",     "in",      "its",     "provision", "provisions", "as",
                   "set",       "out",      "parties", "our",     "version"});
}

bool IsSaying(std::string_view word) {
  return In(word, {"states", "says", "specifies", "provides", "stipulates", "confirms", "explains", "mentions",
                   "indicates", "stated"});
}

class Reader {
 public:
  explicit Reader(std::string_view text) : words_(text::SplitWords(text, 0, text.size())), end_(words_.size()) {}

  Lead Run(std::size_t* start, std::size_t* end) {
    while (TakeReply() || TakeOpener() || TakeSourcePhrase() || TakeSaying()) {
    }
    TakeTail();
    if (at_ < end_) {
      *start = words_[at_].start;
      *end = words_[end_ - 1].end;
    }
    return lead_;
  }

 private:
  [[nodiscard]] std::string_view WordAt(std::size_t i) const {
    return i < end_ ? std::string_view(words_[i].text) : std::string_view();
  }
  [[nodiscard]] char MarkAt(std::size_t i) const { return i < end_ ? words_[i].punctuation : '\0'; }

  bool TakeReply() {
    const bool mark =
        In(std::string_view(&words_[std::min(at_ + 1, words_.size() - 1)].punctuation, 1), {",", ":", ";", "."});
    if (at_ + 2 >= end_ || !mark || lead_.reply != Reply::kNone) return false;
    if (WordAt(at_) == "yes") {
      lead_.reply = Reply::kYes;
    } else if (WordAt(at_) == "no") {
      lead_.reply = Reply::kNo;
    } else {
      return false;
    }
    at_ += 2;
    return true;
  }

  bool TakeOpener() {
    if (MarkAt(at_ + 1) == ',' &&
        In(WordAt(at_), {"however", "therefore", "thus", "additionally", "furthermore", "specifically", "moreover",
                         "finally", "overall", "also", "accordingly", "consequently"})) {
      at_ += 2;
      return true;
    }
    if (WordAt(at_) == "in" && In(WordAt(at_ + 1), {"summary", "short", "addition", "conclusion"}) &&
        MarkAt(at_ + 2) == ',') {
      at_ += 3;
      return true;
    }
    return false;
  }

  // Words [first, last) as the name of a source; false when there are words that name none.
  bool ReadName(std::size_t first, std::size_t last, bool sure) {
    std::vector<std::string> clauses;
    std::vector<std::string> documents;
    for (std::size_t i = first; i < last; ++i) {
      const text::RawWord& word = words_[i];
      if (word.punctuation != 0) {
        if (word.punctuation == ',' || !sure) return false;
        continue;
      }
      if (IsClauseWord(word.text)) continue;
      const bool after_clause =
          i > first && (IsClauseWord(words_[i - 1].text) || (words_[i - 1].text == "and" && !clauses.empty()));
      if (word.digits && after_clause) {
        clauses.push_back(word.text);
      } else if (!IsGeneral(word.text)) {
        documents.push_back(word.text);
      }
    }
    if (clauses.empty() && documents.empty() && !sure && last - first > 3) return false;
    // "Under the authority of the members, …" names no document.
    if (!sure && !std::all_of(documents.begin(), documents.end(), [](const std::string& word) {
          const bool number = !word.empty() && word[0] >= '0' && word[0] <= '9';
          return number || IsDocumentNoun(text::Fold(word).text) ||
                 In(word, {"minutes", "judgment", "nda", "gpl", "order", "notice", "will"});
        })) {
      return false;
    }
    lead_.clauses.insert(lead_.clauses.end(), clauses.begin(), clauses.end());
    lead_.documents.insert(lead_.documents.end(), documents.begin(), documents.end());
    lead_.named = lead_.named || sure;
    return true;
  }

  // "According to X,", "Under X,", "In X,"
  bool TakeSourcePhrase() {
    std::size_t first = at_;
    bool sure = false;
    if (In(WordAt(at_), {"according", "pursuant"}) && WordAt(at_ + 1) == "to") {
      first = at_ + 2;
      sure = true;
    } else if (WordAt(at_) == "as" && In(WordAt(at_ + 1), {"stated", "per", "specified", "provided", "set"})) {
      first = at_ + (WordAt(at_ + 1) == "set" ? 4 : WordAt(at_ + 1) == "per" ? 2 : 3);
      sure = true;
    } else if (WordAt(at_) == "based" && WordAt(at_ + 1) == "on") {
      first = at_ + 2;
      sure = true;
    } else if (In(WordAt(at_), {"under", "in", "by", "per"})) {
      first = at_ + 1;
    } else {
      return false;
    }
    constexpr std::size_t kLongest = 12;
    std::size_t comma = first;
    while (comma < end_ && comma - first <= kLongest && MarkAt(comma) != ',') ++comma;
    if (MarkAt(comma) != ',' || comma == first || !ReadName(first, comma, sure)) return false;
    at_ = comma + 1;
    return true;
  }

  // "The lease states that", "Clause 4 provides that"
  bool TakeSaying() {
    constexpr std::size_t kLongest = 8;
    for (std::size_t i = at_ + 1; i < std::min(end_, at_ + kLongest); ++i) {
      if (words_[i].punctuation != 0) return false;
      if (!IsSaying(words_[i].text)) continue;
      if (WordAt(i + 1) != "that" && MarkAt(i + 1) != ':') return false;
      const std::string_view noun = words_[i - 1].text;
      const bool document = IsDocumentNoun(text::Fold(noun).text) || words_[i - 1].digits ||
                            In(noun, {"passage", "text", "minutes", "judgment", "source", "gpl"});
      if (!document || !ReadName(at_, i, true)) return false;
      at_ = i + 2;
      return true;
    }
    return false;
  }

  // ", according to the lease.", "(clause 4.6)."
  void TakeTail() {
    for (std::size_t i = at_ + 2; i + 1 < end_; ++i) {
      std::size_t last = end_;
      while (last > i && words_[last - 1].punctuation != 0) --last;
      if (WordAt(i) == "according" && WordAt(i + 1) == "to" && last > i + 2 && last - i < 10) {
        if (ReadName(i + 2, last, true)) end_ = i;
        break;
      }
      const bool bracket = MarkAt(i) == '(' && (IsClauseWord(WordAt(i + 1)) ||
                                                (In(WordAt(i + 1), {"see", "under"}) && IsClauseWord(WordAt(i + 2))));
      if (bracket && last - i < 8 &&
          std::none_of(words_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                       words_.begin() + static_cast<std::ptrdiff_t>(last),
                       [](const text::RawWord& word) { return word.punctuation == ')'; })) {
        std::size_t first = i + 1;
        if (!IsClauseWord(WordAt(first))) ++first;
        if (ReadName(first, last, false)) end_ = i;
        break;
      }
    }
    while (end_ > at_ && (words_[end_ - 1].punctuation == ',' || words_[end_ - 1].punctuation == '.')) --end_;
  }

  Words words_;
  std::size_t end_;
  std::size_t at_ = 0;
  Lead lead_;
};

}  // namespace

namespace {

// "lease.txt, 6.2: The Tenant must": a model repeats the head of a passage. Where the sentence begins.
std::size_t BehindFileName(std::string_view sentence) {
  constexpr std::size_t kLongest = 160;
  const std::size_t colon = sentence.substr(0, kLongest).find(": ");
  if (colon == std::string_view::npos || colon + 2 >= sentence.size()) return 0;
  for (const std::string_view ending :
       {".txt", ".pdf", ".docx", ".doc", ".odt", ".rtf", ".html", ".eml", ".msg", ".md"}) {
    if (sentence.substr(0, colon).find(ending) != std::string_view::npos) return colon + 2;
  }
  return 0;
}

}  // namespace

Lead ReadLead(std::string_view sentence, std::size_t* start, std::size_t* end) {
  *start = 0;
  *end = sentence.size();
  if (sentence.empty()) return {};
  Words words = text::SplitWords(sentence, 0, sentence.size());
  if (words.empty()) return {};
  const std::size_t behind = BehindFileName(sentence);
  if (behind == 0) return Reader(sentence).Run(start, end);
  const Lead lead = Reader(sentence.substr(behind)).Run(start, end);
  *start += behind;
  *end += behind;
  return lead;
}

SourceNames::SourceNames(const Source& source) {
  for (const std::string* text : {&source.name, &source.heading}) {
    for (const text::RawWord& word : text::SplitWords(*text, 0, text->size())) {
      words_.insert(word.text);
      words_.insert(text::Fold(word.text).text);
    }
  }
  const Words words = text::SplitWords(source.text, 0, source.text.size());
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i].text == "this" && IsDocumentNoun(text::Fold(words[i + 1].text).text))
      words_.insert(text::Fold(words[i + 1].text).text);
  }
  kind_told_ = std::any_of(words_.begin(), words_.end(), [](const std::string& word) {
    return IsDocumentNoun(word) || word == "minut" || word == "judgment";
  });
}

bool SourceNames::Answers(const std::vector<std::string>& words) const {
  // "the Artistic License": a name that is right lets its kind pass.
  const bool named = std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return !IsDocumentNoun(text::Fold(word).text) && words_.find(word) != words_.end();
  });
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    // A document whose kind nothing tells may be called by any.
    return ((named || !kind_told_) && IsDocumentNoun(text::Fold(word).text)) || words_.find(word) != words_.end() ||
           words_.find(text::Fold(word).text) != words_.end();
  });
}

bool IsWithin(std::string_view clause, std::string_view label) {
  if (!label.starts_with(clause)) return false;
  return label.size() == clause.size() || label[clause.size()] == '.' || label[clause.size()] == '(';
}

}  // namespace counsel::judging
