#include "extractor/tnef.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "extractor/bytes.h"
#include "extractor/outlook_text.h"

namespace counsel::extractor {
namespace {

constexpr std::string_view kSignature = "\x78\x9F\x3E\x22";
constexpr int kDeepest = 4;                   // messages within messages
constexpr std::size_t kMostFiles = 1'000;     // of one
constexpr std::uint32_t kMostValues = 1'000;  // of one property

struct Property {
  std::uint16_t type = 0;
  std::uint16_t id = 0;
  std::string_view value;  // of the first, where there are several
};

// The bytes of a value of fixed size as they stand there; 0: its size is told.
std::size_t FixedSize(std::uint16_t type) {
  switch (type) {
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x0A:
    case 0x0B:
      return 4;
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x14:
    case 0x40:
      return 8;
    case 0x48:
      return 16;
    default:
      return 0;
  }
}

void SkipName(Bytes* bytes) {
  (void)bytes->Take(16);
  if (bytes->Four() == 0) {
    (void)bytes->Four();
    return;
  }
  const std::uint32_t size = bytes->Four();
  (void)bytes->Take(size);
  bytes->Align(size);
}

std::vector<Property> PropertiesOf(std::string_view data) {
  std::vector<Property> properties;
  Bytes bytes(data);
  const std::uint32_t count = bytes.Four();
  for (std::uint32_t i = 0; i < count && !bytes.empty() && !bytes.ended(); ++i) {
    Property property;
    const std::uint16_t type = bytes.Two();
    property.id = bytes.Two();
    property.type = type & 0x0FFFU;
    if (property.id >= 0x8000) SkipName(&bytes);
    const std::size_t fixed = FixedSize(property.type);
    const bool several = (type & 0x1000U) != 0;
    const std::uint32_t values = several || fixed == 0 ? bytes.Four() : 1;
    if (values > kMostValues) return properties;
    for (std::uint32_t v = 0; v < values && !bytes.ended(); ++v) {
      const std::size_t size = fixed > 0 ? fixed : bytes.Four();
      const std::string_view value = bytes.Take(size);
      if (fixed == 0) bytes.Align(size);
      if (v == 0) property.value = value;
    }
    if (!bytes.ended()) properties.push_back(property);
  }
  return properties;
}

std::string TextOf(const Property& property) {
  return property.type == 0x1F ? FromUtf16(property.value) : FromAnsi(property.value);
}

class TnefReader {
 public:
  TnefReader(Tnef* into, int depth) : into_(into), depth_(depth) {}

  void Read(std::string_view data) {
    Bytes bytes(data);
    if (bytes.Take(kSignature.size()) != kSignature) {
      ++into_->damaged;
      return;
    }
    (void)bytes.Two();
    while (!bytes.empty()) {
      (void)bytes.Take(1);  // of the message, or of an attachment
      const std::uint16_t id = bytes.Two();
      (void)bytes.Two();
      const std::uint32_t size = bytes.Four();
      const std::string_view value = bytes.Take(size);
      (void)bytes.Two();  // a sum
      if (bytes.ended() && value.size() != size) {
        ++into_->damaged;
        break;
      }
      Attribute(id, value);
    }
    Finish();
  }

 private:
  void Attribute(std::uint16_t id, std::string_view value) {
    switch (id) {
      case 0x800C:
        into_->body = FromAnsi(value);
        break;
      case 0x9003:
        Message(PropertiesOf(value));
        break;
      case 0x9002:
        Finish();
        open_.emplace();
        break;
      case 0x8010:
        Open().name = FromAnsi(value);
        break;
      case 0x800F:
        Open().bytes = value;
        break;
      case 0x9005:
        Attachment(PropertiesOf(value));
        break;
      default:
        break;
    }
  }

  void Message(const std::vector<Property>& properties) {
    constexpr std::size_t kMostRtf = std::size_t{64} << 20;
    for (const Property& one : properties) {
      if (one.id == 0x1000) into_->body = TextOf(one);
      if (one.id == 0x1009) into_->rtf = UnpackRtf(one.value, kMostRtf);
      if (one.id == 0x1013) into_->html = one.type == 0x1F ? FromUtf16(one.value) : std::string(one.value);
    }
  }

