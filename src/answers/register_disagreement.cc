#include "answers/register_disagreement.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>
#include <utility>

#include "answers/person_name.h"
#include "answers/postal_address.h"
#include "answers/stated_facts.h"
#include "companies_house/company_number.h"
#include "text/numbers.h"

namespace counsel::answers {
namespace {

using text::FindNumber;
using text::RawWord;
using text::SplitWords;

using companies_house::Dossier;
using companies_house::EntryText;
using companies_house::Fact;
using companies_house::FactKind;
using companies_house::Officer;

// Bytes of a text in which its date is looked for.
constexpr std::size_t kHead = 1'500;
// Who left office before this is not in the register's electronic records.
constexpr std::string_view kRecordsBegin = "1996-01-01";

// "date:2020-5-1" → "2020-05-01"
std::string IsoDate(std::string_view key) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (std::sscanf(std::string(key).c_str(), "date:%d-%d-%d", &year, &month, &day) != 3) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
  return text;
}

std::vector<std::string> DatesIn(std::string_view text) {
  std::vector<std::string> dates;
  const std::vector<RawWord> words = SplitWords(text, 0, text.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string date = IsoDate(FindNumber(text, words, i).key);
    if (!date.empty()) dates.push_back(std::move(date));
  }
  return dates;
}

FactKind KindOf(StatedKind kind) {
  switch (kind) {
    case StatedKind::kOffice:
      return FactKind::kOffice;
    case StatedKind::kDirector:
      return FactKind::kDirector;
    case StatedKind::kSecretary:
      return FactKind::kSecretary;
    case StatedKind::kMember:
      return FactKind::kMember;
    case StatedKind::kNumber:
      break;
  }
  return FactKind::kNumber;
}

// Does somebody of this role in the register fill the role that the document names?
bool Fills(const Officer& officer, FactKind kind) {
  const auto has = [&officer](const char* word) { return officer.role.find(word) != std::string::npos; };
  if (kind == FactKind::kSecretary) return has("secretary");
  if (kind == FactKind::kMember) return officer.role.starts_with("llp-") || has("member");
  return has("director") || has("manager") || has("management") || has("supervisory") ||
         officer.role.starts_with("llp-");
}

std::string_view RoleName(FactKind kind) {
  if (kind == FactKind::kSecretary) return "secretary";
  return kind == FactKind::kMember ? "member" : "director";
}

class Comparison {
 public:
  Comparison(const Dossier& dossier, const EntryText& entry, std::string_view text)
      : dossier_(dossier),
        entry_(entry),
        text_(text),
        name_(CanonicalName(dossier.profile.name)),
        former_(FormerNames(dossier)),
        mentions_(FindCompanies(text_, name_, former_)) {}

