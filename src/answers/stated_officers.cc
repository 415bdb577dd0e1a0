// Who a document calls a director, secretary or member of a company.
#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <utility>

#include "answers/named_people.h"
#include "answers/stated_facts.h"

namespace counsel::answers {
namespace {

using WordSet = std::set<std::string_view>;

constexpr std::size_t kLongestQuote = 400;  // bytes
constexpr std::size_t kBlock = 50;          // words of a block of signatures
constexpr std::size_t kHead = 80;           // words of a document's head

// "director", "company secretary", "designated members"
struct RoleWords {
  StatedKind kind = StatedKind::kDirector;
  std::size_t first = 0;
  std::size_t last = 0;
  bool several = false;
  bool loose = false;  // "secretary" alone: of a company only where it says so
};

std::optional<RoleWords> RoleAt(const WordedText& text, std::size_t i) {
  const std::string_view word = text.folded(i);
  RoleWords role;
  role.first = i;
  role.last = i + 1;
  const auto after = [&](std::string_view before) {
    return i > 0 && text.folded(i - 1) == before && text.OnlyBlanks(i);
  };
  if (word == "director" || word == "directors") {
    role.several = word == "directors";
    return role;
  }
  if (word == "secretary") {
    role.kind = StatedKind::kSecretary;
    role.loose = !after("company");
    if (!role.loose) --role.first;
    return role;
  }
  if (word == "member" || word == "members") {
    role.kind = StatedKind::kMember;
    role.several = word == "members";
    role.loose = !after("designated");
    if (!role.loose) --role.first;
    return role;
  }
  return std::nullopt;
}

bool Has(std::string_view gap, std::string_view what) {
  return gap.find(what) != std::string_view::npos;
}

bool Separates(const WordedText& text, std::size_t i) {
  const std::string_view gap = text.Gap(i);
  return !text.NewParagraph(i) && !Has(gap, ".") && !Has(gap, ";") && !Has(gap, ")") &&
         (Has(gap, ",") || Has(gap, "(") || Has(gap, " - ") || Has(gap, "\xE2\x80\x93") || Has(gap, "\xE2\x80\x94") ||
          text.NewLine(i));
}

// "John Smith, a director", "John Smith and Jane Doe, directors", "Name: John Smith / Title: Director".
std::vector<WordRange> PeopleBefore(const WordedText& text, const std::vector<CompanyMention>& mentions,
                                    const RoleWords& role) {
  static const WordSet articles = {"a", "an", "the", "sole", "only", "one", "current"};
  static const WordSet verbs = {"is", "as", "being", "are", "am"};
  static const WordSet labels = {"title", "position", "capacity", "office", "designation"};
  std::size_t at = role.first;
  while (at > 0 && articles.contains(text.folded(at - 1)) && text.OnlyBlanks(at)) --at;
  bool said = false;
  if (at > 0 && at == role.first && labels.contains(text.folded(at - 1)) && Has(text.Gap(at), ":")) {
    --at;
  } else if (at > 0 && verbs.contains(text.folded(at - 1)) && text.OnlyBlanks(at)) {
    --at;
    said = true;
    if (at > 0 && text.folded(at - 1) == "who" && text.OnlyBlanks(at)) --at;
  }
  std::vector<WordRange> people;
  if (at == 0 || (said ? text.NewSentence(at) : !Separates(text, at))) return people;
  while (people.size() < kMostPeople) {
    const std::optional<WordRange> person = PersonBefore(text, mentions, at);
    if (!person) break;
    people.insert(people.begin(), *person);
    if (!role.several || person->first == 0) break;
    const bool joined = text.folded(person->first - 1) == "and" && !text.NewSentence(person->first);
    if (!joined && text.Gap(person->first).find_first_not_of(", &") != std::string_view::npos) break;
    if (!joined && text.OnlyBlanks(person->first)) break;
    at = joined ? person->first - 1 : person->first;
  }
  return people;
}

class Officers {
 public:
  Officers(const WordedText& text, const std::vector<CompanyMention>& mentions) : text_(text), mentions_(mentions) {
    FindHead();
  }

  std::vector<StatedFact> Find() {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const std::optional<RoleWords> role = RoleAt(text_, i);
      if (!role) continue;
      // "Director General", "Directors' Report"
      if (ActsBy(*role)) {
        SignedBy(*role);
        continue;
      }
      const bool longer = role->last < text_.size() && text_.OnlyBlanks(role->last) && !text_.NewLine(role->last) &&
                          text_[role->last].capital;
      if (longer) continue;
      if (const std::optional<std::size_t> named = CompanyBehind(*role)) {
        Bound(*role, *named);
      } else if (!role->loose) {
        Unbound(*role);
      }
    }
    return std::move(facts_);
  }

