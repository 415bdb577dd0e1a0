// Outlook messages (MSG, MS-OXMSG): headers and text; attachments become documents of their own.
#include "extractor/msg.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/utf8.h"
#include "extractor/bytes.h"
#include "extractor/cms.h"
#include "extractor/mail_header.h"
#include "extractor/msg_properties.h"
#include "extractor/named_properties.h"
#include "extractor/outlook_text.h"
#include "extractor/quotations.h"

namespace counsel::extractor {
namespace {

constexpr const char* kPropertyStream = "__properties_version1.0";
constexpr std::size_t kHeader = 32;
constexpr std::size_t kHeaderWithin = 24;
constexpr std::size_t kHeaderOfPart = 8;  // of a recipient, an attachment

// The properties that are read, by their numbers (MS-OXPROPS).
enum : std::uint16_t {
  kMessageClass = 0x001A,
  kSensitivity = 0x0036,
  kSubject = 0x0037,
  kSubmitTime = 0x0039,
  kFromName = 0x0042,  // in whose name it was sent
  kBegins = 0x0060,
  kEnds = 0x0061,
  kFromAddress = 0x0065,
  kHeaders = 0x007D,
  kRecipientType = 0x0C15,
  kSenderName = 0x0C1A,
  kSenderAddress = 0x0C1F,
  kShownBcc = 0x0E02,
  kShownCc = 0x0E03,
  kShownTo = 0x0E04,
  kDeliveryTime = 0x0E06,
  kFlags = 0x0E07,
  kBody = 0x1000,
  kRtf = 0x1009,
  kHtml = 0x1013,
  kName = 0x3001,
  kAddress = 0x3003,
  kContent = 0x3701,
  kShortFileName = 0x3704,
  kMethod = 0x3705,
  kFileName = 0x3707,
  kPath = 0x370D,
  kMimeType = 0x370E,
  kContentId = 0x3712,
  kSmtpAddress = 0x39FE,
  kInternetCodePage = 0x3FDE,
  kLanguage = 0x3FF1,
  kCodePage = 0x3FFD,
  kSenderSmtp = 0x5D01,
  kFromSmtp = 0x5D02,
  kHidden = 0x7FFE,
};

// How an attachment is attached.
enum : std::uint64_t { kByReference = 2, kByReferenceLast = 4, kMessageWithin = 5, kObject = 6 };

// Exchange knows its people by other addresses ("/O=…") than the world does.
std::string Person(std::string name, const std::string& address) {
  if (address.find('@') == std::string::npos || address.starts_with('/') || address == name) return name;
  return name.empty() ? address : name + " <" + address + ">";
}

// A line's end would begin another header.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\t'; }, ' ');
  return text;
}

class MsgReader {
 public:
  MsgReader(const CompoundFile& file, const std::string& name, const Limits& limits)
      : file_(file),
        name_(name),
        limits_(limits),
        budget_{limits.unpacked_bytes, false, 0},
        message_(file, 0, kHeader, &budget_) {
    charset_ = Charset();
    message_.SetCharset(charset_);
  }

  Result<Document> Read() {
    head_ = Head();
    Flow text;
    text.Write(head_);
    text.TrimEnd();
    const std::int64_t body_start = text.size();
    OutlookText body;
    body.plain = message_.Text(kBody);
    body.html = message_.Binary(kHtml);
    if (body.html.empty()) {
      body.html = message_.Text(kHtml);
    } else {
      body.html_charset = CharsetOfCodePage(static_cast<unsigned>(message_.Number(kInternetCodePage).value_or(0)));
    }
    body.rtf = UnpackRtf(message_.Binary(kRtf), limits_.text_bytes);
    html_ = body.html;
    text.Append(ReadOutlookText(body, name_, limits_, &document_.notes), "\n\n");
    MarkQuotations(body_start, &text);
    Attachments();
    if (budget_.over) return UnpacksTooFar(name_, limits_);
    if (document_.embedded.size() > limits_.embedded_files) return TooManyFiles(name_, limits_);
    text.Append(ListAttachments(), "\n\n");
    Notes();
    document_.media_type = "application/vnd.ms-outlook";
    RETURN_IF_ERROR(TakeText(std::move(text), name_, limits_.text_bytes, &document_));
    return std::move(document_);
  }

