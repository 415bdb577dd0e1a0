// The text of a register entry.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "companies_house/register_entry.h"

namespace counsel::companies_house {
namespace {

constexpr std::int64_t kLongestName = 200;  // code points
constexpr std::int64_t kLongestRemark = 1'000;

std::string Name(const std::string& text) {
  return OnOneLine(text, kLongestName);
}

std::string Since(const std::string& date) {
  return date.empty() ? "" : " since " + DateInText(date);
}

std::string On(const std::string& date) {
  return date.empty() ? "" : " on " + DateInText(date);
}

// " from A until B", whichever is told.
std::string During(const std::string& from, const std::string& until) {
  return (from.empty() ? "" : " from " + DateInText(from)) + (until.empty() ? "" : " until " + DateInText(until));
}

std::string Count(std::size_t count, const std::string& one, const std::string& several) {
  return (count == 0 ? "no" : std::to_string(count)) + " " + (count == 1 ? one : several);
}

std::string Joined(const std::vector<std::string>& parts, const char* last) {
  std::string joined;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    joined += (i == 0 ? "" : i + 1 == parts.size() ? last : ", ") + parts[i];
  }
  return joined;
}

FactKind KindOf(const Officer& officer) {
  if (officer.role.starts_with("llp-")) return FactKind::kMember;
  if (officer.role.find("director") != std::string::npos) return FactKind::kDirector;
  if (officer.role.find("secretary") != std::string::npos) return FactKind::kSecretary;
  return FactKind::kOfficer;
}

// "a corporate director"
std::string RoleInText(const Officer& officer) {
  std::string role = officer.role.starts_with("llp-") ? officer.role.substr(4) : officer.role;
  role = role.empty() ? "officer" : Name(Words(role));
  return (std::string_view("aeiou").find(role.front()) == std::string_view::npos ? "a " : "an ") + role;
}

std::string TypeInText(const std::string& type) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kTypes = {{
      {"ltd", "private limited company"},
      {"plc", "public limited company"},
      {"llp", "limited liability partnership"},
      {"limited-partnership", "limited partnership"},
      {"private-unlimited", "private unlimited company"},
      {"oversea-company", "overseas company"},
      {"private-limited-guarant-nsc", "private company limited by guarantee without share capital"},
  }};
  for (const auto& [key, words] : kTypes) {
    if (key == type) return std::string(words);
  }
  return Name(Words(type));
}

class Writer {
 public:
  explicit Writer(const Dossier& dossier) : dossier_(dossier), subject_(CompanyInText(dossier.profile)) {}

  EntryText Write() {
    Head("Company");
    PutCompany();
    Head("Registered office");
    PutOffice();
    Head("Accounts and confirmation statement");
    PutDuties();
    PutOfficers(FactKind::kDirector, "Directors", "director", "directors");
    PutOfficers(FactKind::kSecretary, "Secretaries", "secretary", "secretaries");
    PutOfficers(FactKind::kMember, "Members", "member", "members");
    PutOfficers(FactKind::kOfficer, "Other officers", "other officer", "other officers");
    PutOwners();
    PutCharges();
    PutInsolvency();
    PutFilings();
    entry_.text.media_type = kEntryMediaType;
    return std::move(entry_);
  }

 private:
  void Append(const std::string& line) {
    entry_.text.text += line;
    at_ += CountCodePoints(line);
  }

  void Head(const std::string& title) {
    if (at_ > 0) Append("\n");
    documents::StructureSpan span;
    span.kind = "heading";
    span.level = 1;
    span.start = at_;
    Append(title + " of " + subject_);
    span.end = at_;
    Append("\n\n");
    entry_.text.structure.push_back(std::move(span));
  }

  Fact& Put(FactKind kind, std::string sentence) {
    Fact fact;
    fact.kind = kind;
    fact.start = at_;
    Append(sentence);
    fact.end = at_;
    Append("\n");
    fact.text = std::move(sentence);
    entry_.facts.push_back(std::move(fact));
    return entry_.facts.back();
  }

  void PutCompany() {
    const CompanyProfile& profile = dossier_.profile;
    const std::string name = Name(profile.name);
    Put(FactKind::kNumber,
        (name.empty() ? "The company" : name) + " has the company number " + OnOneLine(profile.number, 20) + ".");
    if (!profile.status.empty()) {
      const std::string status = Name(Words(profile.status));
      Put(FactKind::kStatus,
          subject_ +
              (profile.status == "active" ? " is active." : " has the status " + status + Since(profile.ceased) + "."));
    }
    if (!profile.status_detail.empty()) {
      Put(FactKind::kStatus,
          "The register notes on the status of " + subject_ + ": " + Name(Words(profile.status_detail)) + ".");
    }
    if (!profile.type.empty()) {
      const std::string where =
          profile.jurisdiction.empty() ? "" : ", registered in the jurisdiction " + Name(Words(profile.jurisdiction));
      Put(FactKind::kType, subject_ + " is of the type " + TypeInText(profile.type) + where + ".");
    }
    if (!profile.created.empty()) {
      Put(FactKind::kIncorporated, subject_ + " was incorporated" + On(profile.created) + ".");
    }
    if (!profile.sic_codes.empty()) {
      std::vector<std::string> codes;
      for (const std::string& code : profile.sic_codes) codes.push_back(OnOneLine(code, 20));
      Put(FactKind::kBusiness, "The nature of business of " + subject_ + " (SIC) is " + Joined(codes, " and ") + ".");
    }
    if (profile.former_names.empty()) {
      Put(FactKind::kFormerName, "No former name of " + subject_ + " is in the register.").summary = true;
    }
    for (const FormerName& former : profile.former_names) {
      Put(FactKind::kFormerName,
          subject_ + " was formerly named " + Name(former.name) + During(former.from, former.until) + ".");
    }
  }

