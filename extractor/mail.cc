// Mail (RFC 5322, MIME) by GMime: headers and text; attachments become documents of their own.
//
// GMime undoes the transfer encodings; characters are converted by ICU, because iconv, which GMime would use, loads its
// tables from files, and there are none inside the sandbox.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <gmime/gmime.h>

#include "base/utf8.h"
#include "extractor/cms.h"
#include "extractor/document.h"
#include "extractor/encoding.h"
#include "extractor/mail_header.h"
#include "extractor/mail_parts.h"
#include "extractor/mail_text.h"
#include "extractor/outlook_text.h"
#include "extractor/quotations.h"
#include "extractor/signature.h"
#include "extractor/tnef.h"

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "mail";
constexpr std::array<const char*, 8> kShown = {"From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Date", "Subject"};

class MailReader {
 public:
  MailReader(const std::string& name, const Limits& limits) : name_(name), limits_(limits) {}

  Result<Document> Read(GMimeMessage* message) {
    from_ = HeaderText(GMIME_OBJECT(message), "From");
    std::string head;
    for (const char* name : kShown) {
      const std::string value = HeaderText(GMIME_OBJECT(message), name);
      if (!value.empty()) head += std::string(name) + ": " + value + "\n";
    }
    text_.Write(head);
    text_.TrimEnd();
    const std::int64_t body_start = text_.size();
    if (GMimeObject* body = g_mime_message_get_mime_part(message); body != nullptr) Part(body, 0);
    if (error_) return Fail(std::move(*error_));
    MarkQuotations(body_start, &text_);
    ListAttachments();
    if (pictures_ > 0) {
      document_.notes.push_back(std::to_string(pictures_) + (pictures_ == 1 ? " picture" : " pictures") +
                                " in the mail's text cannot be read.");
    }
    document_.media_type = "message/rfc822";
    Result<void> taken = TakeText(std::move(text_), name_, limits_.text_bytes, &document_);
    if (!taken) return Fail(std::move(taken.error()));
    return std::move(document_);
  }

 private:
  void Part(GMimeObject* part, int depth) {
    if (error_) return;
    if (depth > kDeepestPart) {
      error_ = Damaged(name_, kWhat).value();
    } else if (GMIME_IS_MULTIPART(part)) {
      Multipart(GMIME_MULTIPART(part), depth);
    } else if (GMIME_IS_MESSAGE_PART(part)) {
      Message(GMIME_MESSAGE_PART(part));
    } else if (GMIME_IS_PART(part)) {
      Leaf(GMIME_PART(part));
    }
  }

  void Multipart(GMimeMultipart* multipart, int depth) {
    const int count = g_mime_multipart_get_count(multipart);
    const std::string kind =
        Lower(Text(g_mime_content_type_get_media_subtype(g_mime_object_get_content_type(GMIME_OBJECT(multipart)))));
    if (kind == "encrypted") {
      document_.unread.push_back({"the mail's text", "it is encrypted", ""});
      return;
    }
    if (kind == "signed") NoteSignature(multipart, count);
    if (kind == "alternative") {
      Alternative(multipart, depth);
      return;
    }
    // Of a signed one the last part is the signature.
    const int last = kind == "signed" && count > 1 ? count - 1 : count;
    for (int i = 0; i < last; ++i) Part(g_mime_multipart_get_part(multipart, i), depth + 1);
  }

  // The same said in several ways: as plain text where that says what the richest way says, else as the richest. What
  // is attached to any of them is attached to the mail.
  void Alternative(GMimeMultipart* multipart, int depth) {
    const int count = g_mime_multipart_get_count(multipart);
    int plain = -1;
    int rich = -1;
    std::string plain_text;
    std::string rich_text;
    for (int i = 0; i < count; ++i) {
      GMimeObject* part = g_mime_multipart_get_part(multipart, i);
      std::string text = BodyOf(part, depth + 1);
      if (!HasText(text)) continue;
      const bool is_plain = GMIME_IS_PART(part) && TypeOf(part) == "text/plain";
      (is_plain ? plain : rich) = i;
      (is_plain ? plain_text : rich_text) = std::move(text);
    }
    constexpr double kSame = 0.8;
    constexpr std::size_t kMuch = 20;  // words
    const std::set<std::string> plain_words = WordsOf(plain_text);
    const std::set<std::string> rich_words = WordsOf(rich_text);
    const bool plain_will_do = plain >= 0 && ShareOf(rich_words, plain_words) >= kSame;
    const bool both = plain >= 0 && rich >= 0 && !plain_will_do && plain_words.size() >= kMuch &&
                      ShareOf(plain_words, rich_words) < kSame;
    const int chosen = plain_will_do || rich < 0 ? plain : rich;
    const bool outer = only_files_;
    for (int i = 0; i < count; ++i) {
      only_files_ = outer || (i != chosen && !(both && i == plain));
      Part(g_mime_multipart_get_part(multipart, i), depth + 1);
    }
    only_files_ = outer;
  }

