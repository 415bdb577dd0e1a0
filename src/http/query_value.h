// What stands in a request's address, read strictly: what nobody knows is refused, names (a route says which it has)
// and values, so that a slip is not taken for "no".
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace counsel::http {

// In a route's names: whatever stands there, for its clients are other programs' (OpenAI's, the first product's), or
// nothing there keeps anything out.
inline constexpr std::string_view kAnyName = "*";

[[nodiscard]] inline Error UnknownName(std::string_view path, const std::string& name,
                                       const std::vector<std::string_view>& known) {
  std::string names;
  for (const std::string_view one : known) names += (names.empty() ? "" : ", ") + std::string(one);
  return {ErrorCode::kInvalidArgument, std::string(path) + " has no '" + name + "'.",
          names.empty() ? "Leave out what stands behind the '?'." : "Behind the '?' may stand: " + names + "."};
}

// Each name once, one of those that are known, and every '%' the beginning of a byte. A filter that cannot be read
// would be no filter: the reply would have what it was to keep out.
[[nodiscard]] inline Result<void> CheckQuery(const net::Request& request, const std::vector<std::string_view>& known) {
  const std::string_view target = request.target;
  const std::size_t start = target.find('?');
  std::string_view rest = start == std::string_view::npos ? "" : target.substr(start + 1);
  const bool any = std::find(known.begin(), known.end(), kAnyName) != known.end();
  std::set<std::string> names;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.empty()) continue;
    const std::optional<std::string> name = net::PercentDecode(pair.substr(0, pair.find('=')), true);
    if (!name || !net::PercentDecode(pair, true)) {
      return Fail(ErrorCode::kInvalidArgument, "'" + std::string(pair) + "' in the address cannot be read.",
                  "Write each byte as % and two hexadecimal digits, and '%' itself as %25.");
    }
    if (!any && std::find(known.begin(), known.end(), *name) == known.end()) {
      return Fail(UnknownName(request.path(), *name, known));
    }
    if (!names.insert(*name).second) {
      return Fail(ErrorCode::kInvalidArgument, "'" + *name + "' stands in the address twice.", "Give it once.");
    }
  }
  return {};
}

// Words between commas, or other signs; none for "".
[[nodiscard]] inline std::vector<std::string> Words(const std::string& text, char between = ',') {
  std::vector<std::string> words;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find(between, from), text.size());
    words.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return words;
}

// Names of a filter, with commas; "" is one that there is not, for it would keep nothing out.
[[nodiscard]] inline std::vector<std::string> NamesOf(const net::Request& request, std::string_view filter) {
  const std::optional<std::string> given = request.query(filter);
  return given && given->empty() ? std::vector<std::string>{""} : Words(given.value_or(""));
}

// true or false; left out: false.
[[nodiscard]] inline Result<bool> BoolQuery(const net::Request& request, std::string_view name) {
  const std::optional<std::string> given = request.query(name);
  if (!given || *given == "false") return false;
  if (*given == "true") return true;
  return Fail(ErrorCode::kInvalidArgument, "'" + std::string(name) + "' must be true or false, not '" + *given + "'.",
              "Leave it out for false.");
}

}  // namespace counsel::http
