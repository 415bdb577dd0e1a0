#include "extractor/pst_message.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "extractor/compound_file.h"
#include "extractor/msg_properties.h"
#include "extractor/named_properties.h"
#include "extractor/outlook_text.h"

namespace counsel::extractor {
namespace {

using Item = std::unique_ptr<libpff_item_t, FreePffItem>;

constexpr int kDeepest = 8;               // messages within messages
constexpr int kMostParts = 10'000;        // recipients, or attachments
constexpr std::uint32_t kNamed = 0x8000;  // from here on a property's number is the file's own
constexpr std::uint32_t kSubject = 0x0037;
constexpr std::uint32_t kSubmitTime = 0x0039;
constexpr std::uint32_t kFromName = 0x0042;
constexpr std::uint32_t kSenderName = 0x0C1A;
constexpr std::uint32_t kContent = 0x3701;

void Put(std::uint64_t number, std::size_t size, std::string* out) {
  for (std::size_t i = 0; i < size; ++i) *out += static_cast<char>(number >> 8 * i & 0xFFU);
}

bool IsFixed(std::uint32_t type) {
  return (type >= 0x02 && type <= 0x07) || type == 0x0B || type == 0x14 || type == 0x40;
}

bool IsStream(std::uint32_t type) {
  return type == 0x1E || type == 0x1F || type == 0x48 || type == 0x102;
}

std::string StreamName(std::uint32_t id, std::uint32_t type) {
  std::array<char, 32> name;
  const int size = std::snprintf(name.data(), name.size(), "__substg1.0_%04X%04X", id & 0xFFFFU, type & 0xFFFFU);
  return {name.data(), static_cast<std::size_t>(size)};
}

std::string PartName(const char* kind, int number) {
  std::array<char, 48> name;
  const int size =
      std::snprintf(name.data(), name.size(), "__%s_version1.0_#%08X", kind, static_cast<unsigned>(number));
  return {name.data(), static_cast<std::size_t>(size)};
}

// In a data file a subject begins with 0x01 and the length of its "Re: ".
void TakePrefixAway(std::uint32_t type, std::string* subject) {
  const std::size_t unit = type == 0x1F ? 2 : 1;
  const bool prefix = subject->size() >= 2 * unit && (*subject)[0] == '\x01' && (unit == 1 || (*subject)[1] == '\0');
  if (prefix) subject->erase(0, 2 * unit);
}

class Writer {
 public:
  explicit Writer(std::uint64_t most) : left_(most) { entries_.emplace_back().storage = true; }

  PstMessage Write(libpff_item_t* message) {
    Message(message, 0, 32, 0);
    if (!result_.too_large) {
      Storage(0, "__nameid_version1.0");
      const std::size_t names = entries_.size() - 1;
      Stream(names, "__substg1.0_00020102", AppointmentSets());
      Stream(names, "__substg1.0_00030102", AppointmentNames());
      Stream(names, "__substg1.0_00040102", "");
      result_.msg = WriteCompoundFile(entries_);
    }
    return std::move(result_);
  }

 private:
  std::size_t Storage(std::size_t parent, std::string name) {
    CompoundEntry entry;
    entry.name = std::move(name);
    entry.parent = parent;
    entry.storage = true;
    entries_.push_back(std::move(entry));
    return entries_.size() - 1;
  }

  void Stream(std::size_t parent, std::string name, std::string bytes) {
    CompoundEntry entry;
    entry.name = std::move(name);
    entry.parent = parent;
    entry.bytes = std::move(bytes);
    entries_.push_back(std::move(entry));
  }

  bool Take(std::uint64_t bytes) {
    if (bytes > left_) result_.too_large = true;
    if (result_.too_large) return false;
    left_ -= bytes;
    return true;
  }

  // One row of properties, as entries of `storage`; what stands in its property stream is appended to `fixed`.
  void Properties(libpff_item_t* item, int set, std::size_t storage, std::string* fixed) {
    libpff_record_set_t* records = nullptr;
    if (libpff_item_get_record_set_by_index(item, set, &records, nullptr) != 1) {
      result_.damaged = true;
      return;
    }
    int count = 0;
    if (libpff_record_set_get_number_of_entries(records, &count, nullptr) != 1) result_.damaged = true;
    for (int i = 0; i < count && !result_.too_large; ++i) {
      libpff_record_entry_t* entry = nullptr;
      if (libpff_record_set_get_entry_by_index(records, i, &entry, nullptr) == 1) Property(entry, storage, fixed);
      libpff_record_entry_free(&entry, nullptr);
    }
    libpff_record_set_free(&records, nullptr);
  }

