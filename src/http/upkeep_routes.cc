// /api/check, /api/backup, /api/export.
#include <filesystem>
#include <utility>

#include "http/long_work.h"
#include "http/routes.h"
#include "upkeep/backup.h"
#include "upkeep/check.h"
#include "upkeep/export.h"
#include "upkeep/files.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::size_t kBodyLimit = 64 * 1024;

Json CheckJson(const upkeep::CheckReport& report) {
  Json findings = Json::array();
  for (const upkeep::Finding& finding : report.findings) {
    findings.push_back({{"document", finding.name.empty() ? Json() : Json(finding.document)},
                        {"name", finding.name},
                        {"what", finding.what},
                        {"next_step", finding.next_step},
                        {"repairable", finding.mend != upkeep::Mend::kNone},
                        {"repaired", finding.repaired}});
  }
  return {{"documents", report.documents},
          {"chunks", report.chunks},
          {"original_bytes", report.original_bytes},
          {"findings", std::move(findings)}};
}

asio::awaitable<Result<Json>> RunCheck(Services& services, bool repair, upkeep::Report report) {
  auto look = [&services, &report](store::Connection& db) {
    return upkeep::CheckStore(db, services.originals, report);
  };
  Result<upkeep::CheckReport> checked = co_await services.store.ReadApart(look);
  if (!checked) co_return Fail(std::move(checked.error()));
  if (repair) {
    Result<void> repaired = co_await upkeep::Repair(services.store, services.originals, *checked);
    services.ingest.Wake();
    if (!repaired) co_return Fail(std::move(repaired.error()));
  }
  co_return CheckJson(*checked);
}

asio::awaitable<Result<void>> Check(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  const Result<bool> repair = BoolMember(*body, "repair", false);
  if (!repair) co_return Fail(repair.error());
  Services& services = call.services;
  LongWork work = [&services, wanted = *repair](upkeep::Report report) {
    return RunCheck(services, wanted, std::move(report));
  };
  co_return co_await StreamWork(call, std::move(work));
}

// Where the daemon writes for the caller: only over the unix socket, whose other end is the same user.
Result<fs::path> TargetOf(const Call& call, const Json& body) {
  if (!call.exchange.local()) {
    return Fail(ErrorCode::kPermissionDenied, "Folders can be named only over the unix socket.",
                "Use the command line: counsel backup, counsel export.");
  }
  Result<std::string> path = StringMember(body, "path", "");
  if (!path) return Fail(std::move(path.error()));
  if (path->empty() || path->front() != '/') {
    return Fail(ErrorCode::kInvalidArgument, "'path' must be an absolute path.",
                "Name the file or folder to write, from / on.");
  }
  fs::path target = fs::path(*path).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  return target;
}

asio::awaitable<Result<Json>> RunBackup(Services& services, fs::path target, upkeep::Report report) {
  auto work = [&services, &target, &report](store::Connection& db) -> Result<upkeep::BackupReport> {
    RETURN_IF_ERROR(upkeep::CheckOutside(services.home, target));
    return upkeep::Backup(db, services.originals, services.home, target, report);
  };
  const Result<upkeep::BackupReport> done = co_await services.store.ReadApart(work);
  if (!done) co_return Fail(done.error());
  co_return Json{{"path", target.string()},      {"documents", done->documents},
                 {"originals", done->originals}, {"bytes", done->bytes},
                 {"created", done->created},     {"without_original", done->without_original}};
}

asio::awaitable<Result<void>> Backup(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  const Result<fs::path> target = TargetOf(call, *body);
  if (!target) co_return Fail(target.error());
  Services& services = call.services;
  LongWork work = [&services, path = *target](upkeep::Report report) {
    return RunBackup(services, path, std::move(report));
  };
  co_return co_await StreamWork(call, std::move(work));
}

asio::awaitable<Result<Json>> RunExport(Services& services, std::string matter, fs::path target,
                                        upkeep::Report report) {
  auto work = [&](store::Connection& db) -> Result<upkeep::ExportReport> {
    RETURN_IF_ERROR(upkeep::CheckOutside(services.home, target));
    return upkeep::ExportMatter(db, services.originals, matter, target, report);
  };
  const Result<upkeep::ExportReport> done = co_await services.store.ReadApart(work);
  if (!done) co_return Fail(done.error());
  co_return Json{{"path", target.string()},
                 {"matter", matter},
                 {"documents", done->documents},
                 {"bytes", done->bytes},
                 {"notes", done->notes}};
}

asio::awaitable<Result<void>> Export(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  const Result<fs::path> target = TargetOf(call, *body);
  if (!target) co_return Fail(target.error());
  const Result<std::string> matter = StringMember(*body, "matter", std::string(documents::kDefaultMatter));
  if (!matter) co_return Fail(matter.error());
  Services& services = call.services;
  LongWork work = [&services, name = *matter, path = *target](upkeep::Report report) {
    return RunExport(services, name, path, std::move(report));
  };
  co_return co_await StreamWork(call, std::move(work));
}

}  // namespace

void AddUpkeepRoutes(std::vector<Route>& routes) {
  routes.push_back({"POST", "/api/check", Check});
  routes.push_back({"POST", "/api/backup", Backup});
  routes.push_back({"POST", "/api/export", Export});
}

}  // namespace counsel::http