  void Attachment(const std::vector<Property>& properties) {
    for (const Property& one : properties) {
      if (one.id == 0x3707) Open().name = TextOf(one);
      if (one.id == 0x3704 && Open().name.empty()) Open().name = TextOf(one);
      if (one.id == 0x370E) Open().media_type = TextOf(one);
      if (one.id == 0x3701 && one.value.size() > 16) Within(one);
    }
  }

  // A message within, behind 16 bytes that say so; or the file's bytes.
  void Within(const Property& property) {
    const std::string_view inside = property.value.substr(16);
    if (!inside.starts_with(kSignature)) {
      Open().bytes = property.type == 0x0D ? inside : property.value;
      return;
    }
    if (depth_ >= kDeepest) {
      ++into_->damaged;
      return;
    }
    Tnef message;
    TnefReader(&message, depth_ + 1).Read(inside);
    std::string name = Open().name.empty() ? "message" : Open().name;
    open_.reset();
    const std::string& text = !message.body.empty() ? message.body : !message.html.empty() ? message.html : message.rtf;
    if (!text.empty()) Add(name + (message.body.empty() && message.html.empty() ? ".rtf" : ".txt"), "", text);
    for (Embedded& file : message.files) Add(std::move(file.name), std::move(file.media_type), std::move(file.bytes));
    into_->damaged += message.damaged;
  }

  struct File {
    File() = default;
    std::string name;
    std::string media_type;
    std::string_view bytes;
  };
  File& Open() {
    if (!open_) open_.emplace();
    return *open_;
  }
  void Finish() {
    if (open_ && !open_->bytes.empty()) Add(open_->name, open_->media_type, std::string(open_->bytes));
    open_.reset();
  }
  void Add(std::string name, std::string media_type, std::string bytes) {
    if (into_->files.size() >= kMostFiles) {
      ++into_->damaged;
      return;
    }
    Embedded file;
    file.name = name.empty() ? "unnamed" : RepairUtf8(name);
    file.media_type = RepairUtf8(media_type);
    file.bytes = std::move(bytes);
    into_->files.push_back(std::move(file));
  }

  Tnef* into_;
  int depth_;
  std::optional<File> open_;
};

}  // namespace

bool LooksLikeTnef(std::string_view bytes) {
  return bytes.starts_with(kSignature);
}

Tnef ReadTnef(std::string_view bytes) {
  Tnef tnef;
  TnefReader(&tnef, 0).Read(bytes);
  return tnef;
}

Result<Document> ReadTnefFile(std::string_view bytes, const std::string& name, const Limits& limits) {
  Tnef tnef = ReadTnef(bytes);
  Document document;
  document.media_type = "application/ms-tnef";
  OutlookText text;
  text.plain = std::move(tnef.body);
  text.html = std::move(tnef.html);
  text.rtf = std::move(tnef.rtf);
  Flow flow = ReadOutlookText(text, name, limits, &document.notes);
  std::uint64_t size = 0;
  Flow list;
  for (Embedded& file : tnef.files) {
    size += file.bytes.size();
    list.Write(list.empty() ? "Files in it: " : "; ");
    const std::int64_t start = list.size();
    list.Write(file.name);
    list.Mark(SpanKind::kAttachment, 0, start, list.size());
    document.embedded.push_back(std::move(file));
  }
  if (document.embedded.size() > limits.embedded_files) return TooManyFiles(name, limits);
  if (size > limits.unpacked_bytes) return UnpacksTooFar(name, limits);
  flow.Append(std::move(list), "\n\n");
  if (tnef.damaged > 0 && !HasText(flow.text())) return Damaged(name, "TNEF file");
  if (tnef.damaged > 0) document.unread.push_back({"a part of it", "it is damaged", ""});
  if (Result<void> taken = TakeText(std::move(flow), name, limits.text_bytes, &document); !taken) {
    return Fail(std::move(taken.error()));
  }
  return document;
}

}  // namespace counsel::extractor
