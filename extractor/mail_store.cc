#include "extractor/mail_store.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "base/mail_store.h"
#include "base/utf8.h"
#include "extractor/mail_header.h"
#include "extractor/mailbox.h"

namespace counsel::extractor {
namespace {

constexpr std::size_t kWindow = std::size_t{64} << 20;  // of an mbox in memory

// [from, from + size) of the file, as far as it goes.
std::string ReadAt(int descriptor, std::uint64_t from, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::pread(descriptor, bytes.data() + done, size - done, static_cast<off_t>(from + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

// A piece of a mailbox, and the mails that end in it.
struct Window {
  Window() = default;
  std::string bytes;
  std::vector<std::string_view> mails;
  bool end = false;  // of the file
};

// From the beginning of a mail: large enough for that, or for as much as a mail may have.
Window ReadWindow(int descriptor, std::uint64_t from, std::uint64_t file_size, const Limits& limits) {
  Window window;
  const std::uint64_t most = std::max<std::uint64_t>(limits.unpacked_bytes, kWindow);
  for (std::uint64_t size = kWindow;; size *= 2) {
    window.bytes = ReadAt(descriptor, from, static_cast<std::size_t>(std::min({size, most, file_size - from})));
    window.mails = SplitMailbox(window.bytes, limits.embedded_files);
    window.end = from + window.bytes.size() >= file_size;
    if (window.end || window.mails.size() > 1 || size >= most) return window;
  }
}

// Where the mail ends that is too large for a window: at the next "From …".
std::int64_t NextMail(int descriptor, std::uint64_t from, std::uint64_t file_size) {
  constexpr std::size_t kOverlap = 4'096;
  for (std::uint64_t at = from; at < file_size; at += kWindow - kOverlap) {
    const std::string bytes = ReadAt(descriptor, at, kWindow);
    if (bytes.empty()) break;
    // The window begins in the midst of something, which is no beginning of a mail.
    const std::string_view rest = std::string_view(bytes).substr(std::min(bytes.find('\n'), bytes.size() - 1) + 1);
    const std::vector<std::string_view> mails = SplitMailbox(rest, 1);
    const std::size_t begins = mails.empty() ? 0 : MailBegins(rest, mails.front());
    if (!mails.empty() && begins > 0) {
      return static_cast<std::int64_t>(at + static_cast<std::uint64_t>(rest.data() - bytes.data()) + begins);
    }
  }
  return -1;
}

std::optional<Result<Document>> ReadMailbox(int descriptor, const std::string& name, const Batch& batch,
                                            const Limits& limits) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const auto from = static_cast<std::uint64_t>(std::max<std::int64_t>(batch.from, 0));
  if (from >= size) return Damaged(name, "mailbox");
  const Window window = ReadWindow(descriptor, from, size, limits);
  if (window.mails.empty()) return std::nullopt;
  if (from == 0 && window.end && window.mails.size() == 1) return std::nullopt;  // a mail
  MailList list(name, batch, limits);
  std::size_t taken = 0;
  // The last one of a window that is not the file's end may go on.
  const std::size_t whole = window.mails.size() - (window.end && window.mails.size() <= limits.embedded_files ? 0 : 1);
  for (; taken < whole && !list.Full(); ++taken) {
    std::string mail = UnquoteFrom(window.mails[taken]);
    if (mail.empty()) continue;
    const std::string from_whom = HeaderOf(mail, "from");
    const std::string date = HeaderOf(mail, "date");
    std::string subject = HeaderOf(mail, "subject");
    list.Add(std::move(subject), from_whom, date, ".eml", "message/rfc822", std::move(mail));
  }
  std::int64_t next = -1;
  if (taken < window.mails.size()) {
    next = static_cast<std::int64_t>(from + MailBegins(window.bytes, window.mails[taken]));
  }
  if (whole == 0) {
    list.Unread("a mail", "it is larger than " + std::to_string(limits.unpacked_bytes >> 20) +
                              " MiB, the limit extraction.max_unpacked_mb");
    next = NextMail(descriptor, from + window.bytes.size() - std::min<std::size_t>(window.bytes.size(), 4'096), size);
  }
  return list.Take("application/mbox", next);
}

}  // namespace

MailList::MailList(const std::string& name, const Batch& batch, const Limits& limits)
    : name_(name), batch_(batch), limits_(limits) {
  if (batch.place == 0 && batch.from == 0) text_.Write("Mails in " + name + ":");
}

bool MailList::Full() const {
  return mails_.size() >= limits_.embedded_files || bytes_ >= kBatchBytes;
}

void MailList::Folder(const std::string& path) {
  if (path == folder_) return;
  folder_ = path;
  text_.Write("\n\n");
  const std::int64_t start = text_.size();
  text_.Write(path);
  text_.Mark(SpanKind::kHeading, 1, start, text_.size());
  text_.Write("\n");
}

void MailList::Add(std::string subject, const std::string& from, const std::string& date, const char* ending,
                   const char* media_type, std::string bytes) {
  std::replace(subject.begin(), subject.end(), '/', '-');
  Embedded mail;
  mail.name =
      RepairUtf8(subject.empty() ? "mail" : subject.substr(0, 100)) + " (" + std::to_string(place() + 1) + ")" + ending;
  mail.media_type = media_type;
  mail.bytes = std::move(bytes);
  bytes_ += mail.bytes.size();
  text_.Write("\n");
  const std::int64_t start = text_.size();
  text_.Write(mail.name);
  text_.Mark(SpanKind::kAttachment, 0, start, text_.size(), std::to_string(place() + 1));
  text_.Write(", from " + from + ", " + date);
  mails_.push_back(std::move(mail));
}

Result<Document> MailList::Take(const char* media_type, std::int64_t next) {
  Document document;
  document.media_type = media_type;
  document.embedded = std::move(mails_);
  document.unread = std::move(unread_);
  document.next = next;
  if (text_.text().empty()) text_.Write("\n[No mail here could be read.]");
  TakeStructure(std::move(text_), &document);
  if (document.text.size() > limits_.text_bytes) return TextTooLong(name_, limits_.text_bytes);
  return document;
}

std::optional<Result<Document>> ReadMailStore(int descriptor, const std::string& name, const Batch& batch,
                                              const Limits& limits) {
  const std::string first = FirstBytes(descriptor);
  if (!LooksLikeMailStore(first)) return std::nullopt;
  if (first.starts_with("!BDN")) return ReadPst(descriptor, name, batch, limits);
  return ReadMailbox(descriptor, name, batch, limits);
}

}  // namespace counsel::extractor
