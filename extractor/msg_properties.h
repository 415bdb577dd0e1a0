// The properties of an Outlook message, of one of its recipients or attachments: a storage of its compound file
// (MS-OXMSG).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "extractor/compound_file.h"

namespace counsel::extractor {

// What may be read of a file in all.
struct MsgBudget {
  std::uint64_t left = 0;
  bool over = false;
  int damaged = 0;  // streams that could not be read
};

// A stream's bytes; nothing when there is no more budget, or it is damaged.
[[nodiscard]] std::optional<std::string> TakeStream(const CompoundFile& file, std::size_t entry, MsgBudget* budget);

class MsgProperties {
 public:
  // `header`: bytes before the first property, which are 32 of a message, 24 of one within another, else 8.
  MsgProperties(const CompoundFile& file, std::size_t storage, std::size_t header, MsgBudget* budget);

  // How bytes are characters where the file does not have them as UTF-16.
  void SetCharset(std::string charset) { charset_ = std::move(charset); }

  [[nodiscard]] std::string Text(std::uint16_t id) const;  // UTF-8, "" when there is none
  [[nodiscard]] std::string Binary(std::uint16_t id) const;
  [[nodiscard]] std::optional<std::uint64_t> Number(std::uint16_t id) const;
  // The storage that is the value.
  [[nodiscard]] std::optional<std::size_t> Object(std::uint16_t id) const;
  // "Mon, 4 Mar 2024 10:00:00 +0000"; "" when there is none.
  [[nodiscard]] std::string Time(std::uint16_t id) const;

 private:
  [[nodiscard]] std::optional<std::string> Stream(std::uint16_t id, std::uint16_t type) const;

  const CompoundFile& file_;
  std::size_t storage_;
  MsgBudget* budget_;
  std::string charset_;
  std::map<std::uint16_t, std::uint64_t> numbers_;
};

// "Mon, 4 Mar 2024 10:00:00 +0000" of tenths of microseconds since 1601; "" of what is no time.
[[nodiscard]] std::string TimeText(std::uint64_t filetime);

}  // namespace counsel::extractor
