#include "answers/register_question.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <utility>

#include <utf8proc.h>

#include "answers/register_vocabulary.h"
#include "companies_house/company_number.h"

namespace counsel::answers {
namespace {

using companies_house::Fact;
using companies_house::FactKind;
using Words = std::vector<std::string>;

// Words of a text, and which of them are understood.
class Reading {
 public:
  explicit Reading(Words words) : words_(std::move(words)), taken_(words_.size(), false) {}

  template <class Phrase>
  bool Take(const Phrase& phrase) {
    const std::size_t at = Find(phrase);
    if (at == words_.size()) return false;
    std::fill_n(taken_.begin() + static_cast<std::ptrdiff_t>(at), phrase.size(), true);
    return true;
  }
  // Where it stands, untaken; words().size() when it does not.
  template <class Phrase>
  [[nodiscard]] std::size_t Find(const Phrase& phrase) const {
    for (std::size_t at = 0; at + phrase.size() <= words_.size() && phrase.size() > 0; ++at) {
      bool here = true;
      for (std::size_t i = 0; i < phrase.size() && here; ++i) {
        here = !taken_[at + i] && words_[at + i] == phrase[i];
      }
      if (here) return at;
    }
    return words_.size();
  }
  bool TakeAny(const std::set<std::string>& set) {
    bool any = false;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (taken_[i] || !set.contains(words_[i])) continue;
      taken_[i] = true;
      any = true;
    }
    return any;
  }
  void TakeAt(std::size_t at) { taken_[at] = true; }
  [[nodiscard]] const Words& words() const { return words_; }
  [[nodiscard]] Words Left() const {
    Words left;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (!taken_[i]) left.push_back(words_[i]);
    }
    return left;
  }

 private:
  Words words_;
  std::vector<bool> taken_;
};

Words NameWithoutForm(const std::string& name) {
  Words words = PlainWords(name);
  while (words.size() > 1 && Forms().contains(words.back())) words.pop_back();
  words.erase(std::remove(words.begin(), words.end(), "and"), words.end());
  return words;
}

struct Mention {
  std::size_t company = 0;
  std::size_t at = 0;
  std::size_t length = 0;
};

// The beginning of a name, at least a word that says something. A legal form right behind a part of a name makes it
// another name.
std::size_t LengthOfMention(const Reading& reading, const Words& name, std::size_t* at) {
  for (std::size_t length = name.size(); length > 0; --length) {
    const Words part(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(length));
    const bool telling = std::any_of(part.begin(), part.end(), [](const std::string& word) {
      return word.size() > 2 && !SmallWords().contains(word);
    });
    const bool whole = length == name.size();
    if (!telling) continue;
    *at = reading.Find(part);
    if (*at == reading.words().size()) continue;
    const std::size_t behind = *at + length;
    const bool form = behind < reading.words().size() && Forms().contains(reading.words()[behind]);
    if (form && !whole) continue;
    return length;
  }
  return 0;
}

std::optional<std::size_t> FindCompany(Reading& reading, const std::vector<KnownCompany>& companies) {
  // A number says it all.
  for (std::size_t i = 0; i < reading.words().size(); ++i) {
    const std::string& word = reading.words()[i];
    if (word.size() < 5 || !companies_house::LooksLikeNumber(word)) continue;
    const Result<std::string> number = companies_house::NormaliseNumber(word);
    for (std::size_t c = 0; number && c < companies.size(); ++c) {
      if (companies[c].number != *number) continue;
      reading.TakeAt(i);
      return c;
    }
    return std::nullopt;
  }
  std::vector<Mention> best;
  for (std::size_t c = 0; c < companies.size(); ++c) {
    Mention mention;
    mention.company = c;
    mention.length = LengthOfMention(reading, NameWithoutForm(companies[c].name), &mention.at);
    if (mention.length == 0) continue;
    if (!best.empty() && best.front().length > mention.length) continue;
    if (!best.empty() && best.front().length < mention.length) best.clear();
    best.push_back(mention);
  }
  if (best.size() > 1) return std::nullopt;
  if (best.size() == 1) {
    const Mention& mention = best.front();
    for (std::size_t i = 0; i < mention.length; ++i) reading.TakeAt(mention.at + i);
    const std::size_t behind = mention.at + mention.length;
    if (behind < reading.words().size() && Forms().contains(reading.words()[behind])) reading.TakeAt(behind);
    return mention.company;
  }
  if (companies.size() == 1) return 0;
  return std::nullopt;
}

void AddKind(FactKind kind, std::vector<FactKind>& kinds) {
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
}

}  // namespace

