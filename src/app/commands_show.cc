#include "app/commands_show.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/place_text.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "base/file.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t kShownWithoutRange = 1'500;  // characters
constexpr std::size_t kMostImage = std::size_t{64} << 20;

struct Place {
  Place() = default;
  std::string document;
  std::string range;  // "start=3&end=9", or ""
};

// "lease.pdf:120-480": a document, and which characters of it; "lease.pdf" alone is a document too.
Place ParsePlace(const std::string& text) {
  constexpr std::size_t kMostDigits = 12;
  const auto is_number = [](std::string_view part) {
    return !part.empty() && part.size() <= kMostDigits &&
           part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  Place place;
  place.document = text;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return place;
  const std::string_view range = std::string_view(text).substr(colon + 1);
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return place;
  const std::string_view start = range.substr(0, dash);
  const std::string_view end = range.substr(dash + 1);
  if (!is_number(start) || !is_number(end)) return place;
  place.document = text.substr(0, colon);
  place.range = "start=" + std::string(start) + "&end=" + std::string(end);
  return place;
}

asio::awaitable<std::string> TextOf(DaemonClient& daemon, std::string target, Json range) {
  if (range.is_null()) co_return std::string();
  target += "/text?start=" + range["start"].dump() + "&end=" + range["end"].dump();
  Result<Json> reply = co_await daemon.Call("GET", target, Json());
  co_return reply ? (*reply)["text"].get<std::string>() : std::string();
}

// Line ends stay, whatever else could steer a terminal does not.
std::string Lines(const std::string& text) {
  std::string shown;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    shown += (at == 0 ? "" : "\n") + Printable(std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
  return shown;
}

void PrintPassage(const Json& passage, const std::string& before, const std::string& after) {
  std::string where = PlaceText(passage);
  if (passage["superseded_by"] != "") where += ", an older version";
  const bool terminal = IsTerminal(STDOUT_FILENO);
  std::printf("%s\n\n%s%s%s%s%s\n", where.c_str(), Lines(before).c_str(), terminal ? "\x1b[1m" : "",
              Lines(passage["text"].get<std::string>()).c_str(), terminal ? "\x1b[0m" : "", Lines(after).c_str());
}

asio::awaitable<Result<void>> WritePage(DaemonClient& daemon, std::string target, std::string file) {
  Result<net::ReplyStream> stream = co_await daemon.Stream("GET", target, Json());
  if (!stream) co_return Fail(std::move(stream.error()));
  Result<std::string> image = co_await stream->ReadAll(kMostImage);
  if (!image) co_return Fail(std::move(image.error()));
  if (stream->status() != 200) co_return Fail(ErrorFromJson(Json::parse(*image, nullptr, false), stream->status()));
  co_return WriteFileAtomically(file, *image);
}

asio::awaitable<int> Show(const Settings& settings, ShowOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  Place place = ParsePlace(options.place);
  const std::string target = "/api/documents/" + net::PercentEncode(place.document);
  if (place.range.empty()) {
    Result<Json> document = co_await daemon->Call("GET", target, Json());
    if (!document) co_return ReportError(document.error());
    const auto characters = (*document)["characters"].get<std::int64_t>();
    place.range = "start=0&end=" + std::to_string(std::min(characters, kShownWithoutRange));
  }
  const std::string passage_target = target + "/passage?" + place.range;
  Result<Json> passage = co_await daemon->Call("GET", passage_target, Json());
  if (!passage) co_return ReportError(passage.error());
  if (!options.png.empty()) {
    const std::string page = (*passage)["page"].is_null() ? "1" : (*passage)["page"].dump();
    const std::string page_target = target + "/page/" + page + ".png?" + place.range;
    Result<void> written = co_await WritePage(*daemon, page_target, options.png);
    if (!written) co_return ReportError(written.error());
  }
  if (options.json) {
    PrintJson(*passage);
    co_return kExitOk;
  }
  const std::string before = co_await TextOf(*daemon, target, (*passage)["before"]);
  const std::string after = co_await TextOf(*daemon, target, (*passage)["after"]);
  PrintPassage(*passage, before, after);
  co_return kExitOk;
}

}  // namespace

int ShowCommand(const Settings& settings, const ShowOptions& options) {
  return RunCommand(Show(settings, options));
}

}  // namespace counsel::app
