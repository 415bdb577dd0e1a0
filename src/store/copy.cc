// The copy of a store's file that a backup holds.
#include <memory>
#include <utility>

#include <sqlite3.h>

#include "store/sqlite_error.h"
#include "store/store.h"

namespace counsel::store {
namespace {

constexpr int kPagesAStep = 256;  // 1 MiB

struct Finish {
  void operator()(sqlite3_backup* copy) const { sqlite3_backup_finish(copy); }
};

}  // namespace

Result<void> CopyDatabase(Connection& db, const std::filesystem::path& target,
                          const std::function<Result<void>(double share)>& report) {
  Result<std::unique_ptr<Connection>> to = Connection::Create(target);
  if (!to) return Fail(std::move(to.error()));
  const std::unique_ptr<sqlite3_backup, Finish> copy(sqlite3_backup_init((*to)->handle(), "main", db.handle(), "main"));
  if (!copy) return Fail(SqliteError((*to)->handle(), sqlite3_errcode((*to)->handle())));
  for (;;) {
    const int code = sqlite3_backup_step(copy.get(), kPagesAStep);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_OK) return Fail(SqliteError(nullptr, code));
    const double pages = sqlite3_backup_pagecount(copy.get());
    const double left = sqlite3_backup_remaining(copy.get());
    if (Result<void> may = db.MayGoOn(); !may) return may;
    if (Result<void> told = report(pages > 0 ? 1 - left / pages : 0); !told) return told;
  }
}

}  // namespace counsel::store