 private:
  // How bytes are characters: as the message says, else as its language was written, else as the mail said on its way.
  [[nodiscard]] std::string Charset() const {
    for (const std::uint16_t id : {kCodePage, kInternetCodePage}) {
      std::string charset = CharsetOfCodePage(static_cast<unsigned>(message_.Number(id).value_or(0)));
      if (!charset.empty()) return charset;
    }
    const auto language = static_cast<unsigned>(message_.Number(kLanguage).value_or(0));
    if (language != 0) return CharsetOfCodePage(CodePageOfLanguage(language));
    return HeaderParameter(HeaderOf(message_.Text(kHeaders), "content-type"), "charset");
  }

  // As the mail's header lines say it.
  std::string Head() {
    const std::string headers = message_.Text(kHeaders);
    std::string head;
    const auto line = [&head](const char* name, const std::string& value) {
      if (!value.empty()) head += std::string(name) + ": " + OneLine(value) + "\n";
    };
    const auto person = [&](std::uint16_t name, std::uint16_t smtp, std::uint16_t address) {
      std::string known = message_.Text(smtp);
      return Person(message_.Text(name), known.empty() ? message_.Text(address) : known);
    };
    const std::string sender = person(kSenderName, kSenderSmtp, kSenderAddress);
    std::string from = person(kFromName, kFromSmtp, kFromAddress);
    const bool by_himself = from.empty() || message_.Text(kSenderName) == message_.Text(kFromName);
    if (by_himself && from.find('@') == std::string::npos) from = sender;
    const std::string from_header = HeaderOf(headers, "from");
    if (from.find('@') == std::string::npos && from_header.find('@') != std::string::npos) from = from_header;
    line("From", from);
    if (!by_himself) line("Sender", sender);
    Recipients(line);
    line("Reply-To", HeaderOf(headers, "reply-to"));
    const std::string date = HeaderOf(headers, "date");
    sent_ = date.empty() ? message_.Time(kSubmitTime) : date;
    line("Date", sent_);
    if (!Draft()) line("Received", message_.Time(kDeliveryTime));
    line("Subject", message_.Text(kSubject));
    if (Class().starts_with("IPM.Appointment") || Class().starts_with("IPM.Schedule")) {
      const auto own = [this](AppointmentProperty property) { return NumberInFile(file_, property, &budget_); };
      const auto time = [&](std::uint16_t id, AppointmentProperty property) {
        const std::string known = message_.Time(own(property));
        return known.empty() ? message_.Time(id) : known;
      };
      line("Begins", time(kBegins, AppointmentProperty::kBegins));
      line("Ends", time(kEnds, AppointmentProperty::kEnds));
      if (const std::uint16_t place = own(AppointmentProperty::kPlace); place != 0) line("Where", message_.Text(place));
    }
    const std::uint64_t sensitivity = message_.Number(kSensitivity).value_or(0);
    constexpr std::array kSensitivities = {"", "Personal", "Private", "Confidential"};
    if (sensitivity < kSensitivities.size()) line("Sensitivity", kSensitivities.at(sensitivity));
    return head;
  }

  template <class Line>
  void Recipients(const Line& line) {
    constexpr std::size_t kKinds = 4;  // 0 is the sender
    std::array<std::string, kKinds> people;
    for (const std::size_t storage : Parts("__recip_version1.0_#")) {
      MsgProperties recipient(file_, storage, kHeaderOfPart, &budget_);
      recipient.SetCharset(charset_);
      const std::uint64_t kind = recipient.Number(kRecipientType).value_or(1) & 0xFU;
      const std::string smtp = recipient.Text(kSmtpAddress);
      const std::string person = Person(recipient.Text(kName), smtp.empty() ? recipient.Text(kAddress) : smtp);
      if (kind >= kKinds || person.empty() || people.at(kind).size() > limits_.text_bytes) continue;
      people.at(kind) += (people.at(kind).empty() ? "" : "; ") + person;
    }
    constexpr std::array<std::uint16_t, kKinds> kShown = {0, kShownTo, kShownCc, kShownBcc};
    constexpr std::array kNames = {"", "To", "Cc", "Bcc"};
    for (std::size_t kind = 1; kind < kKinds; ++kind) {
      line(kNames.at(kind), people.at(kind).empty() ? message_.Text(kShown.at(kind)) : people.at(kind));
    }
  }