  void PutOffice() {
    const CompanyProfile& profile = dossier_.profile;
    const std::string office = OnOneLine(profile.registered_office.OneLine());
    if (!office.empty()) Put(FactKind::kOffice, "The registered office of " + subject_ + " is " + office + ".");
    if (profile.office_in_dispute) Put(FactKind::kOffice, "The registered office of " + subject_ + " is in dispute.");
    if (profile.office_undeliverable) {
      Put(FactKind::kOffice, "Post to the registered office of " + subject_ + " cannot be delivered.");
    }
  }

  void PutDuties() {
    const CompanyProfile& profile = dossier_.profile;
    const auto put = [&](FactKind kind, const std::string& last, const std::string& next, bool overdue,
                         const char* what, const char* is, const char* were) {
      if (!last.empty()) {
        Put(kind,
            "The last " + std::string(what) + " of " + subject_ + " " + were + " made up to " + DateInText(last) + ".");
      }
      if (!next.empty() || overdue) {
        const std::string due = next.empty() ? "" : std::string(is) + " due by " + DateInText(next);
        const std::string late = overdue ? (due.empty() ? std::string(is) : " and " + std::string(is)) + " overdue"
                                         : " and " + std::string(is) + " not overdue";
        Put(kind, "The next " + std::string(what) + " of " + subject_ + " " + due + late + ".");
      }
    };
    put(FactKind::kAccounts, profile.accounts_made_up_to, profile.accounts_next_due, profile.accounts_overdue,
        "accounts", "are", "were");
    put(FactKind::kStatement, profile.statement_made_up_to, profile.statement_next_due, profile.statement_overdue,
        "confirmation statement", "is", "was");
  }

  void PutOfficers(FactKind kind, const char* title, const std::string& one, const std::string& several) {
    std::vector<const Officer*> officers;
    for (const bool past : {false, true}) {
      for (const Officer& officer : dossier_.officers.items) {
        if (KindOf(officer) == kind && officer.resigned_on.empty() != past) officers.push_back(&officer);
      }
    }
    const bool always = kind == FactKind::kDirector || kind == FactKind::kSecretary;
    if (officers.empty() && !always) return;
    Head(title);
    const auto acting = static_cast<std::size_t>(std::count_if(
        officers.begin(), officers.end(), [](const Officer* officer) { return officer->resigned_on.empty(); }));
    const std::size_t former = officers.size() - acting;
    Put(kind, subject_ + " has " + Count(acting, one, several) + " in office and " +
                  Count(former, "former " + one, "former " + several) + " in the register.")
        .summary = true;
    for (const Officer* officer : officers) PutOfficer(kind, *officer);
  }

  void PutOfficer(FactKind kind, const Officer& officer) {
    const std::string name = OfficerInText(officer);
    const std::string number = officer.registration_number.empty()
                                   ? ""
                                   : " (registration number " + OnOneLine(officer.registration_number, 50) + ")";
    const bool past = !officer.resigned_on.empty();
    const std::string verb = past ? " was " : officer.appointed_on.empty() ? " is " : " has been ";
    const std::string when = past ? During(officer.appointed_on, officer.resigned_on) : Since(officer.appointed_on);
    Fact& fact = Put(kind, name + number + verb + RoleInText(officer) + " of " + subject_ + when + ".");
    fact.past = past;
    fact.who = name;
  }

  void PutOwners() {
    Head("Persons with significant control");
    const auto count = [this](bool past) {
      return static_cast<std::size_t>(
          std::count_if(dossier_.owners.items.begin(), dossier_.owners.items.end(),
                        [past](const Owner& owner) { return owner.ceased_on.empty() != past; }));
    };
    const std::string one = "person with significant control";
    const std::string several = "persons with significant control";
    Put(FactKind::kOwner, subject_ + " has " + Count(count(false), one, several) + " and " +
                              Count(count(true), "former one", "former ones") + " in the register.")
        .summary = true;
    for (const bool past : {false, true}) {
      for (const Owner& owner : dossier_.owners.items) {
        if (owner.ceased_on.empty() != past) PutOwner(owner);
      }
    }
    for (const Owner& statement : dossier_.owner_statements.items) {
      Fact& fact = Put(FactKind::kOwner, "The register states on the control of " + subject_ +
                                             During(statement.notified_on, statement.ceased_on) + ": " +
                                             OnOneLine(Words(statement.statement)) + ".");
      fact.past = !statement.ceased_on.empty();
    }
  }