Words PlainWords(std::string_view text) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD | UTF8PROC_STABLE);
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),  // NOLINT: bytes are bytes
                   static_cast<utf8proc_ssize_t>(text.size()), &mapped, options);
  Words words;
  if (length < 0) return words;
  const std::string folded(reinterpret_cast<const char*>(mapped),
                           static_cast<std::size_t>(length));  // NOLINT: as above
  std::free(mapped);                                           // NOLINT: utf8proc's own
  std::string word;
  const auto end_word = [&] {
    // "acme's"
    if (word.size() > 2 && word.ends_with("'s")) word.resize(word.size() - 2);
    word.erase(std::remove(word.begin(), word.end(), '\''), word.end());
    if (!word.empty()) words.push_back(std::exchange(word, ""));
    word.clear();
  };
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const char c = folded[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0xC2;
    if (folded.compare(i, 3, "\xE2\x80\x99") == 0) {  // ’
      word += '\'';
      i += 2;
    } else if (letter || static_cast<unsigned char>(c) >= 0x80 || (c == '\'' && !word.empty())) {
      word += c;
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

std::optional<RegisterQuestion> UnderstandQuestion(std::string_view question,
                                                   const std::vector<KnownCompany>& companies) {
  constexpr std::size_t kMostWords = 40;
  Words words = PlainWords(question);
  words.erase(std::remove(words.begin(), words.end(), "and"), words.end());
  if (words.empty() || words.size() > kMostWords || companies.empty()) return std::nullopt;
  Reading reading(std::move(words));
  const std::optional<std::size_t> company = FindCompany(reading, companies);
  if (!company) return std::nullopt;
  RegisterQuestion understood;
  understood.company = *company;
  for (const Beyond& topic : BeyondTopics()) {
    if (understood.beyond.empty() && reading.Find(topic.phrase) < reading.words().size())
      understood.beyond = topic.what;
  }
  if (!understood.beyond.empty()) return understood;
  for (const Topic& topic : Topics()) {
    if (!reading.Take(topic.phrase)) continue;
    AddKind(topic.kind, understood.kinds);
    if (topic.kind != FactKind::kOfficer) continue;
    for (const FactKind kind : {FactKind::kDirector, FactKind::kSecretary, FactKind::kMember}) {
      AddKind(kind, understood.kinds);
    }
  }
  if (understood.kinds.empty()) return std::nullopt;
  // "Which accounts were filed last?" asks for accounts.
  if (understood.kinds.size() > 1) {
    const auto filing = std::find(understood.kinds.begin(), understood.kinds.end(), FactKind::kFiling);
    if (filing != understood.kinds.end()) return std::nullopt;
  }
  understood.count = reading.Take(std::array<std::string_view, 2>{"how", "many"});
  (void)reading.Take(std::array<std::string_view, 2>{"how", "long"});
  understood.past = reading.TakeAny(PastWords());
  understood.present = reading.TakeAny(PresentWords());
  (void)reading.TakeAny(TopicalWords());
  (void)reading.TakeAny(SmallWords());
  understood.who = reading.Left();
  std::sort(understood.kinds.begin(), understood.kinds.end());
  const bool people = std::any_of(understood.kinds.begin(), understood.kinds.end(), [](FactKind kind) {
    return kind == FactKind::kDirector || kind == FactKind::kSecretary || kind == FactKind::kMember ||
           kind == FactKind::kOwner;
  });
  if (!understood.who.empty() && (!people || understood.count)) return std::nullopt;
  return understood;
}

std::vector<Fact> ChooseFacts(const RegisterQuestion& question, const std::vector<Fact>& facts) {
  std::vector<Fact> chosen;
  std::set<std::string> people;
  for (const Fact& fact : facts) {
    if (std::find(question.kinds.begin(), question.kinds.end(), fact.kind) == question.kinds.end()) continue;
    if (!question.who.empty()) {
      const Words name = PlainWords(fact.who);
      const bool named = !fact.summary && std::all_of(question.who.begin(), question.who.end(), [&](const auto& word) {
        return std::find(name.begin(), name.end(), word) != name.end();
      });
      if (!named) continue;
      people.insert(fact.who);
      chosen.push_back(fact);
      continue;
    }
    if (!fact.summary && question.count) continue;
    // Who was is told when it is asked for, or when there is no telling who was from who is.
    const bool dated = fact.kind == FactKind::kDirector || fact.kind == FactKind::kSecretary ||
                       fact.kind == FactKind::kMember || fact.kind == FactKind::kOfficer ||
                       fact.kind == FactKind::kOwner || fact.kind == FactKind::kCharge;
    if (dated && !fact.summary && fact.past != question.past) continue;
    chosen.push_back(fact);
  }
  if (people.size() > 1) chosen.clear();
  return chosen;
}

}  // namespace counsel::answers
