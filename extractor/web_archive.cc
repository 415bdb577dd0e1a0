// Web pages as one file (MHT, MHTML; RFC 2557), which browsers, Word and Outlook save: a mail to nobody whose parts are
// the page and what it is furnished with.
#include <algorithm>
#include <array>
#include <utility>

#include "extractor/document.h"
#include "extractor/encoding.h"
#include "extractor/mail_parts.h"

namespace counsel::extractor {
namespace {

constexpr const char* kWhat = "web archive";

// Says how a page looks or moves, nothing that is read on it.
bool IsFurnishing(std::string_view type) {
  constexpr std::array<std::string_view, 7> kBeginnings = {
      "text/css", "text/javascript",  "application/javascript", "application/x-javascript",
      "font/",    "application/font", "application/x-font"};
  // Word's own: lists of files, colours, a theme.
  constexpr std::array<std::string_view, 4> kOffice = {"text/xml", "application/xml", "application/x-mso",
                                                       "application/vnd.ms-officetheme"};
  const auto begins = [type](std::string_view beginning) { return type.starts_with(beginning); };
  return std::any_of(kBeginnings.begin(), kBeginnings.end(), begins) ||
         std::any_of(kOffice.begin(), kOffice.end(), begins);
}

class ArchiveReader {
 public:
  ArchiveReader(const std::string& name, const Limits& limits) : name_(name), limits_(limits) {}

  Result<Document> Read(GMimeMessage* message) {
    GMimeObject* whole = g_mime_message_get_mime_part(message);
    if (whole == nullptr) return Damaged(name_, kWhat);
    NoteOrigin(message);
    Collect(whole, 0);
    if (too_deep_) return Damaged(name_, kWhat);
    if (document_.embedded.size() > limits_.embedded_files) return TooManyFiles(name_, limits_);
    if (kept_bytes_ > limits_.unpacked_bytes) return UnpacksTooFar(name_, limits_);
    MainPageFirst(ParameterOf(whole, "start"));
    for (GMimePart* page : pages_) {
      if (Result<void> read = ReadPage(page); !read) return Fail(std::move(read.error()));
    }
    if (frames_ > 0) {
      document_.notes.push_back("The text of " + std::to_string(frames_) + (frames_ == 1 ? " frame" : " frames") +
                                " of the page stands after its own.");
    }
    document_.media_type = "multipart/related";
    Result<void> taken = TakeText(std::move(text_), name_, limits_.text_bytes, &document_);
    if (!taken) return Fail(std::move(taken.error()));
    return std::move(document_);
  }

 private:
  void NoteOrigin(GMimeMessage* message) {
    GMimeObject* head = GMIME_OBJECT(message);
    std::string from = HeaderText(head, "Snapshot-Content-Location");
    if (from.empty()) from = HeaderText(head, "Content-Location");
    const std::string date = HeaderText(head, "Date");
    std::string note = "It is a web page, saved as one file";
    if (!from.empty()) note += ", from " + from;
    if (!date.empty()) note += ", on " + date;
    document_.notes.push_back(note + ".");
  }

  // `pages_`: the parts that are HTML, in order; the others are told of or kept. Alternatives are one page.
  void Collect(GMimeObject* part, int depth) {
    too_deep_ = too_deep_ || depth > kDeepestPart;
    if (too_deep_) return;
    if (GMIME_IS_MULTIPART(part)) {
      GMimeMultipart* multipart = GMIME_MULTIPART(part);
      const bool inner = std::exchange(alternative_, alternative_ || TypeOf(part) == "multipart/alternative");
      for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
        Collect(g_mime_multipart_get_part(multipart, i), depth + 1);
      }
      alternative_ = inner;
    } else if (GMIME_IS_PART(part)) {
      Leaf(GMIME_PART(part));
    } else {
      document_.unread.push_back({"a mail in the web page", "only the page is read", ""});
    }
  }

  void Leaf(GMimePart* part) {
    const std::string type = TypeOf(GMIME_OBJECT(part));
    if (type == "text/html" || type == "application/xhtml+xml") {
      pages_.push_back(part);
    } else if (type.starts_with("image/")) {
      document_.unread.push_back({"a picture", "what it shows is not looked at", ""});
    } else if (type == "application/pdf") {
      Keep(part);
    } else if (!IsFurnishing(type) && !(alternative_ && type == "text/plain")) {
      document_.unread.push_back({"a part of the web page (" + type + ")", "only the page is read", FileNameOf(part)});
    }
  }

  // A document that the page shows in its midst.
  void Keep(GMimePart* part) {
    Embedded file;
    file.name = FileNameOf(part);
    if (file.name.empty()) file.name = "in the page " + std::to_string(document_.embedded.size() + 1) + ".pdf";
    file.media_type = "application/pdf";
    file.bytes = ContentOf(part);
    if (file.bytes.empty()) return;
    kept_bytes_ += file.bytes.size();
    document_.embedded.push_back(std::move(file));
  }

  // The archive says which part is the page, else it is the first.
  void MainPageFirst(std::string start) {
    std::erase_if(start, [](char c) { return c == '<' || c == '>'; });
    if (start.empty()) return;
    const auto is_start = [&start](GMimePart* part) { return Text(g_mime_part_get_content_id(part)) == start; };
    const auto found = std::find_if(pages_.begin(), pages_.end(), is_start);
    if (found != pages_.end()) std::rotate(pages_.begin(), found, found + 1);
  }

  Result<void> ReadPage(GMimePart* part) {
    const std::string content = ContentOf(part);
    if (content.empty()) return {};
    std::string charset = ParameterOf(GMIME_OBJECT(part), "charset");
    if (charset.empty()) charset = DeclaredCharset(content);
    Result<std::string> utf8 = Decode(content, name_, charset, &document_.notes);
    if (!utf8) return Fail(std::move(utf8.error()));
    Result<Flow> flow = HtmlText(*utf8, name_, limits_.text_bytes);
    if (!flow) return Fail(std::move(flow.error()));
    flow->TrimEnd();
    if (!HasText(flow->text())) return {};
    frames_ += text_.empty() ? 0 : 1;
    text_.Append(std::move(*flow), "\n\n");
    if (text_.text().size() > limits_.text_bytes) return TextTooLong(name_, limits_.text_bytes);
    return {};
  }

  const std::string& name_;
  const Limits& limits_;
  Document document_;
  Flow text_;
  std::vector<GMimePart*> pages_;
  std::uint64_t kept_bytes_ = 0;
  int frames_ = 0;
  bool alternative_ = false;
  bool too_deep_ = false;
};

}  // namespace

Result<Document> ReadWebArchive(std::string_view bytes, const std::string& name, const Limits& limits) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const Ref<GMimeMessage> message = ParseMessage(bytes);
  if (!message) return Damaged(name, kWhat);
  return ArchiveReader(name, limits).Read(message.get());
}

}  // namespace counsel::extractor