 private:
  // Of minutes: the company whose meeting it was, and where those present are listed.
  void FindHead() {
    const std::size_t end = std::min(kHead, text_.size());
    std::optional<std::size_t> only;
    bool minutes = false;
    for (std::size_t i = 0; i < end; ++i) minutes = minutes || text_.folded(i) == "minutes";
    if (!minutes) return;
    for (std::size_t m = 0; m < mentions_.size() && mentions_[m].first < end; ++m) {
      if (mentions_[m].aside) continue;
      if (mentions_[m].whose != Whose::kOurs) return;
      if (!only && mentions_[m].whole) only = m;
    }
    if (!only) return;
    for (std::size_t i = mentions_[*only].last; i < text_.size(); ++i) {
      if (text_.folded(i) != "present" || !(text_.NewLine(i) || Has(text_.Gap(i + 1), ":"))) continue;
      present_from_ = i + 1;
      present_to_ = i + 1;
      while (present_to_ < text_.size() && present_to_ < present_from_ + kHead && !EndsPresent(present_to_))
        ++present_to_;
      head_ = only;
      return;
    }
  }
  [[nodiscard]] bool EndsPresent(std::size_t i) const {
    static const WordSet words = {"attendance", "apologies", "resolved", "noted", "quorum"};
    return words.contains(text_.folded(i));
  }

  // "of ACME LIMITED", ", duly authorised, for and on behalf of ACME LIMITED". Nothing also when it is of something
  // else.
  [[nodiscard]] std::optional<std::size_t> CompanyBehind(const RoleWords& role) const {
    static const WordSet between = {"of", "for", "and", "on", "behalf", "duly", "authorised", "the", "company"};
    bool of = false;
    for (std::size_t i = role.last; i < text_.size() && i < role.last + 9; ++i) {
      if (text_.NewSentence(i)) return std::nullopt;
      for (std::size_t m = 0; m < mentions_.size(); ++m) {
        if (mentions_[m].first == i && of) return m;
      }
      of = of || text_.folded(i) == "of" || text_.folded(i) == "for";
      if (!between.contains(text_.folded(i))) return std::nullopt;
    }
    return std::nullopt;
  }

  void Bound(const RoleWords& role, std::size_t m) {
    const CompanyMention& mention = mentions_[m];
    if (mention.whose != Whose::kOurs || IsPossessive(text_, mention)) return;
    if (role.kind == StatedKind::kMember && mention.name.form != LegalForm::kLlp) return;
    for (const WordRange& person : PeopleBefore(text_, mentions_, role))
      Add(role, m, person, person.first, mention.last);
    std::size_t at = mention.last;
    static const WordSet verbs = {"is", "are"};
    const bool listed = at < text_.size() && Has(text_.Gap(at), ":");
    const bool said = at < text_.size() && verbs.contains(text_.folded(at)) && text_.OnlyBlanks(at);
    if (!listed && !said) return;
    if (said) ++at;
    for (const WordRange& person : PeopleFrom(text_, mentions_, at)) Add(role, m, person, role.first, person.last);
  }

  // "ACME LIMITED acting by a director, John Smith", "by its directors John Smith and Jane Doe"
  [[nodiscard]] bool ActsBy(const RoleWords& role) const {
    static const WordSet before = {"a", "its", "the", "two", "sole"};
    std::size_t at = role.first;
    while (at > 0 && role.first - at < 3 && before.contains(text_.folded(at - 1)) && text_.OnlyBlanks(at)) --at;
    const bool follows =
        role.last < text_.size() && text_.Gap(role.last).find_first_not_of(" \n,:") == std::string_view::npos;
    return at < role.first && at > 0 && text_.folded(at - 1) == "by" && follows;
  }
  void SignedBy(const RoleWords& role) {
    for (const WordRange& person : PeopleFrom(text_, mentions_, role.last)) {
      const std::optional<std::size_t> block = SignsFor(person);
      if (block && (role.several || person.first == role.last)) {
        Add(role, *block, person, mentions_[*block].first, person.last);
      }
    }
  }