  void PutOwner(const Owner& owner) {
    const std::string name = owner.name.empty() ? "A person whose name is not shown" : Name(owner.name);
    const std::string number = owner.registration_number.empty()
                                   ? ""
                                   : " (registration number " + OnOneLine(owner.registration_number, 50) + ")";
    const bool past = !owner.ceased_on.empty();
    const std::string verb = past ? " was " : owner.notified_on.empty() ? " is " : " has been ";
    const std::string when = past ? During(owner.notified_on, owner.ceased_on) : Since(owner.notified_on);
    std::vector<std::string> natures;
    for (const std::string& nature : owner.natures_of_control) natures.push_back(Name(Words(nature)));
    const std::string control = natures.empty() ? "" : ": " + OnOneLine(Joined(natures, ", "), kLongestRemark);
    Fact& fact = Put(FactKind::kOwner,
                     name + number + verb + "a person with significant control of " + subject_ + when + control + ".");
    fact.past = past;
    fact.who = owner.name.empty() ? "" : name;
  }

  void PutCharges() {
    Head("Charges");
    std::size_t outstanding = 0;
    for (const Charge& charge : dossier_.charges.items) outstanding += charge.outstanding() ? 1 : 0;
    const std::size_t others = dossier_.charges.items.size() - outstanding;
    Put(FactKind::kCharge, subject_ + " has " + Count(outstanding, "outstanding charge", "outstanding charges") +
                               " and " + Count(others, "satisfied or other charge", "satisfied or other charges") +
                               " in the register.")
        .summary = true;
    for (const bool past : {false, true}) {
      for (const Charge& charge : dossier_.charges.items) {
        if (charge.outstanding() != past) PutCharge(charge, past);
      }
    }
  }

  void PutCharge(const Charge& charge, bool past) {
    const std::string code = charge.code.empty() ? "A charge" : "The charge " + OnOneLine(charge.code, 50);
    std::vector<std::string> holders;
    for (const std::string& holder : charge.holders) holders.push_back(Name(holder));
    std::string says = charge.status.empty() ? " is of unknown status" : " is " + Name(Words(charge.status));
    if (!charge.created_on.empty()) says += ", was created" + On(charge.created_on);
    if (!charge.satisfied_on.empty()) says += ", was satisfied" + On(charge.satisfied_on);
    if (!holders.empty()) says += ", and is held by " + OnOneLine(Joined(holders, " and "), kLongestRemark);
    if (!charge.particulars.empty()) says += " over: " + OnOneLine(charge.particulars, kLongestRemark);
    Put(FactKind::kCharge, code + " on " + subject_ + says + ".").past = past;
  }

  void PutInsolvency() {
    Head("Insolvency");
    const std::size_t cases = dossier_.insolvency.items.size();
    Put(FactKind::kInsolvency,
        subject_ + " has " + Count(cases, "insolvency case", "insolvency cases") + " in the register.")
        .summary = true;
    for (const InsolvencyCase& one : dossier_.insolvency.items) {
      std::vector<std::string> facts;
      for (const InsolvencyCase::Event& event : one.events) {
        std::string what = Name(Words(event.type));
        if (!event.date.empty() && what.ends_with(" on")) what.resize(what.size() - 3);  // "wound-up-on"
        facts.push_back(what + On(event.date));
      }
      for (const std::string& name : one.practitioners) facts.push_back("practitioner " + Name(name));
      const std::string told = facts.empty() ? "" : ": " + OnOneLine(Joined(facts, ", "), kLongestRemark);
      Put(FactKind::kInsolvency, "An insolvency case of " + subject_ + " is " + Name(Words(one.type)) + told + ".");
    }
    if (dossier_.profile.been_liquidated) {
      Put(FactKind::kInsolvency, "The register notes that " + subject_ + " has been liquidated.");
    }
  }

  void PutFilings() {
    Head("Last filings");
    const std::size_t total = static_cast<std::size_t>(std::max<std::int64_t>(0, dossier_.filings.total));
    Put(FactKind::kFiling, subject_ + " has " + Count(total, "filing", "filings") + " in the register.").summary = true;
    for (const Filing& filing : dossier_.filings.items) {
      const std::string kind = filing.type.empty() ? "" : " (" + OnOneLine(filing.type, 20) + ")";
      Put(FactKind::kFiling, "A filing of " + subject_ + (filing.date.empty() ? "" : " of " + DateInText(filing.date)) +
                                 kind + ": " + OnOneLine(filing.description, kLongestRemark) + ".");
    }
  }

  const Dossier& dossier_;
  const std::string subject_;
  EntryText entry_;
  std::int64_t at_ = 0;
};

}  // namespace

EntryText RenderEntry(const Dossier& dossier) {
  return Writer(dossier).Write();
}

}  // namespace counsel::companies_house