  // The text that the part would give, without what is attached to it.
  std::string BodyOf(GMimeObject* object, int depth) {
    std::string text;
    if (depth > kDeepestPart) return text;
    if (GMIME_IS_MULTIPART(object)) {
      GMimeMultipart* multipart = GMIME_MULTIPART(object);
      for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
        text += BodyOf(g_mime_multipart_get_part(multipart, i), depth + 1) + "\n";
      }
      return text;
    }
    if (!GMIME_IS_PART(object)) return text;
    const std::string type = TypeOf(object);
    if (type != "text/plain" && type != "text/html") return text;
    if (g_mime_part_is_attachment(GMIME_PART(object)) != 0) return text;
    const std::vector<std::string> notes = document_.notes;
    const std::optional<Flow> flow = TextOf(GMIME_PART(object), type);
    document_.notes = notes;  // they are for what is taken
    return flow ? flow->text() : text;
  }

  void Leaf(GMimePart* part) {
    const std::string type = TypeOf(GMIME_OBJECT(part));
    const std::string file_name = FileNameOf(part);
    const bool attached = g_mime_part_is_attachment(part) != 0 || !file_name.empty();
    if (!attached && (type == "text/plain" || type == "text/html")) {
      if (!only_files_) Body(part, type);
    } else if (type.starts_with("image/") && g_mime_part_is_attachment(part) == 0) {
      ++pictures_;
    } else if (type.ends_with("pkcs7-mime")) {
      Smime(ContentOf(part));
    } else if (type != "application/pgp-signature" && !type.ends_with("pkcs7-signature")) {
      std::string bytes = ContentOf(part);
      if (type == "application/ms-tnef" || LooksLikeTnef(bytes)) {
        Wrapped(bytes);
      } else {
        const char* unnamed = type == "text/calendar" ? "invitation.ics" : "unnamed";
        Attach(file_name.empty() ? unnamed : file_name, type, std::move(bytes));
      }
    }
  }

  // Outlook's wrapping: its files are the mail's, its text where the mail has none of its own.
  void Wrapped(const std::string& bytes) {
    Tnef tnef = ReadTnef(bytes);
    for (Embedded& file : tnef.files) Attach(std::move(file.name), std::move(file.media_type), std::move(file.bytes));
    if (tnef.damaged > 0) document_.unread.push_back({"a part of winmail.dat", "it is damaged", ""});
    if (has_body_ || only_files_) return;
    OutlookText text;
    text.plain = std::move(tnef.body);
    text.html = std::move(tnef.html);
    text.rtf = std::move(tnef.rtf);
    Flow flow = ReadOutlookText(text, name_, limits_, &document_.notes);
    flow.TrimEnd();
    if (HasText(flow.text())) text_.Append(std::move(flow), "\n\n");
  }

  void Smime(const std::string& bytes) {
    const Cms cms = ReadCms(bytes);
    if (cms.kind == Cms::Kind::kEncrypted) {
      document_.unread.push_back({"the mail's text", "it is encrypted (S/MIME)", ""});
    } else if (cms.kind == Cms::Kind::kSigned && !cms.content.empty() && smime_ < kDeepestPart) {
      ++smime_;
      document_.notes.push_back(TellSignature(bytes, std::nullopt, from_));
      const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(cms.content.data(), cms.content.size()));
      const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
      g_mime_parser_set_format(parser.get(), GMIME_FORMAT_MESSAGE);
      const Ref<GMimeObject> inside(g_mime_parser_construct_part(parser.get(), nullptr));
      if (inside) Part(inside.get(), smime_);
    } else {
      const char* why =
          cms.kind == Cms::Kind::kCompressed ? "it is compressed (S/MIME)" : "its form of S/MIME is not known";
      document_.unread.push_back({"the mail's text", why, ""});
    }
  }

  // Of a detached signature: the first part is signed, the second signs.
  void NoteSignature(GMimeMultipart* multipart, int count) {
    GMimeObject* last = count == 2 ? g_mime_multipart_get_part(multipart, 1) : nullptr;
    if (last != nullptr && GMIME_IS_PART(last) && TypeOf(last).ends_with("pkcs7-signature")) {
      const Ref<GMimeStream> memory(g_mime_stream_mem_new());
      g_mime_object_write_to_stream(g_mime_multipart_get_part(multipart, 0), nullptr, memory.get());
      const std::string entity = WithLineEnds(BytesOf(memory.get()));
      document_.notes.push_back(TellSignature(ContentOf(GMIME_PART(last)), entity, from_));
      return;
    }
    document_.notes.emplace_back("The mail is signed; whether the signature fits, and whose it is, was not checked.");
  }

  // Nothing: its characters are not known, or error_ says why.
  std::optional<Flow> TextOf(GMimePart* part, const std::string& type) {
    const auto parameter = [part](const char* name) { return ParameterOf(GMIME_OBJECT(part), name); };
    const std::string content = ContentOf(part);
    Flow flow;
    if (content.empty()) return flow;
    Result<std::string> text = Decode(content, name_, parameter("charset"), &document_.notes);
    if (!text) return std::nullopt;
    if (type == "text/html") {
      Result<Flow> html = HtmlText(*text, name_, limits_.text_bytes);
      if (!html) error_ = std::move(html.error());
      if (error_) return std::nullopt;
      return std::move(*html);
    }
    const bool flowed = Lower(parameter("format")) == "flowed";
    flow.Write(flowed ? Unflowed(*text, Lower(parameter("delsp")) == "yes") : *text);
    flow.TrimEnd();
    return flow;
  }

  void Body(GMimePart* part, const std::string& type) {
    std::optional<Flow> flow = TextOf(part, type);
    if (!flow && !error_) {
      document_.unread.push_back({"a part of the mail's text", "its characters are not known", ""});
    }
    if (!flow) return;
    has_body_ = has_body_ || HasText(flow->text());
    text_.Append(std::move(*flow), "\n\n");
  }

  void Message(GMimeMessagePart* part) {
    GMimeMessage* message = g_mime_message_part_get_message(part);
    if (message == nullptr) return;
    const Ref<GMimeStream> memory(g_mime_stream_mem_new());
    g_mime_object_write_to_stream(GMIME_OBJECT(message), nullptr, memory.get());
    const std::string subject = HeaderText(GMIME_OBJECT(message), "Subject");
    Attach((subject.empty() ? "mail" : subject.substr(0, 100)) + ".eml", "message/rfc822", BytesOf(memory.get()));
  }

  void Attach(std::string name, std::string type, std::string bytes) {
    if (bytes.empty()) return;
    // The same file in two branches is one.
    const bool known = std::any_of(document_.embedded.begin(), document_.embedded.end(),
                                   [&bytes](const Embedded& other) { return other.bytes == bytes; });
    if (known) return;
    bytes_ += bytes.size();
    Embedded embedded;
    embedded.name = RepairUtf8(name);
    embedded.media_type = std::move(type);
    embedded.bytes = std::move(bytes);
    document_.embedded.push_back(std::move(embedded));
    if (document_.embedded.size() > limits_.embedded_files) error_ = TooManyFiles(name_, limits_).value();
    if (bytes_ > limits_.unpacked_bytes) error_ = UnpacksTooFar(name_, limits_).value();
  }

  void ListAttachments() {
    if (document_.embedded.empty()) return;
    Flow list;
    list.Write(document_.embedded.size() == 1 ? "Attachment: " : "Attachments: ");
    for (std::size_t i = 0; i < document_.embedded.size(); ++i) {
      if (i > 0) list.Write("; ");
      const std::int64_t start = list.size();
      list.Write(document_.embedded[i].name);
      list.Mark(SpanKind::kAttachment, 0, start, list.size(), std::to_string(i + 1));
    }
    text_.Append(std::move(list), "\n\n");
  }

  const std::string& name_;
  const Limits& limits_;
  std::string from_;
  Document document_;
  Flow text_;
  std::optional<Error> error_;
  std::uint64_t bytes_ = 0;
  int pictures_ = 0;
  int smime_ = 0;            // signed parts within each other
  bool only_files_ = false;  // the text of this branch is not wanted
  bool has_body_ = false;
};

}  // namespace

void PrepareMail() {
  g_mime_init();
  PrepareSignatures();
}

Result<Document> ReadMail(std::string_view bytes, const std::string& name, const Limits& limits) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (bytes.starts_with("From ")) {
    bytes.remove_prefix(std::min(bytes.find('\n'), bytes.size() - 1) + 1);
  }
  const Ref<GMimeMessage> message = ParseMessage(bytes);
  if (!message) return Damaged(name, kWhat);
  return MailReader(name, limits).Read(message.get());
}

}  // namespace counsel::extractor
