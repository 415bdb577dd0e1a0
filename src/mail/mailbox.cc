#include "mail/mailbox.h"

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace counsel::mail {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{4} << 20;

}  // namespace

Result<std::vector<Mailbox>> ReadMailboxes(const std::filesystem::path& file) {
  Result<std::string> text = ReadFile(file, kMostBytes);
  std::vector<Mailbox> mailboxes;
  if (!text && text.error().code == ErrorCode::kNotFound) return mailboxes;
  if (!text) return Fail(std::move(text.error()));
  const Json json = Json::parse(*text, nullptr, false);
  try {
    for (const Json& one : json.at("mailboxes")) {
      Mailbox box;
      box.id = one.at("id");
      box.address = one.at("address");
      box.matter = one.at("matter");
      box.password_file = one.value("password_file", "");
      box.token_command = one.value("token_command", "");
      box.ca_file = one.value("ca_file", "");
      box.validity = one.value("validity", std::uint32_t{0});
      box.last = one.value("last", std::uint32_t{0});
      box.mails = one.value("mails", std::int64_t{0});
      box.skipped = one.value("skipped", std::int64_t{0});
      box.looked_at = one.value("looked_at", std::int64_t{0});
      box.error = one.value("error", "");
      mailboxes.push_back(std::move(box));
    }
  } catch (const Json::exception&) {
    return Fail(ErrorCode::kCorrupt, "The list of mailboxes (" + file.string() + ") cannot be understood.",
                "Remove the file, then add the mailboxes again: no mail is added twice.");
  }
  return mailboxes;
}

Result<void> WriteMailboxes(const std::filesystem::path& file, const std::vector<Mailbox>& mailboxes) {
  Json list = Json::array();
  for (const Mailbox& box : mailboxes) {
    list.push_back({{"id", box.id},
                    {"address", box.address},
                    {"matter", box.matter},
                    {"password_file", box.password_file},
                    {"token_command", box.token_command},
                    {"ca_file", box.ca_file},
                    {"validity", box.validity},
                    {"last", box.last},
                    {"mails", box.mails},
                    {"skipped", box.skipped},
                    {"looked_at", box.looked_at},
                    {"error", box.error}});
  }
  const Json json = {{"mailboxes", std::move(list)}};
  return WriteFileAtomically(file, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace counsel::mail
