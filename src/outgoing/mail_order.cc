#include "outgoing/mail_order.h"

#include <nlohmann/json.hpp>

namespace counsel::outgoing {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{64} << 10;
constexpr char kSecretMark = '\0';

template <class Number>
bool Take(const Json& json, const char* name, Number* number, std::uint64_t most) {
  const auto member = json.find(name);
  if (member == json.end() || !member->is_number_unsigned() || member->get<std::uint64_t>() > most) return false;
  *number = static_cast<Number>(member->get<std::uint64_t>());
  return true;
}

bool Take(const Json& json, const char* name, std::string* text) {
  const auto member = json.find(name);
  if (member == json.end() || !member->is_string()) return false;
  *text = member->get<std::string>();
  return true;
}

bool Take(const Json& json, const char* name, bool* truth) {
  const auto member = json.find(name);
  if (member == json.end() || !member->is_boolean()) return false;
  *truth = member->get<bool>();
  return true;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string FormatMailOrder(const MailOrder& order, std::string_view secret) {
  const std::string line = Dump({{"host", order.host},
                                 {"port", static_cast<std::uint64_t>(order.port)},
                                 {"secure", order.secure},
                                 {"user", order.user},
                                 {"token", order.token},
                                 {"folder", order.folder},
                                 {"ca_file", order.ca_file},
                                 {"validity", order.validity},
                                 {"after", order.after},
                                 {"size_limit", order.size_limit}});
  std::string text;
  text.reserve(line.size() + 1 + secret.size());  // no copy of the secret is left behind by growing
  text.append(line).append(1, kSecretMark).append(secret);
  return text;
}

Result<MailOrder> ReadMailOrder(std::string_view text, Secret* secret) {
  const std::size_t end = text.find(kSecretMark);
  const Json json = text.size() > kMostBytes || end == std::string_view::npos
                        ? Json()
                        : Json::parse(text.substr(0, end), nullptr, false);
  MailOrder order;
  constexpr std::uint64_t kAny = UINT64_MAX;
  const bool good = json.is_object() && Take(json, "host", &order.host) && Take(json, "port", &order.port, 65'535) &&
                    Take(json, "secure", &order.secure) && Take(json, "user", &order.user) &&
                    Take(json, "token", &order.token) && Take(json, "folder", &order.folder) &&
                    Take(json, "ca_file", &order.ca_file) && Take(json, "validity", &order.validity, UINT32_MAX) &&
                    Take(json, "after", &order.after, UINT32_MAX) && Take(json, "size_limit", &order.size_limit, kAny);
  if (!good) return Fail(ErrorCode::kInvalidArgument, "That is no order.");
  *secret = Secret(text.substr(end + 1));
  return order;
}

std::string FormatMailHead(const MailHead& head) {
  return Dump({{"validity", head.validity},
               {"uid", head.uid},
               {"size", head.size},
               {"too_large", head.too_large},
               {"waiting", head.waiting}});
}

Result<MailHead> ReadMailHead(std::string_view payload) {
  const Json json = Json::parse(payload, nullptr, false);
  MailHead head;
  constexpr std::uint64_t kAny = UINT64_MAX;
  const bool good = json.is_object() && Take(json, "validity", &head.validity, UINT32_MAX) &&
                    Take(json, "uid", &head.uid, UINT32_MAX) && Take(json, "size", &head.size, kAny) &&
                    Take(json, "too_large", &head.too_large) && Take(json, "waiting", &head.waiting, kAny);
  if (!good) return Fail(ErrorCode::kCorrupt, "The program that fetches mail sent what cannot be read.");
  return head;
}

}  // namespace counsel::outgoing
