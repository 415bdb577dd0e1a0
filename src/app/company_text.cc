#include "app/company_text.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "app/terminal.h"

namespace counsel::app {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostFormer = 10;  // former officers and owners, satisfied charges

// A member as text: "" when it is null or of another type.
std::string Text(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? Printable(found->get<std::string>()) : std::string();
}

bool Truth(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::string Plain(std::string key) {
  std::replace(key.begin(), key.end(), '-', ' ');
  return key;
}

// "[read 2026-11-25 21:04 from https://…]", or that there is nothing.
std::string ReadText(const Json& read) {
  if (!read.is_object()) return "";
  std::string text = "[read " + FormatTime(read.value("read_at", std::int64_t{0})) + " from " + Text(read, "source");
  if (Truth(read, "stale")) text += "; older than it should be: " + Text(read, "problem");
  return text + "]";
}

class Sheet {
 public:
  void Head(const std::string& title, const Json& read) {
    text_ += "\n" + title + (read.is_object() ? "  " + ReadText(read) : "") + "\n";
  }
  void Line(const std::string& line) { text_ += "  " + line + "\n"; }
  void Fact(const char* label, const std::string& value) {
    if (value.empty()) return;
    std::string padded = label;
    padded.resize(std::max<std::size_t>(padded.size(), 14), ' ');
    Line(padded + " " + value);
  }
  std::string text_;
};

std::string Joined(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) {
    if (!part.empty()) joined += (joined.empty() ? "" : ", ") + part;
  }
  return joined;
}

std::string Labelled(const char* label, const std::string& value) {
  return value.empty() ? "" : label + value;
}

std::string Born(const Json& person) {
  const auto born = person.find("born");
  if (born == person.end() || !born->is_object()) return "";
  const std::string month = (*born)["month"].is_number() ? std::to_string((*born)["month"].get<int>()) + "/" : "";
  return "born " + month + std::to_string(born->value("year", 0));
}

void PutCompany(Sheet& sheet, const Json& company) {
  sheet.text_ += Text(company, "name") + "  (" + Text(company, "number") + ")\n";
  sheet.Line(ReadText(company["read"]));
  sheet.Fact("status", Joined({Plain(Text(company, "status")), Plain(Text(company, "status_detail"))}));
  sheet.Fact("type", Joined({Plain(Text(company, "type")), Plain(Text(company, "jurisdiction"))}));
  sheet.Fact("created", Text(company, "created"));
  sheet.Fact("ceased", Text(company, "ceased"));
  sheet.Fact("office", Text(company, "registered_office"));
  for (const Json& former : company["former_names"]) {
    sheet.Fact("former name", Text(former, "name") + Labelled(" until ", Text(former, "until")));
  }
  const Json& accounts = company["accounts"];
  sheet.Fact("accounts", Joined({Labelled("made up to ", Text(accounts, "made_up_to")),
                                 Labelled("next due ", Text(accounts, "next_due"))}));
  const Json& statement = company["confirmation_statement"];
  sheet.Fact("statement", Joined({Labelled("made up to ", Text(statement, "made_up_to")),
                                  Labelled("next due ", Text(statement, "next_due"))}));
}

// Those that are, then those that were, the newest of them.
template <class Was, class Line>
void PutNowAndBefore(Sheet& sheet, const Json& part, Was was, Line line) {
  std::size_t before = 0;
  std::string former;
  for (const Json& item : part["items"]) {
    if (!was(item)) {
      sheet.Line(line(item));
    } else if (++before <= kMostFormer) {
      former += "  " + line(item) + "\n";
    }
  }
  if (before == 0) return;
  sheet.Line("before:");
  sheet.text_ += former;
  if (before > kMostFormer) {
    sheet.Line("… and " + std::to_string(before - kMostFormer) + " more (--json shows all)");
  }
}

void PutOfficers(Sheet& sheet, const Json& part) {
  sheet.Head("Officers", part["read"]);
  if (part["items"].empty()) sheet.Line("none");
  PutNowAndBefore(
      sheet, part, [](const Json& officer) { return !Text(officer, "resigned_on").empty(); },
      [](const Json& officer) {
        return Text(officer, "name") + ", " +
               Joined({Plain(Text(officer, "role")), Labelled("since ", Text(officer, "appointed_on")),
                       Labelled("until ", Text(officer, "resigned_on")), Text(officer, "nationality"), Born(officer),
                       Labelled("registered as ", Text(officer, "registration_number"))});
      });
}

void PutOwners(Sheet& sheet, const Json& owners, const Json& statements) {
  sheet.Head("Persons with significant control", owners["read"].is_object() ? owners["read"] : statements["read"]);
  if (owners["items"].empty() && statements["items"].empty()) sheet.Line("none");
  PutNowAndBefore(
      sheet, owners, [](const Json& owner) { return !Text(owner, "ceased_on").empty(); },
      [](const Json& owner) {
        std::string natures;
        for (const Json& nature : owner["natures_of_control"]) {
          natures += (natures.empty() ? "" : "; ") + Plain(Printable(nature.get<std::string>()));
        }
        return Joined({Text(owner, "name"), Labelled("since ", Text(owner, "notified_on")),
                       Labelled("until ", Text(owner, "ceased_on")), natures});
      });
  for (const Json& statement : statements["items"]) {
    sheet.Line(Plain(Text(statement, "statement")) + Labelled(", since ", Text(statement, "notified_on")) +
               Labelled(", until ", Text(statement, "ceased_on")));
  }
}

void PutCharges(Sheet& sheet, const Json& part) {
  sheet.Head("Charges", part["read"]);
  if (part["items"].empty()) sheet.Line("none");
  PutNowAndBefore(
      sheet, part, [](const Json& charge) { return !Truth(charge, "outstanding"); },
      [](const Json& charge) {
        std::string holders;
        for (const Json& holder : charge["holders"]) {
          holders += (holders.empty() ? "" : " and ") + Printable(holder.get<std::string>());
        }
        return Joined({Text(charge, "code"), Plain(Text(charge, "status")),
                       Labelled("created ", Text(charge, "created_on")),
                       Labelled("satisfied ", Text(charge, "satisfied_on")), holders, Text(charge, "particulars")});
      });
}

void PutInsolvency(Sheet& sheet, const Json& part) {
  if (part["items"].empty()) return;
  sheet.Head("Insolvency", part["read"]);
  for (const Json& item : part["items"]) {
    std::vector<std::string> facts = {Plain(Text(item, "type"))};
    for (const Json& event : item["events"]) facts.push_back(Plain(Text(event, "type")) + " " + Text(event, "date"));
    for (const Json& name : item["practitioners"]) facts.push_back(Printable(name.get<std::string>()));
    sheet.Line(Joined(facts));
  }
}

void PutFilings(Sheet& sheet, const Json& part) {
  sheet.Head("Last filings of " + std::to_string(part.value("total", std::int64_t{0})), part["read"]);
  for (const Json& filing : part["items"]) {
    sheet.Line(Text(filing, "date") + "  " + Text(filing, "type") + "  " + Text(filing, "description") +
               (Text(filing, "document").empty() ? "" : "  (" + Text(filing, "transaction") + ")"));
  }
}

// Documents and the register side by side, of each matter that names the company.
void PutCompared(Sheet& sheet, const Json& compared) {
  for (const Json& matter : compared) {
    const Json& disagreements = matter["disagreements"];
    if (disagreements.empty()) continue;
    sheet.Head("Documents of the matter '" + Text(matter, "matter") + "' that say otherwise", Json());
    sheet.text_ += DisagreementsText(disagreements, false);
  }
}

}  // namespace