  // The storages of recipients or attachments, in their order.
  [[nodiscard]] std::vector<std::size_t> Parts(std::string_view prefix) const {
    std::vector<std::size_t> parts;
    for (const std::size_t child : file_.entries()[0].children) {
      const CompoundFile::Entry& entry = file_.entries()[child];
      if (entry.storage && std::string_view(entry.name).starts_with(prefix)) parts.push_back(child);
    }
    std::sort(parts.begin(), parts.end(),
              [this](std::size_t a, std::size_t b) { return file_.entries()[a].name < file_.entries()[b].name; });
    return parts;
  }

  [[nodiscard]] bool Draft() const {
    constexpr std::uint64_t kUnsent = 8;
    return (message_.Number(kFlags).value_or(0) & kUnsent) != 0 && sent_.empty();
  }
  [[nodiscard]] std::string Class() const { return message_.Text(kMessageClass); }

  void Attachments() {
    for (const std::size_t storage : Parts("__attach_version1.0_#")) {
      if (budget_.over || document_.embedded.size() > limits_.embedded_files) return;
      MsgProperties attachment(file_, storage, kHeaderOfPart, &budget_);
      attachment.SetCharset(charset_);
      Attach(attachment);
    }
  }

  void Attach(const MsgProperties& attachment) {
    std::string name = attachment.Text(kFileName);
    if (name.empty()) name = attachment.Text(kShortFileName);
    if (name.empty()) name = attachment.Text(kName);
    const std::uint64_t method = attachment.Number(kMethod).value_or(1);
    const std::optional<std::size_t> object = attachment.Object(kContent);
    if (method >= kByReference && method <= kByReferenceLast) {
      const std::string path = attachment.Text(kPath);
      Unread("the attachment " + name, path.empty() ? "it is only named" : "it lies elsewhere, at " + path);
    } else if (object && file_.Find(*object, kPropertyStream)) {
      const std::string subject = MsgProperties(file_, *object, kHeaderWithin, &budget_).Text(kSubject);
      Add((subject.empty() ? name.empty() ? "message" : name : subject.substr(0, 100)) + ".msg",
          "application/vnd.ms-outlook", Whole(*object));
    } else if (object || method == kObject) {
      Object(name, object);
    } else {
      File(name, attachment);
    }
  }

  void File(const std::string& name, const MsgProperties& attachment) {
    std::string type = attachment.Text(kMimeType);
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const std::string id = attachment.Text(kContentId);
    const bool in_text =
        attachment.Number(kHidden).value_or(0) != 0 || (!id.empty() && html_.find("cid:" + id) != std::string::npos);
    std::string bytes = attachment.Binary(kContent);
    if (type.starts_with("image/") && in_text) {
      ++pictures_;
    } else if (Class().starts_with("IPM.Note.SMIME")) {
      Signed(std::move(bytes));
    } else if (name == "message.rpmsg") {
      Unread("the message's text", "it is encrypted (rights management)");
    } else {
      Add(name, std::move(type), std::move(bytes));
    }
  }

  // The message as it was signed: a mail without its headers, in the clear or within the signature.
  void Signed(std::string bytes) {
    const Cms cms = ReadCms(bytes);
    if (cms.kind == Cms::Kind::kEncrypted) {
      Unread("the message's text", "it is encrypted (S/MIME)");
    } else if (cms.kind == Cms::Kind::kSigned && cms.content.empty()) {
      Unread("the message's text", "its form of S/MIME is not known");
    } else {
      // With its signature, which the mail's reader looks at.
      const std::string mail = head_ + "MIME-Version: 1.0\n";
      const std::string within =
          "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
          "Content-Transfer-Encoding: base64\n\n" +
          EncodeBase64(bytes) + "\n";
      Add("signed message.eml", "message/rfc822", mail + (cms.kind == Cms::Kind::kSigned ? within : bytes));
    }
  }

  // A document of another program in the midst of the text: some hold it as a file.
  void Object(const std::string& name, std::optional<std::size_t> storage) {
    const auto package = storage ? file_.Find(*storage, "Package") : std::nullopt;
    std::optional<std::string> bytes = package ? TakeStream(file_, *package, &budget_) : std::nullopt;
    if (bytes) {
      Add(name, "", std::move(*bytes));
    } else {
      Unread("an object" + (name.empty() ? "" : " (" + name + ")") + " in the message's text",
             "it is kept in a form of another program");
    }
  }