  // What the message that is written calls a property whose number is the file's own; 0: it is not kept.
  static std::uint32_t NumberOfNamed(libpff_record_entry_t* entry) {
    libpff_name_to_id_map_entry_t* name = nullptr;
    std::uint8_t type = 0;
    std::uint32_t number = 0;
    std::array<std::uint8_t, 16> set{};
    const bool known = libpff_record_entry_get_name_to_id_map_entry(entry, &name, nullptr) == 1 && name != nullptr &&
                       libpff_name_to_id_map_entry_get_type(name, &type, nullptr) == 1 &&
                       type == LIBPFF_NAME_TO_ID_MAP_ENTRY_TYPE_NUMERIC &&
                       libpff_name_to_id_map_entry_get_number(name, &number, nullptr) == 1 &&
                       libpff_name_to_id_map_entry_get_guid(name, set.data(), set.size(), nullptr) == 1 &&
                       std::equal(set.begin(), set.end(), kAppointmentSet.begin(),
                                  [](std::uint8_t a, char b) { return a == static_cast<unsigned char>(b); });
    for (std::size_t i = 0; known && i < kAppointmentProperties.size(); ++i) {
      if (number == static_cast<std::uint32_t>(kAppointmentProperties.at(i)))
        return kNamed + static_cast<std::uint32_t>(i);
    }
    return 0;
  }

  void Property(libpff_record_entry_t* entry, std::size_t storage, std::string* fixed) {
    std::uint32_t id = 0;
    std::uint32_t type = 0;
    std::size_t size = 0;
    const bool known = libpff_record_entry_get_entry_type(entry, &id, nullptr) == 1 &&
                       libpff_record_entry_get_value_type(entry, &type, nullptr) == 1;
    if (!known || id == 0 || id == kContent || !(IsFixed(type) || IsStream(type))) return;
    if (id >= kNamed) id = NumberOfNamed(entry);
    if (id == 0) return;
    if (libpff_record_entry_get_data_size(entry, &size, nullptr) != 1) {
      result_.damaged = true;
      return;
    }
    if (!Take(size)) return;
    std::string bytes(size, '\0');
    if (size > 0 &&
        libpff_record_entry_get_data(entry, reinterpret_cast<std::uint8_t*>(bytes.data()), size, nullptr) != 1) {
      result_.damaged = true;
      return;
    }
    if (IsFixed(type) && size > 8) return;
    if (id == kSubject) TakePrefixAway(type, &bytes);
    // A string of the file ends in a NUL, that of an MSG does not.
    const std::size_t unit = type == 0x1F ? 2 : 1;
    const bool text = type == 0x1E || type == 0x1F;
    while (
        text && bytes.size() >= unit &&
        std::all_of(bytes.end() - static_cast<std::ptrdiff_t>(unit), bytes.end(), [](char c) { return c == '\0'; })) {
      bytes.resize(bytes.size() - unit);
    }
    if (storage == 0) Remember(id, type, bytes);
    Put(type, 2, fixed);
    Put(id, 2, fixed);
    Put(6, 4, fixed);
    if (IsFixed(type)) {
      bytes.resize(8, '\0');
      *fixed += bytes;
      return;
    }
    Put(bytes.size() + (text ? unit : 0), 4, fixed);
    Put(0, 4, fixed);
    Stream(storage, StreamName(id, type), std::move(bytes));
  }

  void Remember(std::uint32_t id, std::uint32_t type, const std::string& bytes) {
    const auto text = [&] { return RepairUtf8(type == 0x1F ? FromUtf16(bytes) : FromAnsi(bytes)); };
    if (id == kSubject) result_.subject = text();
    if (id == kSenderName || (id == kFromName && result_.from.empty())) result_.from = text();
    if (id == kSubmitTime) {
      std::uint64_t time = 0;
      for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 8); ++i) {
        time |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << 8 * i;
      }
      result_.date = TimeText(time);
    }
  }