  // A block of signatures, those present at a meeting, the foot of a letter.
  void Unbound(const RoleWords& role) {
    const std::string_view next = text_.folded(role.last);
    if ((next == "of" || next == "for") && text_.OnlyBlanks(role.last)) return;
    // ", duly authorised on behalf of the Landlord", "(Director, BETA LIMITED)"
    const std::size_t end = std::min({role.last + 7, text_.SentenceEnd(role.last - 1), text_.size()});
    for (std::size_t i = role.last; i < end && !text_.NewLine(i); ++i) {
      if (text_.folded(i) == "behalf") return;
    }
    const bool company = std::any_of(mentions_.begin(), mentions_.end(), [&](const CompanyMention& mention) {
      return mention.first == role.last && !text_.NewLine(role.last);
    });
    if (company) return;
    if (role.last < text_.size() && Has(text_.Gap(role.last), ":")) {
      const std::optional<std::size_t> company = CompanyDescribedAt(text_, mentions_, role.first);
      if (!company || mentions_[*company].whose != Whose::kOurs || !mentions_[*company].whole) return;
      for (const WordRange& person : PeopleFrom(text_, mentions_, role.last)) {
        Add(role, *company, person, role.first, person.last);
      }
      return;
    }
    for (const WordRange& person : PeopleBefore(text_, mentions_, role)) {
      if (const std::optional<std::size_t> block = SignsFor(person)) {
        Add(role, *block, person, mentions_[*block].first, role.last);
      } else if (head_ && person.first >= present_from_ && role.last <= present_to_) {
        Add(role, *head_, person, person.first, role.last);
      }
    }
  }

  // The company on whose behalf the person signs: the last one named before, in a block of signatures.
  [[nodiscard]] std::optional<std::size_t> SignsFor(const WordRange& person) const {
    std::optional<std::size_t> last;
    for (std::size_t m = 0; m < mentions_.size() && mentions_[m].last <= person.first; ++m) last = m;
    if (!last || mentions_[*last].whose != Whose::kOurs || !mentions_[*last].whole) return std::nullopt;
    const CompanyMention& mention = mentions_[*last];
    if (person.first - mention.last > kBlock) return std::nullopt;
    if (*last > 0 && SignsBeside(mentions_[*last - 1], mention)) return std::nullopt;
    bool signs = false;
    for (std::size_t back = 1; back <= 6 && back <= mention.first; ++back) {
      const std::string_view word = text_.folded(mention.first - back);
      signs = signs || word == "behalf" || word == "executed";
      if (text_.NewParagraph(mention.first - back)) break;
    }
    for (std::size_t i = mention.last; i < person.first; ++i) {
      const std::string_view word = text_.folded(i);
      if (word == "behalf" || word == "executed" || word == "witness" || word == "presence") return std::nullopt;
    }
    return signs ? last : std::nullopt;
  }

  // Two companies' blocks beside each other: whose names come first is not known.
  [[nodiscard]] bool SignsBeside(const CompanyMention& before, const CompanyMention& mention) const {
    if (mention.first < before.last || mention.first - before.last > 25 || before.whose == Whose::kOurs) return false;
    bool behalf = false;
    for (std::size_t i = before.last; i < mention.first; ++i) {
      if (RoleAt(text_, i)) return false;
      behalf = behalf || text_.folded(i) == "behalf" || text_.folded(i) == "executed";
    }
    return behalf;
  }

  void Add(const RoleWords& role, std::size_t m, const WordRange& person, std::size_t first, std::size_t last) {
    const std::size_t from = text_.SentenceStart(std::min(first, person.first));
    if (SpeaksOfChange(text_, mentions_, from, text_.SentenceEnd(std::max(last, role.last) - 1))) return;
    StatedFact fact;
    fact.kind = role.kind;
    fact.mention = m;
    fact.value_start = text_[person.first].start;
    fact.value_end = text_[person.last - 1].end;
    fact.start = text_[first].start;
    fact.end = text_[last - 1].end;
    if (fact.end - fact.start > kLongestQuote) {
      fact.start = text_[std::min(person.first, role.first)].start;
      fact.end = text_[std::max(person.last, role.last) - 1].end;
    }
    if (fact.end - fact.start > kLongestQuote) return;
    facts_.push_back(fact);
  }

  const WordedText& text_;
  const std::vector<CompanyMention>& mentions_;
  std::optional<std::size_t> head_;
  std::size_t present_from_ = 0;
  std::size_t present_to_ = 0;
  std::vector<StatedFact> facts_;
};

}  // namespace

std::vector<StatedFact> FindStatedOfficers(const WordedText& text, const std::vector<CompanyMention>& mentions) {
  return Officers(text, mentions).Find();
}

}  // namespace counsel::answers
