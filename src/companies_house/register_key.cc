#include "companies_house/register_key.h"

#include <utility>

#include <sys/stat.h>

#include "base/file.h"

namespace counsel::companies_house {
namespace {

constexpr std::size_t kLongestKey = 200;

Error NoKey() {
  return {ErrorCode::kUnauthenticated, "Counsel has no key of the Companies House API.",
          "Keys are free: register an application at https://developer.company-information.service.gov.uk, then run: "
          "counsel company login (or set CH_API_KEY)."};
}

}  // namespace

RegisterKey::RegisterKey(Secret given, std::filesystem::path file) : given_(std::move(given)), file_(std::move(file)) {}

bool RegisterKey::configured() const {
  std::error_code ignored;
  return !given_.empty() || std::filesystem::exists(file_, ignored);
}

std::string RegisterKey::source() const {
  if (!given_.empty()) return "environment";
  return configured() ? file_.string() : "";
}

Result<Secret> RegisterKey::Read() const {
  if (!given_.empty()) return Secret(given_.view());
  struct stat status {};
  if (::stat(file_.c_str(), &status) != 0) return Fail(NoKey());
  if ((status.st_mode & 077) != 0) {
    return Fail(ErrorCode::kPermissionDenied, "Others can read the key in " + file_.string() + ".",
                "Run: chmod 600 " + file_.string());
  }
  ASSIGN_OR_RETURN(std::string text, ReadFile(file_, 4096));
  Result<Secret> key = CheckKey(text);
  WipeText(&text);
  if (!key) return Fail(ErrorCode::kUnauthenticated, "There is no key in " + file_.string() + ".", NoKey().next_step);
  return key;
}

Result<Secret> CheckKey(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  bool plain = !text.empty() && text.size() <= kLongestKey;
  for (const char c : text) plain = plain && c > ' ' && c < 0x7f && c != ':';
  if (!plain) {
    return Fail(ErrorCode::kInvalidArgument, "That is no key of the Companies House API.",
                "Copy it from your application's page at https://developer.company-information.service.gov.uk.");
  }
  return Secret(text);
}

}  // namespace counsel::companies_house
