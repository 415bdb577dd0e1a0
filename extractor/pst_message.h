// A message of an Outlook data file as the MSG file that Outlook would save (MS-OXMSG): the properties are the same, so
// that one reader reads both, and whoever opens the original gets the message.
#pragma once

#include <cstdint>
#include <string>

#include <libpff.h>

namespace counsel::extractor {

struct FreePffItem {
  void operator()(libpff_item_t* item) const { libpff_item_free(&item, nullptr); }
};

struct PstMessage {
  PstMessage() = default;
  std::string subject;  // UTF-8
  std::string from;
  std::string date;
  std::string msg;         // "": it is larger than allowed
  bool damaged = false;    // a part of it could not be read
  bool too_large = false;  // all of it, or an attachment
};

// `most`: bytes of all its properties and attachments. Never fails: what cannot be read is left out.
[[nodiscard]] PstMessage ReadPstMessage(libpff_item_t* message, std::uint64_t most);

}  // namespace counsel::extractor