std::string DisagreementsText(const Json& disagreements, bool numbered) {
  const auto label = [numbered](const Json& side, std::string name) {
    const Json& citation = side["citation"];
    if (name.empty()) {
      name = Printable(Text(citation, "name"), 60);
      if (citation["page"].is_number()) name += ", page " + std::to_string(citation["page"].get<int>());
    }
    return "      " + (numbered ? "[" + std::to_string(citation["n"].get<int>()) + "] " : "") + name;
  };
  std::string text;
  std::vector<std::vector<std::string>> rows;
  const Json* last = nullptr;
  for (const Json& both : disagreements) {
    const Json& ours = both["register"];
    const Json& theirs = both["document"];
    // Of one fact the register's word stands there once, the documents' under it.
    const bool more = last != nullptr && (*last)["register"] == ours && (*last)["former_name"] == both["former_name"];
    if (!more) {
      text += FormatTable(rows);
      rows.clear();
      std::string fact = Truth(both, "former_name") ? "name (a former one)" : Text(both, "fact");
      std::replace(fact.begin(), fact.end(), '_', ' ');
      text += "  ! " + fact + "\n";
      rows.push_back({label(ours, "the register, read " + FormatTime(ours.value("read_at", std::int64_t{0}))),
                      Text(ours, "says")});
    }
    rows.push_back({label(theirs, ""), Text(theirs, "says")});
    last = &both;
  }
  return text + FormatTable(rows);
}