  // A message within this one, as a file of its own.
  std::string Whole(std::size_t storage) {
    std::vector<CompoundEntry> entries(1);
    entries[0].storage = true;
    Copy(storage, 0, &entries);
    for (CompoundEntry& entry : entries) {
      constexpr std::size_t kMore = kHeader - kHeaderWithin;
      if (entry.parent == 0 && entry.name == kPropertyStream && entry.bytes.size() >= kHeaderWithin) {
        entry.bytes.insert(kHeaderWithin, kMore, '\0');
      }
    }
    // What properties of programs are called is said once, for all messages of the file.
    if (const auto names = file_.Find(0, "__nameid_version1.0")) {
      CompoundEntry folder;
      folder.name = file_.entries()[*names].name;
      folder.storage = true;
      entries.push_back(std::move(folder));
      Copy(*names, entries.size() - 1, &entries);
    }
    return budget_.over ? "" : WriteCompoundFile(entries);
  }

  void Copy(std::size_t storage, std::size_t into, std::vector<CompoundEntry>* entries) {
    std::vector<std::pair<std::size_t, std::size_t>> todo = {{storage, into}};
    while (!todo.empty() && !budget_.over) {
      const auto [from, to] = todo.back();
      todo.pop_back();
      for (const std::size_t child : file_.entries()[from].children) {
        CompoundEntry entry;
        entry.name = file_.entries()[child].name;
        entry.parent = to;
        entry.storage = file_.entries()[child].storage;
        if (entry.storage) {
          todo.emplace_back(child, entries->size());
        } else {
          entry.bytes = TakeStream(file_, child, &budget_).value_or("");
        }
        entries->push_back(std::move(entry));
      }
    }
  }

  void Add(std::string name, std::string type, std::string bytes) {
    if (bytes.empty()) return;
    Embedded file;
    file.name = name.empty() ? "unnamed" : std::move(name);
    file.media_type = std::move(type);
    file.bytes = std::move(bytes);
    document_.embedded.push_back(std::move(file));
  }

  Flow ListAttachments() {
    Flow list;
    for (std::size_t i = 0; i < document_.embedded.size(); ++i) {
      list.Write(i > 0 ? "; " : document_.embedded.size() == 1 ? "Attachment: " : "Attachments: ");
      const std::int64_t start = list.size();
      list.Write(document_.embedded[i].name);
      list.Mark(SpanKind::kAttachment, 0, start, list.size(), std::to_string(i + 1));
    }
    return list;
  }

  void Unread(std::string part, std::string why) { document_.unread.push_back({std::move(part), std::move(why), ""}); }

  void Notes() {
    if (pictures_ > 0) {
      document_.notes.push_back(std::to_string(pictures_) + (pictures_ == 1 ? " picture" : " pictures") +
                                " in the message's text cannot be read.");
    }
    for (int i = 0; i < std::min(budget_.damaged, 1'000); ++i) Unread("a part of the message", "it is damaged");
    if (Draft()) {
      document_.notes.emplace_back("The message is a draft: it was not sent.");
    }
    if (Class().starts_with("IPM.Note.SMIME")) {
      document_.notes.emplace_back(
          "The message is signed or encrypted (S/MIME); what was signed is a document of its own.");
    }
    for (const char* kind : {"IPM.Contact", "IPM.Task", "IPM.Appointment", "IPM.Schedule"}) {
      if (Class().starts_with(kind))
        Unread("fields of an Outlook form (" + std::string(kind) + ")", "only its text is read");
    }
  }

  const CompoundFile& file_;
  const std::string& name_;
  const Limits& limits_;
  MsgBudget budget_;
  MsgProperties message_;
  std::string charset_;
  std::string head_;
  std::string sent_;
  std::string html_;
  Document document_;
  int pictures_ = 0;
};

}  // namespace

bool IsMsg(const CompoundFile& file) {
  return file.Find(0, kPropertyStream).has_value();
}

Result<Document> ReadMsg(const CompoundFile& file, const std::string& name, const Limits& limits) {
  return MsgReader(file, name, limits).Read();
}

}  // namespace counsel::extractor
