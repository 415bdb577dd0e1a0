#include "app/document_list.h"

#include <array>
#include <cerrno>
#include <utility>

namespace counsel::app {
namespace {

namespace asio = boost::asio;

// As PrintJson prints it, all lines but the first this much further in.
std::string Indented(const Json& json, const std::string& indent) {
  const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace);
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += indent;
  }
  return out;
}

Error NoTemporaryFile() {
  return ErrnoError(errno, "A temporary file for the list cannot be written");
}

}  // namespace

asio::awaitable<Result<void>> EachPage(DaemonClient& daemon, std::string query,
                                       std::function<Result<void>(const Json&)> take) {
  const std::string target = "/api/documents?limit=1000" + (query.empty() ? "" : "&" + query);
  std::string from;
  for (;;) {
    const Json no_body;
    const std::string page = target + from;
    Result<Json> listed = co_await daemon.Call("GET", page, no_body);
    if (!listed) co_return Fail(std::move(listed.error()));
    if (Result<void> taken = take((*listed)["documents"]); !taken) co_return taken;
    const auto next = listed->find("next");
    if (next == listed->end() || !next->is_string()) co_return Result<void>();
    from = "&after=" + net::PercentEncode(next->get<std::string>());
  }
}

JsonList::JsonList() : file_(std::tmpfile()) {}

Result<void> JsonList::Add(const Json& document) {
  if (!file_) return Fail(NoTemporaryFile());
  const std::string text = std::string(count_++ > 0 ? "," : "") + "\n    " + Indented(document, "    ");
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) return Fail(NoTemporaryFile());
  return {};
}

Result<void> JsonList::Print(const Json& rest) {
  if (!file_ || std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0) {
    return Fail(NoTemporaryFile());
  }
  std::fputs("{\n  \"documents\": [", stdout);
  std::array<char, 65536> buffer{};
  for (;;) {
    const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file_.get());
    if (size == 0) break;
    std::fwrite(buffer.data(), 1, size, stdout);
  }
  // The members of `rest` without its opening brace.
  std::printf("%s],%s\n", count_ > 0 ? "\n  " : "", Indented(rest, "").substr(1).c_str());
  return {};
}

}  // namespace counsel::app
