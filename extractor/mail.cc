// Mail (RFC 5322, MIME) by GMime: headers and text; attachments become documents of their own.
//
// GMime undoes the transfer encodings; characters are converted by ICU, because iconv, which GMime would use, loads its
// tables from files, and there are none inside the sandbox.
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include <gmime/gmime.h>

#include "base/utf8.h"
#include "extractor/document.h"
#include "extractor/encoding.h"

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "mail";
constexpr int kDeepest = 32;  // parts within parts
constexpr std::array<const char*, 6> kShown = {"From", "To", "Cc", "Reply-To", "Date", "Subject"};

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string Text(const char* text) {
  return text == nullptr ? std::string() : RepairUtf8(text);
}

std::string BytesOf(GMimeStream* memory) {
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

std::string ContentOf(GMimePart* part) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  if (content == nullptr) return "";
  const Ref<GMimeStream> memory(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, memory.get());
  return BytesOf(memory.get());
}

// "Q" of RFC 2047: '_' is a blank, "=C3" a byte.
std::string FromQ(std::string_view coded) {
  std::string bytes;
  const auto hex = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
  };
  for (std::size_t i = 0; i < coded.size(); ++i) {
    const bool byte = coded[i] == '=' && i + 2 < coded.size() && hex(coded[i + 1]) >= 0 && hex(coded[i + 2]) >= 0;
    bytes += byte ? static_cast<char>(hex(coded[i + 1]) * 16 + hex(coded[i + 2])) : coded[i] == '_' ? ' ' : coded[i];
    if (byte) i += 2;
  }
  return bytes;
}

// "=?iso-8859-1?Q?caf=E9?=" in a header, as people see it.
std::string DecodeWords(std::string_view value) {
  std::string text;
  bool after_word = false;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t begin = value.find("=?", at);
    const std::size_t charset_end = begin == std::string_view::npos ? begin : value.find('?', begin + 2);
    const bool has_coding =
        charset_end != std::string_view::npos && charset_end + 2 < value.size() && value[charset_end + 2] == '?';
    const std::size_t end = has_coding ? value.find("?=", charset_end + 3) : std::string_view::npos;
    if (end == std::string_view::npos) break;
    const std::string_view between = value.substr(at, begin - at);
    // White space between two encoded words is none of the text.
    if (!after_word || between.find_first_not_of(" \t\r\n") != std::string_view::npos) text += between;
    const std::string charset(value.substr(begin + 2, charset_end - begin - 2));
    const std::string_view coded = value.substr(charset_end + 3, end - charset_end - 3);
    const bool base64 = value[charset_end + 1] == 'B' || value[charset_end + 1] == 'b';
    gsize size = 0;
    std::string bytes = FromQ(coded);
    if (base64) {
      const std::string copy(coded);
      guchar* decoded = g_base64_decode(copy.c_str(), &size);
      bytes.assign(reinterpret_cast<const char*>(decoded), size);
      g_free(decoded);
    }
    text += ConvertFrom(charset.substr(0, charset.find('*')), bytes).value_or(RepairUtf8(bytes));
    after_word = true;
    at = end + 2;
    value.remove_prefix(at);
    at = 0;
  }
  text += value;
  return text;
}