  // `header`: bytes before the first property.
  void Message(libpff_item_t* message, std::size_t storage, std::size_t header, int depth) {
    std::string properties;
    Properties(message, 0, storage, &properties);
    const int recipients = Recipients(message, storage);
    const int attachments = depth < kDeepest ? Attachments(message, storage, depth) : 0;
    std::string head(8, '\0');
    for (const int number : {recipients, attachments, recipients, attachments}) {
      Put(static_cast<std::uint64_t>(number), 4, &head);
    }
    head.resize(header, '\0');
    Stream(storage, "__properties_version1.0", head + properties);
  }

  int Recipients(libpff_item_t* message, std::size_t storage) {
    libpff_item_t* found = nullptr;
    if (libpff_message_get_recipients(message, &found, nullptr) != 1) return 0;
    const Item table(found);
    int count = 0;
    if (libpff_item_get_number_of_record_sets(table.get(), &count, nullptr) != 1) count = 0;
    count = std::min(count, kMostParts);
    for (int i = 0; i < count && !result_.too_large; ++i) {
      std::string properties(8, '\0');
      const std::size_t part = Storage(storage, PartName("recip", i));
      Properties(table.get(), i, part, &properties);
      Stream(part, "__properties_version1.0", std::move(properties));
    }
    return count;
  }

  int Attachments(libpff_item_t* message, std::size_t storage, int depth) {
    int count = 0;
    if (libpff_message_get_number_of_attachments(message, &count, nullptr) != 1) count = 0;
    count = std::min(count, kMostParts);
    for (int i = 0; i < count && !result_.too_large; ++i) {
      libpff_item_t* found = nullptr;
      if (libpff_message_get_attachment(message, i, &found, nullptr) != 1) {
        result_.damaged = true;
        continue;
      }
      const Item attachment(found);
      std::string properties(8, '\0');
      const std::size_t part = Storage(storage, PartName("attach", i));
      Properties(attachment.get(), 0, part, &properties);
      Content(attachment.get(), part, depth, &properties);
      Stream(part, "__properties_version1.0", std::move(properties));
    }
    return count;
  }

  void Content(libpff_item_t* attachment, std::size_t part, int depth, std::string* properties) {
    int type = LIBPFF_ATTACHMENT_TYPE_UNDEFINED;
    if (libpff_attachment_get_type(attachment, &type, nullptr) != 1) return;
    if (type == LIBPFF_ATTACHMENT_TYPE_ITEM) {
      libpff_item_t* found = nullptr;
      if (libpff_attachment_get_item(attachment, &found, nullptr) != 1) {
        result_.damaged = true;
        return;
      }
      const Item within(found);
      Put(0x0D, 2, properties);
      Put(kContent, 2, properties);
      Put(6, 4, properties);
      Put(0xFFFFFFFF, 4, properties);
      Put(1, 4, properties);
      const std::size_t object = Storage(part, StreamName(kContent, 0x0D));
      Message(within.get(), object, 24, depth + 1);
      return;
    }
    if (type != LIBPFF_ATTACHMENT_TYPE_DATA) return;
    size64_t size = 0;
    if (libpff_attachment_get_data_size(attachment, &size, nullptr) != 1) {
      result_.damaged = true;
      return;
    }
    if (!Take(size)) return;
    std::string bytes(static_cast<std::size_t>(size), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t n = libpff_attachment_data_read_buffer(
          attachment, reinterpret_cast<std::uint8_t*>(bytes.data()) + done, bytes.size() - done, nullptr);
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
    result_.damaged = result_.damaged || done < bytes.size();
    bytes.resize(done);
    Put(0x102, 2, properties);
    Put(kContent, 2, properties);
    Put(6, 4, properties);
    Put(bytes.size(), 4, properties);
    Put(0, 4, properties);
    Stream(part, StreamName(kContent, 0x102), std::move(bytes));
  }

  std::uint64_t left_;
  PstMessage result_;
  std::vector<CompoundEntry> entries_;
};

}  // namespace

PstMessage ReadPstMessage(libpff_item_t* message, std::uint64_t most) {
  return Writer(most).Write(message);
}

}  // namespace counsel::extractor