std::string DossierText(const Json& dossier) {
  Sheet sheet;
  PutCompany(sheet, dossier["company"]);
  if (!dossier["remarks"].empty()) {
    sheet.Head("What stands out", Json());
    for (const Json& remark : dossier["remarks"]) sheet.Line("! " + Printable(remark.get<std::string>()));
  }
  if (dossier.contains("compared")) PutCompared(sheet, dossier["compared"]);
  PutOfficers(sheet, dossier["officers"]);
  PutOwners(sheet, dossier["owners"], dossier["owner_statements"]);
  PutCharges(sheet, dossier["charges"]);
  PutInsolvency(sheet, dossier["insolvency"]);
  PutFilings(sheet, dossier["filings"]);
  const auto requests = dossier.value("requests", std::int64_t{0});
  sheet.text_ += "\n" + std::to_string(requests) + (requests == 1 ? " request" : " requests") + " to the register\n";
  return sheet.text_;
}

std::string CompaniesText(const Json& companies) {
  std::vector<std::vector<std::string>> rows = {{"NUMBER", "NAME", "STATUS", "CREATED", "ADDRESS"}};
  for (const Json& company : companies) {
    rows.push_back({Text(company, "number"), Printable(Text(company, "name"), 44), Plain(Text(company, "status")),
                    Text(company, "created"), Printable(Text(company, "address"), 48)});
  }
  return FormatTable(rows);
}

std::string OfficersText(const Json& officers) {
  std::vector<std::vector<std::string>> rows = {{"NAME", "ROLE", "SINCE", "UNTIL", "ID"}};
  for (const Json& officer : officers) {
    std::string id = Text(officer, "appointments");
    if (id.starts_with("/officers/")) id = id.substr(10, id.find('/', 10) - 10);
    rows.push_back({Printable(Text(officer, "name"), 44), Plain(Text(officer, "role")), Text(officer, "appointed_on"),
                    Text(officer, "resigned_on"), id});
  }
  return FormatTable(rows);
}

std::string FilingsText(const Json& filings) {
  std::vector<std::vector<std::string>> rows = {{"DATE", "TYPE", "CATEGORY", "TRANSACTION", "DESCRIPTION"}};
  for (const Json& filing : filings) {
    rows.push_back({Text(filing, "date"), Text(filing, "type"), Text(filing, "category"), Text(filing, "transaction"),
                    Text(filing, "description")});
  }
  return FormatTable(rows);
}

std::string AppointmentsText(const Json& reply) {
  const Json& officer = reply["officer"];
  std::vector<std::vector<std::string>> rows = {{"NUMBER", "COMPANY", "STATUS", "ROLE", "SINCE", "UNTIL"}};
  for (const Json& appointment : reply["appointments"]) {
    const Json& company = appointment["company"];
    rows.push_back({Text(company, "number"), Printable(Text(company, "name"), 44), Plain(Text(company, "status")),
                    Plain(Text(appointment, "role")), Text(appointment, "appointed_on"),
                    Text(appointment, "resigned_on")});
  }
  return Joined({Text(officer, "name"), Born(officer)}) + "\n" + FormatTable(rows);
}

}  // namespace counsel::app