std::string HeaderText(GMimeObject* message, const char* name) {
  GMimeHeader* header = g_mime_header_list_get_header(g_mime_object_get_header_list(message), name);
  const char* raw = header == nullptr ? nullptr : g_mime_header_get_raw_value(header);
  if (raw == nullptr) return "";
  std::string text =
      RepairUtf8(DecodeWords(ValidUtf8(raw) ? std::string(raw) : ConvertFrom("windows-1252", raw).value_or("")));
  // Folded lines are one.
  std::string line;
  for (char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

class MailReader {
 public:
  MailReader(const std::string& name, const Limits& limits) : name_(name), limits_(limits) {}

  Result<Document> Read(GMimeMessage* message) {
    std::string head;
    for (const char* name : kShown) {
      const std::string value = HeaderText(GMIME_OBJECT(message), name);
      if (!value.empty()) head += std::string(name) + ": " + value + "\n";
    }
    text_.Write(head);
    text_.TrimEnd();
    if (GMimeObject* body = g_mime_message_get_mime_part(message); body != nullptr) Part(body, 0);
    if (error_) return Fail(std::move(*error_));
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
    if (depth > kDeepest) {
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
      document_.notes.emplace_back("The mail's text is encrypted.");
      return;
    }
    if (kind == "alternative") {
      Alternative(multipart, depth);
      return;
    }
    // Of a signed one the last part is the signature.
    const int last = kind == "signed" && count > 1 ? count - 1 : count;
    for (int i = 0; i < last; ++i) Part(g_mime_multipart_get_part(multipart, i), depth + 1);
  }

  // The same said in several ways: as plain text if that has any, else the richest.
  void Alternative(GMimeMultipart* multipart, int depth) {
    const int count = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < count; ++i) {
      GMimeObject* part = g_mime_multipart_get_part(multipart, i);
      if (!GMIME_IS_PART(part) || TypeOf(part) != "text/plain") continue;
      const std::string content = ContentOf(GMIME_PART(part));
      if (!HasText(RepairUtf8(content))) continue;
      Part(part, depth + 1);
      return;
    }
    if (count > 0) Part(g_mime_multipart_get_part(multipart, count - 1), depth + 1);
  }

  static std::string TypeOf(GMimeObject* part) {
    char* type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part));
    std::string text = Lower(Text(type));
    g_free(type);
    return text;
  }

  void Leaf(GMimePart* part) {
    const std::string type = TypeOf(GMIME_OBJECT(part));
    const std::string file_name = FileName(part);
    const bool attached = g_mime_part_is_attachment(part) != 0 || !file_name.empty();
    if (!attached && (type == "text/plain" || type == "text/html")) {
      Body(part, type);
    } else if (type.starts_with("image/") && g_mime_part_is_attachment(part) == 0) {
      ++pictures_;
    } else if (type != "application/pgp-signature" && !type.ends_with("pkcs7-signature")) {
      Attach(file_name.empty() ? "unnamed" : file_name, type, ContentOf(part));
    }
  }

  static std::string FileName(GMimePart* part) { return DecodeWords(Text(g_mime_part_get_filename(part))); }

  void Body(GMimePart* part, const std::string& type) {
    const char* charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    const std::string content = ContentOf(part);
    if (content.empty()) return;
    Result<std::string> text = Decode(content, name_, Text(charset), &document_.notes);
    if (!text) {
      document_.notes.push_back("A part of the mail's text cannot be read: its characters are not known.");
      return;
    }
    Flow flow;
    if (type == "text/html") {
      Result<Flow> html = HtmlText(*text, name_, limits_.text_bytes);
      if (!html) {
        error_ = std::move(html.error());
        return;
      }
      flow = std::move(*html);
    } else {
      flow.Write(*text);
      flow.TrimEnd();
    }
    text_.Append(std::move(flow), "\n\n");
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
  Document document_;
  Flow text_;
  std::optional<Error> error_;
  std::uint64_t bytes_ = 0;
  int pictures_ = 0;
};

}  // namespace

void PrepareMail() {
  g_mime_init();
}

Result<Document> ReadMail(std::string_view bytes, const std::string& name, const Limits& limits) {
  if (bytes.starts_with("From ")) bytes.remove_prefix(std::min(bytes.find('\n'), bytes.size() - 1) + 1);
  const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  g_mime_parser_set_format(parser.get(), GMIME_FORMAT_MESSAGE);
  const Ref<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
  if (!message) return Damaged(name, kWhat);
  return MailReader(name, limits).Read(message.get());
}

}  // namespace counsel::extractor
