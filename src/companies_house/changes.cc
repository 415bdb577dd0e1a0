#include "companies_house/changes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "companies_house/register_entry.h"

namespace counsel::companies_house {
namespace {

std::string Quoted(const std::string& value) {
  return value.empty() ? "nothing" : "'" + OnOneLine(value) + "'";
}

std::string OnDay(const char* verb, const std::string& date) {
  return date.empty() ? "" : std::string(verb) + DateInText(date);
}

// The value of T's items that stay the same through its life; of equal ones the first is meant.
std::string KeyOf(const Officer& officer) {
  return officer.name + "\n" + officer.role + "\n" + officer.appointed_on;
}
std::string KeyOf(const Owner& owner) {
  return owner.kind + "\n" + owner.name + "\n" + owner.statement + "\n" + owner.notified_on;
}
std::string KeyOf(const Charge& charge) {
  return charge.code.empty() ? charge.created_on + "\n" + charge.particulars : charge.code;
}

template <class T>
std::map<std::string, const T*> ByKey(const Part<T>& part) {
  std::map<std::string, const T*> items;
  for (const T& item : part.items) items.emplace(KeyOf(item), &item);
  return items;
}

class Comparison {
 public:
  Comparison(const Dossier& before, const Dossier& after) : before_(before), after_(after) {}

  std::vector<Change> Run() {
    CompareProfiles();
    CompareInsolvency();
    CompareCharges();
    CompareOfficers();
    CompareOwners();
    CompareFilings();
    return std::move(changes_);
  }

 private:
  void Tell(const char* kind, std::string text, std::string before = "", std::string after = "") {
    Change change;
    change.kind = kind;
    change.text = std::move(text);
    change.before = std::move(before);
    change.after = std::move(after);
    changes_.push_back(std::move(change));
  }

  void Value(const char* kind, const std::string& what, const std::string& before, const std::string& after) {
    if (before == after) return;
    Tell(kind, what + " changed from " + Quoted(before) + " to " + Quoted(after) + ".", before, after);
  }

  void CompareProfiles() {
    const CompanyProfile& was = before_.profile;
    const CompanyProfile& is = after_.profile;
    Value("status", "The status", Words(was.status), Words(is.status));
    Value("status", "The note on the status", Words(was.status_detail), Words(is.status_detail));
    Value("name", "The name", was.name, is.name);
    Value("number", "The number", was.number, is.number);
    Value("status", "The date of its end", was.ceased, is.ceased);
    Value("office", "The registered office", was.registered_office.OneLine(), is.registered_office.OneLine());
    const auto truth = [](bool value) { return std::string(value ? "yes" : "no"); };
    Value("office", "Whether the registered office is in dispute", truth(was.office_in_dispute),
          truth(is.office_in_dispute));
    Value("accounts", "The date of the last accounts", was.accounts_made_up_to, is.accounts_made_up_to);
    Value("accounts", "The day on which the next accounts are due", was.accounts_next_due, is.accounts_next_due);
    Value("accounts", "Whether the accounts are overdue", truth(was.accounts_overdue), truth(is.accounts_overdue));
    Value("statement", "The date of the last confirmation statement", was.statement_made_up_to,
          is.statement_made_up_to);
    Value("statement", "The day on which the next confirmation statement is due", was.statement_next_due,
          is.statement_next_due);
    Value("statement", "Whether the confirmation statement is overdue", truth(was.statement_overdue),
          truth(is.statement_overdue));
    const auto codes = [](const CompanyProfile& profile) {
      std::string all;
      for (const std::string& code : profile.sic_codes) all += (all.empty() ? "" : ", ") + code;
      return all;
    };
    Value("business", "The nature of business (SIC)", codes(was), codes(is));
  }

  void CompareOfficers() {
    const std::map<std::string, const Officer*> were = ByKey(before_.officers);
    const std::map<std::string, const Officer*> are = ByKey(after_.officers);
    for (const auto& [key, officer] : are) {
      const std::string who = OfficerInText(*officer);
      const std::string role = OnOneLine(Words(officer->role), 100);
      const auto known = were.find(key);
      const bool resigned_before = known != were.end() && !known->second->resigned_on.empty();
      if (known == were.end()) {
        Tell("officer_appointed", who + " was appointed " + role + OnDay(" on ", officer->appointed_on) + ".");
      }
      if (!officer->resigned_on.empty() && !resigned_before) {
        Tell("officer_resigned", who + ", " + role + ", resigned" + OnDay(" on ", officer->resigned_on) + ".");
      } else if (known != were.end() && officer->resigned_on != known->second->resigned_on) {
        Value("officer_changed", "The day on which " + who + ", " + role + ", resigned", known->second->resigned_on,
              officer->resigned_on);
      }
      if (known == were.end()) continue;
      Value("officer_changed", "The address of " + who + ", " + role + ",", known->second->address.OneLine(),
            officer->address.OneLine());
    }
    for (const auto& [key, officer] : were) {
      if (are.contains(key)) continue;
      Tell("officer_changed", OfficerInText(*officer) + ", " + OnOneLine(Words(officer->role), 100) +
                                  ", is no longer in the register under that name, role and date.");
    }
  }