  std::vector<Disagreement> Find() {
    if (name_.words.empty() || mentions_.empty()) return {};
    CompareNumbers();
    NoteFormerNames();
    for (const StatedFact& stated : FindStatedOffices(text_, mentions_)) CompareOffice(stated);
    for (const StatedFact& stated : FindStatedOfficers(text_, mentions_)) CompareOfficer(stated);
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Disagreement& a, const Disagreement& b) { return a.start < b.start; });
    return std::move(found_);
  }

 private:
  static std::vector<CompanyName> FormerNames(const Dossier& dossier) {
    std::vector<CompanyName> names;
    for (const companies_house::FormerName& former : dossier.profile.former_names) {
      names.push_back(CanonicalName(former.name));
    }
    return names;
  }

  [[nodiscard]] std::string ValueOf(const StatedFact& stated) const {
    return companies_house::OnOneLine(text_.text().substr(stated.value_start, stated.value_end - stated.value_start));
  }

  template <class Wanted>
  [[nodiscard]] std::optional<std::size_t> FindFact(Wanted wanted) const {
    const auto found = std::find_if(entry_.facts.begin(), entry_.facts.end(), wanted);
    if (found == entry_.facts.end()) return std::nullopt;
    return static_cast<std::size_t>(found - entry_.facts.begin());
  }
  [[nodiscard]] std::optional<std::size_t> FirstOf(FactKind kind) const {
    return FindFact([kind](const Fact& fact) { return fact.kind == kind; });
  }

  void Add(DisputedFact disputed, FactKind kind, std::string register_says, std::string document_says,
           std::optional<std::size_t> fact, std::size_t start, std::size_t end, bool former_name = false) {
    std::string once = std::string(DisputedFactName(disputed)) + "|" + std::to_string(static_cast<int>(kind));
    const WordedText said(document_says);
    for (const TextWord& word : said.words()) once += "|" + word.folded;
    if (!fact || !told_.insert(std::move(once)).second) return;
    Disagreement disagreement;
    disagreement.fact = disputed;
    disagreement.kind = kind;
    disagreement.former_name = former_name;
    disagreement.register_says = std::move(register_says);
    disagreement.document_says = std::move(document_says);
    disagreement.register_fact = *fact;
    disagreement.start = start;
    disagreement.end = end;
    found_.push_back(std::move(disagreement));
  }

  // What a number says of the name beside it; where a name of ours has another's number, nothing more is read of it.
  void CompareNumbers() {
    const std::string& number = dossier_.profile.number;
    std::set<std::size_t> not_ours;
    for (const StatedFact& stated : FindStatedNumbers(text_, mentions_)) {
      const CompanyMention& mention = mentions_[stated.mention];
      const std::string value = ValueOf(stated);
      const Result<std::string> normalised = companies_house::NormaliseNumber(value);
      if (!normalised) continue;
      const bool same = *normalised == number;
      if (mention.whose == Whose::kAnother) {
        if (same) CompareName(stated);
        continue;
      }
      if (same) {
        numbered_.insert(stated.mention);
        continue;
      }
      not_ours.insert(stated.mention);
      if (mention.whose != Whose::kOurs) continue;
      Add(DisputedFact::kNumber, FactKind::kNumber, number, value, FirstOf(FactKind::kNumber), stated.start,
          stated.end);
    }
    for (const std::size_t m : not_ours) mentions_[m].whose = Whose::kAnother;
  }

  void CompareName(const StatedFact& stated) {
    const CompanyMention& mention = mentions_[stated.mention];
    const auto close = [&mention](const CompanyName& name) {
      const std::vector<std::string>& one = mention.name.words;
      const std::vector<std::string>& other = name.words;
      const std::size_t common = std::min(one.size(), other.size());
      return std::equal(one.end() - static_cast<std::ptrdiff_t>(common), one.end(),
                        other.end() - static_cast<std::ptrdiff_t>(common)) &&
             (mention.name.form == name.form || name.form == LegalForm::kNone);
    };
    // Where it begins is not sure in running capitals: "LANDLORD ACME LIMITED".
    if (close(name_) || std::any_of(former_.begin(), former_.end(), close)) return;
    Add(DisputedFact::kName, FactKind::kNumber, companies_house::OnOneLine(dossier_.profile.name),
        companies_house::OnOneLine(text_.Span(mention.first, mention.last)), FirstOf(FactKind::kNumber), stated.start,
        stated.end);
  }

  // A document that knows the name of today explains itself.
  void NoteFormerNames() {
    const bool knows = std::any_of(mentions_.begin(), mentions_.end(),
                                   [](const CompanyMention& mention) { return mention.whose == Whose::kOurs; });
    if (knows) return;
    for (std::size_t m = 0; m < mentions_.size(); ++m) {
      const CompanyMention& mention = mentions_[m];
      if (mention.whose != Whose::kFormer || mention.aside) continue;
      const std::size_t from = text_.SentenceStart(mention.first);
      if (SpeaksOfChange(text_, mentions_, from, text_.SentenceEnd(mention.last - 1))) continue;
      const companies_house::FormerName& former = dossier_.profile.former_names[mention.former];
      const std::string name = companies_house::OnOneLine(former.name);
      const std::optional<std::size_t> fact = FindFact([&name](const Fact& one) {
        return one.kind == FactKind::kFormerName && one.text.find(" was formerly named " + name) != std::string::npos;
      });
      const std::string until =
          former.until.empty() ? "" : ", until " + companies_house::DateInText(former.until) + " " + name;
      Add(DisputedFact::kName, FactKind::kFormerName, companies_house::OnOneLine(dossier_.profile.name) + until,
          companies_house::OnOneLine(text_.Span(mention.first, mention.last)), fact, text_[mention.first].start,
          text_[mention.last - 1].end, true);
      return;
    }
  }

  // Said of the company itself, or under a name that it had, with its number.
  [[nodiscard]] bool IsOurs(std::size_t m) const {
    return mentions_[m].whose == Whose::kOurs || (mentions_[m].whose == Whose::kFormer && numbered_.contains(m));
  }

  void CompareOffice(const StatedFact& stated) {
    const std::string office = companies_house::OnOneLine(dossier_.profile.registered_office.OneLine());
    const std::string value = ValueOf(stated);
    if (office.empty() || !IsOurs(stated.mention) || !AddressesDisagree(value, office)) return;
    Add(DisputedFact::kOffice, FactKind::kOffice, office, value, FirstOf(FactKind::kOffice), stated.start, stated.end);
  }

  // The document was made while they were in office, as far as it tells when it was made.
  [[nodiscard]] bool OfItsTime(const Officer& officer, const StatedFact& stated) const {
    const auto in_office = [&officer](const std::string& date) {
      return date >= officer.appointed_on && date <= officer.resigned_on;
    };
    const std::vector<std::string> head = DatesIn(text_.text().substr(0, kHead));
    if (!head.empty()) return in_office(head.front());
    const std::size_t from = stated.start - std::min<std::size_t>(stated.start, kHead / 4);
    const std::vector<std::string> near = DatesIn(text_.text().substr(from, stated.end - from + kHead / 4));
    return std::any_of(near.begin(), near.end(), in_office);
  }

  [[nodiscard]] bool OlderThanRecords() const {
    const std::vector<std::string> head = DatesIn(text_.text().substr(0, kHead));
    return !head.empty() && head.front() < kRecordsBegin;
  }

  [[nodiscard]] std::optional<std::size_t> FactOf(const Officer& officer) const {
    const std::string who = companies_house::OfficerInText(officer);
    const bool past = !officer.resigned_on.empty();
    const std::string date = companies_house::DateInText(past ? officer.resigned_on : officer.appointed_on);
    return FindFact([&](const Fact& fact) {
      return fact.who == who && fact.past == past && !fact.summary && fact.kind != FactKind::kOwner &&
             fact.text.find(date) != std::string::npos;
    });
  }

  [[nodiscard]] static std::string Says(const Officer& officer) {
    const std::string role = companies_house::Words(officer.role);
    const std::string until =
        officer.resigned_on.empty() ? "" : " until " + companies_house::DateInText(officer.resigned_on);
    const std::string since = until.empty() && !officer.appointed_on.empty()
                                  ? " since " + companies_house::DateInText(officer.appointed_on)
                                  : "";
    return companies_house::OfficerInText(officer) + ", " + companies_house::OnOneLine(role) + until + since;
  }

  void CompareOfficer(const StatedFact& stated) {
    const auto& officers = dossier_.officers;
    const FactKind kind = KindOf(stated.kind);
    const std::string value = ValueOf(stated);
    const PersonName person = ReadPersonName(value);
    if (!IsOurs(stated.mention) || officers.items.empty() || person.given.empty()) return;
    const Officer* left = nullptr;   // who was it, the last one
    const Officer* other = nullptr;  // who is or was something else
    bool maybe = false;
    for (const Officer& officer : officers.items) {
      const SamePerson same = ComparePersons(person, ReadPersonName(officer.name));
      if (same == SamePerson::kNo) continue;
      if (same == SamePerson::kMaybe) {
        maybe = true;
      } else if (!Fills(officer, kind)) {
        other = &officer;
      } else if (officer.resigned_on.empty() || OfItsTime(officer, stated)) {
        return;
      } else if (left == nullptr || left->resigned_on < officer.resigned_on) {
        left = &officer;
      }
    }
    if (maybe) return;
    const std::string said = value + ", " + std::string(RoleName(kind));
    const Officer* known = left != nullptr ? left : other;
    if (known != nullptr) {
      Add(DisputedFact::kOfficer, kind, Says(*known), said, FactOf(*known), stated.start, stated.end);
      return;
    }
    const bool whole = officers.total <= static_cast<std::int64_t>(officers.items.size());
    if (!whole || OlderThanRecords()) return;
    const auto summary = FindFact([kind](const Fact& fact) { return fact.kind == kind && fact.summary; });
    Add(DisputedFact::kOfficer, kind, "no " + std::string(RoleName(kind)) + " of that name", said, summary,
        stated.start, stated.end);
  }

  const Dossier& dossier_;
  const EntryText& entry_;
  const WordedText text_;
  const CompanyName name_;
  const std::vector<CompanyName> former_;
  std::vector<CompanyMention> mentions_;
  std::set<std::size_t> numbered_;  // mentions with the company's number beside them
  std::set<std::string> told_;
  std::vector<Disagreement> found_;
};

}  // namespace

std::string_view DisputedFactName(DisputedFact fact) {
  switch (fact) {
    case DisputedFact::kName:
      return "name";
    case DisputedFact::kNumber:
      return "number";
    case DisputedFact::kOffice:
      return "registered_office";
    case DisputedFact::kOfficer:
      return "officers";
  }
  return "";
}

std::vector<Disagreement> FindDisagreements(const Dossier& dossier, const EntryText& entry, std::string_view text) {
  return Comparison(dossier, entry, text).Find();
}

}  // namespace counsel::answers
