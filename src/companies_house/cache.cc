#include "companies_house/cache.h"

#include <utility>

namespace counsel::companies_house {

std::optional<std::chrono::seconds> FreshFor(Kind kind) {
  switch (kind) {
    case Kind::kProfile:
      return std::chrono::hours(24);
    case Kind::kFilings:
    case Kind::kSearch:
      return std::chrono::hours(1);
    case Kind::kDocument:
      return std::nullopt;
  }
  return std::chrono::seconds(0);
}

bool IsFresh(Kind kind, std::int64_t read_at, std::int64_t now) {
  const std::optional<std::chrono::seconds> fresh = FreshFor(kind);
  constexpr std::int64_t kClockSlack = 60;
  return !fresh || (read_at <= now + kClockSlack && now - read_at < fresh->count());
}

Result<std::optional<KeptReply>> FindReply(store::Connection& db, std::string_view source, std::string_view target) {
  Result<store::Statement> find =
      db.Prepare("SELECT status, body, read_at FROM register_replies WHERE source = ? AND target = ?");
  if (!find) return Fail(std::move(find.error()));
  find->Bind(1, source).Bind(2, target);
  ASSIGN_OR_RETURN(bool row, find->Step());
  if (!row) return std::optional<KeptReply>();
  KeptReply reply;
  reply.status = static_cast<int>(find->Int(0));
  reply.body = std::string(find->Text(1));
  reply.read_at = find->Int(2);
  return std::optional<KeptReply>(std::move(reply));
}

Result<void> KeepReply(store::Connection& db, std::string_view source, std::string_view target,
                       const KeptReply& reply) {
  constexpr std::int64_t kWeek = std::int64_t{7} * 86'400;
  ASSIGN_OR_RETURN(
      store::Statement forget,
      db.Prepare("DELETE FROM register_replies WHERE read_at < ? AND (target LIKE '/search/%' OR target LIKE "
                 "'/advanced-search/%')"));
  forget.Bind(1, reply.read_at - kWeek);
  RETURN_IF_ERROR(forget.Run());
  ASSIGN_OR_RETURN(
      store::Statement keep,
      db.Prepare(
          "INSERT OR REPLACE INTO register_replies (source, target, read_at, status, body) VALUES (?, ?, ?, ?, ?)"));
  keep.Bind(1, source).Bind(2, target).Bind(3, reply.read_at);
  keep.Bind(4, static_cast<std::int64_t>(reply.status)).Bind(5, reply.body);
  return keep.Run();
}

}  // namespace counsel::companies_house
