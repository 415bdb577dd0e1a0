#include "companies_house/matter_companies.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace counsel::companies_house {
namespace {

constexpr const char* kSelect =
    "SELECT matter, company, name, coalesce(document, ''), coalesce(reported, ''), added_at, read_at, reported_at "
    "FROM matter_companies ";

Result<std::vector<MatterCompany>> ReadRows(store::Statement& rows) {
  std::vector<MatterCompany> companies;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) return companies;
    MatterCompany company;
    company.matter = rows.Text(0);
    company.number = rows.Text(1);
    company.name = rows.Text(2);
    company.document = rows.Text(3);
    company.reported = rows.Text(4);
    company.added_at = rows.Int(5);
    company.read_at = rows.Int(6);
    company.reported_at = rows.Int(7);
    companies.push_back(std::move(company));
  }
}

}  // namespace

Result<std::vector<MatterCompany>> ListMatterCompanies(store::Connection& db, const std::vector<std::string>& matters) {
  ASSIGN_OR_RETURN(
      store::Statement rows,
      db.Prepare(std::string(kSelect) +
                 "WHERE ?1 = '[]' OR matter IN (SELECT value FROM json_each(?1)) ORDER BY matter, company"));
  const nlohmann::json wanted = matters;
  rows.Bind(1, wanted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return ReadRows(rows);
}

Result<std::optional<MatterCompany>> FindMatterCompany(store::Connection& db, std::string_view matter,
                                                       std::string_view number) {
  ASSIGN_OR_RETURN(store::Statement rows, db.Prepare(std::string(kSelect) + "WHERE matter = ? AND company = ?"));
  rows.Bind(1, matter).Bind(2, number);
  ASSIGN_OR_RETURN(std::vector<MatterCompany> found, ReadRows(rows));
  if (found.empty()) return std::optional<MatterCompany>();
  return std::optional<MatterCompany>(std::move(found.front()));
}

Result<void> KeepMatterCompany(store::Connection& db, const MatterCompany& company) {
  ASSIGN_OR_RETURN(
      store::Statement keep,
      db.Prepare(
          "INSERT OR REPLACE INTO matter_companies (matter, company, name, document, reported, added_at, read_at, "
          "reported_at) VALUES (?, ?, ?, nullif(?, ''), nullif(?, ''), ?, ?, ?)"));
  keep.Bind(1, company.matter).Bind(2, company.number).Bind(3, company.name);
  keep.Bind(4, company.document).Bind(5, company.reported);
  keep.Bind(6, company.added_at).Bind(7, company.read_at).Bind(8, company.reported_at);
  return keep.Run();
}

Result<bool> ForgetMatterCompany(store::Connection& db, std::string_view matter, std::string_view number) {
  ASSIGN_OR_RETURN(store::Statement forget,
                   db.Prepare("DELETE FROM matter_companies WHERE matter = ? AND company = ?"));
  forget.Bind(1, matter).Bind(2, number);
  RETURN_IF_ERROR(forget.Run());
  return db.changes() > 0;
}

}  // namespace counsel::companies_house
