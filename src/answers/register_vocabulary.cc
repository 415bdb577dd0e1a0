#include "answers/register_vocabulary.h"

namespace counsel::answers {

using companies_house::FactKind;

const std::set<std::string>& Forms() {
  static const std::set<std::string> forms = {"limited", "ltd", "plc", "llp", "cyfyngedig", "cyf", "lp", "inc"};
  return forms;
}

const std::set<std::string>& SmallWords() {
  static const std::set<std::string> words = {
      "a",     "an",   "the",  "of",    "for",       "at",       "in",         "on",        "to",    "as",    "by",
      "with",  "and",  "or",   "is",    "are",       "was",      "were",       "be",        "been",  "do",    "does",
      "did",   "has",  "have", "had",   "who",       "what",     "which",      "when",      "since", "where", "whose",
      "there", "any",  "all",  "it",    "its",       "they",     "their",      "them",      "this",  "that",  "company",
      "tell",  "me",   "give", "list",  "show",      "please",   "can",        "you",       "us",    "s",     "name",
      "names", "date", "long", "house", "companies", "register", "registered", "according", "hold",  "held",  "holds",
      "whom",  "per",  "no",   "day",   "against",   "over",     "still",      "yet",       "ever",  "from"};
  return words;
}

const std::vector<Topic>& Topics() {
  static const std::vector<Topic> topics = {
      {{"persons", "with", "significant", "control"}, FactKind::kOwner},
      {{"people", "with", "significant", "control"}, FactKind::kOwner},
      {{"person", "with", "significant", "control"}, FactKind::kOwner},
      {{"confirmation", "statement"}, FactKind::kStatement},
      {{"confirmation", "statements"}, FactKind::kStatement},
      {{"registered", "office"}, FactKind::kOffice},
      {{"registered", "address"}, FactKind::kOffice},
      {{"office", "address"}, FactKind::kOffice},
      {{"nature", "of", "business"}, FactKind::kBusiness},
      {{"company", "secretary"}, FactKind::kSecretary},
      {{"company", "number"}, FactKind::kNumber},
      {{"registered", "number"}, FactKind::kNumber},
      {{"registration", "number"}, FactKind::kNumber},
      {{"former", "name"}, FactKind::kFormerName},
      {{"former", "names"}, FactKind::kFormerName},
      {{"previous", "name"}, FactKind::kFormerName},
      {{"previous", "names"}, FactKind::kFormerName},
      {{"old", "name"}, FactKind::kFormerName},
      {{"formerly", "named"}, FactKind::kFormerName},
      {{"formerly", "called"}, FactKind::kFormerName},
      {{"formerly", "known"}, FactKind::kFormerName},
      {{"called", "before"}, FactKind::kFormerName},
      {{"type", "of", "company"}, FactKind::kType},
      {{"kind", "of", "company"}, FactKind::kType},
      {{"company", "type"}, FactKind::kType},
      {{"sic", "code"}, FactKind::kBusiness},
      {{"sic", "codes"}, FactKind::kBusiness},
      {{"wound", "up"}, FactKind::kInsolvency},
      {{"winding", "up"}, FactKind::kInsolvency},
      {{"in", "liquidation"}, FactKind::kInsolvency},
      {{"struck", "off"}, FactKind::kStatus},
      {{"insolvency", "proceedings"}, FactKind::kInsolvency},
      {{"insolvency", "cases"}, FactKind::kInsolvency},
      {{"insolvency", "case"}, FactKind::kInsolvency},
      {{"director"}, FactKind::kDirector},
      {{"directors"}, FactKind::kDirector},
      {{"secretary"}, FactKind::kSecretary},
      {{"secretaries"}, FactKind::kSecretary},
      {{"officers"}, FactKind::kOfficer},
      {{"officer"}, FactKind::kOfficer},
      {{"members"}, FactKind::kMember},
      {{"member"}, FactKind::kMember},
      {{"owner"}, FactKind::kOwner},
      {{"owners"}, FactKind::kOwner},
      {{"owns"}, FactKind::kOwner},
      {{"controls"}, FactKind::kOwner},
      {{"psc"}, FactKind::kOwner},
      {{"pscs"}, FactKind::kOwner},
      {{"charge"}, FactKind::kCharge},
      {{"charges"}, FactKind::kCharge},
      {{"mortgage"}, FactKind::kCharge},
      {{"mortgages"}, FactKind::kCharge},
      {{"insolvency"}, FactKind::kInsolvency},
      {{"insolvent"}, FactKind::kInsolvency},
      {{"liquidation"}, FactKind::kInsolvency},
      {{"liquidator"}, FactKind::kInsolvency},
      {{"status"}, FactKind::kStatus},
      {{"active"}, FactKind::kStatus},
      {{"dissolved"}, FactKind::kStatus},
      {{"incorporated"}, FactKind::kIncorporated},
      {{"incorporation"}, FactKind::kIncorporated},
      {{"founded"}, FactKind::kIncorporated},
      {{"accounts"}, FactKind::kAccounts},
      {{"number"}, FactKind::kNumber},
      {{"called"}, FactKind::kNumber},
      {{"filings"}, FactKind::kFiling},
      {{"filing"}, FactKind::kFiling},
      {{"filed"}, FactKind::kFiling},
      {{"jurisdiction"}, FactKind::kType},
  };
  return topics;
}

const std::set<std::string>& PastWords() {
  static const std::set<std::string> words = {"former", "past",   "previous",  "resigned",
                                              "left",   "ceased", "satisfied", "ex"};
  return words;
}
const std::set<std::string>& PresentWords() {
  static const std::set<std::string> words = {"current",   "currently", "now",         "present",
                                              "presently", "today",     "outstanding", "unsatisfied"};
  return words;
}
const std::set<std::string>& TopicalWords() {
  static const std::set<std::string> words = {"appointed", "due",  "next",   "overdue", "last",
                                              "late",      "made", "up",     "latest",  "recent",
                                              "open",      "been", "office", "board",   "history"};
  return words;
}

const std::vector<Beyond>& BeyondTopics() {
  static const std::vector<Beyond> topics = {
      {{"home", "address"}, "home addresses"},
      {{"home", "addresses"}, "home addresses"},
      {{"residential", "address"}, "home addresses"},
      {{"live"}, "home addresses"},
      {{"phone", "number"}, "telephone numbers"},
      {{"telephone", "number"}, "telephone numbers"},
      {{"vat", "number"}, "VAT numbers"},
      {{"bank", "account"}, "bank accounts"},
      {{"share", "price"}, "share prices"},
      {{"turnover"}, "turnover"},
      {{"revenue"}, "turnover"},
      {{"profit"}, "profit"},
      {{"profits"}, "profit"},
      {{"loss"}, "profit"},
      {{"employees"}, "employees"},
      {{"staff"}, "employees"},
      {{"employ"}, "employees"},
      {{"email"}, "e-mail addresses"},
      {{"website"}, "web sites"},
      {{"salary"}, "salaries"},
      {{"salaries"}, "salaries"},
      {{"dividend"}, "dividends"},
      {{"dividends"}, "dividends"},
      {{"customers"}, "customers"},
      {{"creditors"}, "creditors"},
      {{"shareholders"}, "shareholders"},
      {{"shareholder"}, "shareholders"},
  };
  return topics;
}

}  // namespace counsel::answers
