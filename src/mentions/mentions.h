// Whether any document of a matter mentions something: every stored text is read, no index is asked, so that "none"
// holds for all that was read. What was not read, or badly, is told with it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace counsel::mentions {

// `share` 0..1; false ends it with kCancelled.
using Progress = std::function<bool(double share)>;

// The words that are looked for, one after the other, each as a stem in one spelling ("organise", "organizing").
[[nodiscard]] std::vector<std::string> WordsOf(std::string_view asked);

struct Range {
  std::size_t start = 0;  // bytes
  std::size_t end = 0;
};
// Where they stand one after the other, with at most punctuation between them, in one paragraph. Pure.
[[nodiscard]] std::vector<Range> FindIn(std::string_view text, const std::vector<std::string>& words);

struct Mention {
  Mention() = default;
  std::string id;
  std::string name;
  std::int64_t count = 0;
  std::int64_t start = 0;  // of the first one, code points
  std::int64_t end = 0;
  std::int64_t quote_start = 0;
  std::int64_t quote_end = 0;
  int page = 0;  // 0: no pages
  std::string quote;
};

struct NotRead {
  NotRead() = default;
  std::string id;
  std::string name;
  std::string why;
};

struct Found {
  Found() = default;
  std::vector<std::string> words;
  std::int64_t documents = 0;       // that were read
  std::int64_t mentioning = 0;      // of them those that mention it
  std::vector<Mention> mentions;    // the first kMost
  std::int64_t not_read_count = 0;  // failed, still being read, with parts that nobody read, or read by OCR unsurely
  std::vector<NotRead> not_read;    // the first kMost
};
inline constexpr std::size_t kMost = 200;
inline constexpr double kUnsure = 80;  // OCR's mean confidence under which a document may hide words

// Without a matter, of all. kInvalidArgument when nothing is left to be looked for; kNotFound for an unknown matter. On
// a thread apart, each document in snapshots of its own.
[[nodiscard]] Result<Found> Find(store::Connection& db, std::string_view asked, const std::string& matter,
                                 const Progress& progress);

}  // namespace counsel::mentions