  void CompareOwners() {
    CompareOwners(before_.owners, after_.owners);
    CompareOwners(before_.owner_statements, after_.owner_statements);
  }

  void CompareOwners(const Part<Owner>& before, const Part<Owner>& after) {
    const std::map<std::string, const Owner*> were = ByKey(before);
    const std::map<std::string, const Owner*> are = ByKey(after);
    const auto called = [](const Owner& owner) {
      return owner.statement.empty() ? OnOneLine(owner.name)
                                     : "The statement '" + OnOneLine(Words(owner.statement)) + "'";
    };
    for (const auto& [key, owner] : are) {
      const auto known = were.find(key);
      if (known == were.end()) {
        Tell("owner_notified",
             called(*owner) + " was notified as control of the company" + OnDay(" on ", owner->notified_on) + ".");
      }
      if (!owner->ceased_on.empty() && (known == were.end() || known->second->ceased_on.empty())) {
        Tell("owner_ceased",
             called(*owner) + " ceased to be control of the company" + OnDay(" on ", owner->ceased_on) + ".");
      }
      if (known != were.end() && known->second->natures_of_control != owner->natures_of_control) {
        Tell("owner_changed", "The nature of the control of " + called(*owner) + " changed.");
      }
    }
    for (const auto& [key, owner] : were) {
      if (!are.contains(key)) Tell("owner_changed", called(*owner) + " is no longer in the register in that form.");
    }
  }

  void CompareCharges() {
    const std::map<std::string, const Charge*> were = ByKey(before_.charges);
    for (const auto& [key, charge] : ByKey(after_.charges)) {
      const std::string code = charge->code.empty() ? "A charge" : "Charge " + OnOneLine(charge->code, 50);
      const auto known = were.find(key);
      if (known == were.end()) {
        std::string holders;
        for (const std::string& holder : charge->holders)
          holders += (holders.empty() ? "" : " and ") + OnOneLine(holder);
        Tell("charge_created", code + " was registered" + OnDay(", created on ", charge->created_on) +
                                   (holders.empty() ? "" : ", held by " + holders) + ".");
        continue;
      }
      const bool ended = known->second->outstanding() && !charge->outstanding();
      if (ended) {
        Tell("charge_satisfied",
             code + " is " + OnOneLine(Words(charge->status), 100) + OnDay(" since ", charge->satisfied_on) + ".");
      } else {
        Value("charge_changed", "The status of " + code, Words(known->second->status), Words(charge->status));
      }
    }
  }

  void CompareInsolvency() {
    std::map<std::string, const InsolvencyCase*> were;
    for (const InsolvencyCase& one : before_.insolvency.items) were.emplace(one.number + "\n" + one.type, &one);
    for (const InsolvencyCase& one : after_.insolvency.items) {
      const auto known = were.find(one.number + "\n" + one.type);
      const std::string what = "Insolvency case " + OnOneLine(one.number, 20) + " (" + OnOneLine(Words(one.type)) + ")";
      if (known == were.end()) {
        Tell("insolvency", what + " was opened.");
      } else if (known->second->raw != one.raw) {
        Tell("insolvency", what + " changed.");
      }
    }
  }

  void CompareFilings() {
    std::string oldest;
    std::map<std::string, bool> were;
    for (const Filing& filing : before_.filings.items) {
      were.emplace(filing.transaction, true);
      if (oldest.empty() || filing.date < oldest) oldest = filing.date;
    }
    const bool all_known = before_.filings.total <= static_cast<std::int64_t>(before_.filings.items.size());
    for (const Filing& filing : after_.filings.items) {
      if (were.contains(filing.transaction) || (!all_known && filing.date < oldest)) continue;
      Tell("filing", "A filing came in" + OnDay(" of ", filing.date) + " (" + OnOneLine(filing.type, 20) +
                         "): " + OnOneLine(filing.description, 500) + ".");
    }
  }

  const Dossier& before_;
  const Dossier& after_;
  std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> Compare(const Dossier& before, const Dossier& after) {
  return Comparison(before, after).Run();
}

}  // namespace counsel::companies_house
