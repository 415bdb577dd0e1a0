// /api/config: the settings, their values and where those come from.
#include <optional>
#include <utility>

#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 64 * 1024;

asio::awaitable<Result<void>> List(Call& call) {
  Json settings = Json::array();
  for (const SettingView& view : call.services.settings()) settings.push_back(SettingJson(view));
  Json json = {{"home", call.services.home}, {"settings", std::move(settings)}};
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> Change(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<std::string> name = StringMember(*body, "name", "");
  if (!name) co_return Fail(std::move(name.error()));
  std::optional<std::string> value;
  if (!body->contains("value")) {
    co_return Fail(ErrorCode::kInvalidArgument, "'value' is missing.", "null takes the setting out of counsel.toml.");
  }
  const Json& given = (*body)["value"];
  if (given.is_string()) value = given.get<std::string>();
  if (given.is_boolean() || given.is_number()) value = given.dump();
  if (!value && !given.is_null()) {
    co_return Fail(ErrorCode::kInvalidArgument, "'value' must be a string, a number, true, false or null.");
  }
  const std::string setting = *name;
  const bool by_hand = call.exchange.local();
  Result<SettingView> changed = co_await call.services.change_setting(setting, value, by_hand);
  if (!changed) co_return Fail(std::move(changed.error()));
  Json json = SettingJson(*changed);
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddConfigRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/config", List});
  routes.push_back({"PUT", "/api/config", Change});
}

}  // namespace counsel::http
