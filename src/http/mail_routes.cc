// /api/mail: folders of mailboxes that are followed.
#include <utility>

#include "http/routes.h"
#include "mail/following.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 64 * 1024;

Json MailboxJson(const mail::Mailbox& box, const mail::Following& following) {
  return {{"id", box.id},
          {"address", box.address},
          {"matter", box.matter},
          {"mails", box.mails},
          {"skipped", box.skipped},
          {"looked_at", box.looked_at},
          {"looking", following.looking_into() == box.id},
          {"error", box.error}};
}

asio::awaitable<Result<void>> List(Call& call) {
  const mail::Following& following = *call.services.mail;
  Json json = {{"mailboxes", Json::array()}};
  for (const mail::Mailbox& box : following.List()) json["mailboxes"].push_back(MailboxJson(box, following));
  co_return co_await call.SendJson(std::move(json));
}

Result<void> TakeString(const Json& body, const char* name, const char* fallback, std::string* value) {
  Result<std::string> text = StringMember(body, name, fallback);
  if (!text) return Fail(std::move(text.error()));
  *value = std::move(*text);
  return {};
}

Result<mail::Mailbox> ReadMailbox(const Json& body) {
  RETURN_IF_ERROR(OnlyMembers(body, {"address", "matter", "password_file", "token_command", "ca_file"}));
  mail::Mailbox box;
  RETURN_IF_ERROR(TakeString(body, "address", "", &box.address));
  RETURN_IF_ERROR(TakeString(body, "matter", std::string(documents::kDefaultMatter).c_str(), &box.matter));
  RETURN_IF_ERROR(TakeString(body, "password_file", "", &box.password_file));
  RETURN_IF_ERROR(TakeString(body, "token_command", "", &box.token_command));
  RETURN_IF_ERROR(TakeString(body, "ca_file", "", &box.ca_file));
  for (const std::string* path : {&box.password_file, &box.ca_file}) {
    if (!path->empty() && path->front() != '/') {
      return Fail(ErrorCode::kInvalidArgument, "'" + *path + "' must be an absolute path.");
    }
  }
  return box;
}

// POST /api/mail {address, matter?, password_file | token_command, ca_file?}. It names files and a command of the
// user's, so only the user's own hand does it.
asio::awaitable<Result<void>> Add(Call& call) {
  if (!call.exchange.local()) {
    co_return Fail(ErrorCode::kPermissionDenied, "A mailbox is added over the unix socket only.",
                   "Use the command line: counsel mail add");
  }
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<mail::Mailbox> box = ReadMailbox(*body);
  if (!box) co_return Fail(std::move(box.error()));
  mail::Following& following = *call.services.mail;
  Result<mail::Mailbox> added = co_await following.Add(std::move(*box));
  if (!added) co_return Fail(std::move(added.error()));
  Json json = MailboxJson(*added, following);
  co_return co_await call.SendJson(std::move(json), 201);
}

asio::awaitable<Result<void>> Remove(Call& call) {
  mail::Following& following = *call.services.mail;
  std::string id = call.parameters.at("id");
  Result<mail::Mailbox> removed = co_await following.Remove(std::move(id));
  if (!removed) co_return Fail(std::move(removed.error()));
  Json json = MailboxJson(*removed, following);
  co_return co_await call.SendJson(std::move(json));
}

// POST /api/mail/now {id?}
asio::awaitable<Result<void>> Now(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<void> known = OnlyMembers(*body, {"id"});
  if (!known) co_return Fail(std::move(known.error()));
  const Result<std::string> id = StringMember(*body, "id", "");
  if (!id) co_return Fail(id.error());
  Result<void> begun = call.services.mail->Now(*id);
  if (!begun) co_return Fail(std::move(begun.error()));
  Json json = Json::object();
  co_return co_await call.SendJson(std::move(json), 202);
}

}  // namespace

void AddMailRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/mail", List});
  routes.push_back({"POST", "/api/mail", Add});
  routes.push_back({"POST", "/api/mail/now", Now});
  routes.push_back({"DELETE", "/api/mail/{id}", Remove});
}

}  // namespace counsel::http
