// Files that hold mails (PST, OST, mbox): of any size, read from their descriptor and handed out in batches, so that
// the limits hold for what is inside. Each mail becomes a document of its own; the file's text is the list of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "extractor/document.h"

namespace counsel::extractor {

// Which mails: a batch has as many as Limits::embedded_files and kBatchBytes allow, at least one.
struct Batch {
  std::int64_t from = 0;   // Document::next of the batch before
  std::int64_t place = 0;  // mails handed out before
};
inline constexpr std::uint64_t kBatchBytes = std::uint64_t{64} << 20;

// Nothing: the file is none of these, or a single mail. Errors as ReadDocument's. A mail that is larger than
// Limits::unpacked_bytes, or damaged, is told of, and the others are read.
[[nodiscard]] std::optional<Result<Document>> ReadMailStore(int descriptor, const std::string& name, const Batch& batch,
                                                            const Limits& limits);

// The list of a batch's mails, which is its text.
class MailList {
 public:
  MailList(const std::string& name, const Batch& batch, const Limits& limits);

  // Whether the batch has room for more.
  [[nodiscard]] bool Full() const;
  [[nodiscard]] std::int64_t place() const { return batch_.place + static_cast<std::int64_t>(mails_.size()); }
  // A folder's name, before its mails.
  void Folder(const std::string& path);
  // `subject` becomes the mail's name, with its number: "Re: the lease (17).msg".
  void Add(std::string subject, const std::string& from, const std::string& date, const char* ending,
           const char* media_type, std::string bytes);
  void Unread(std::string what, std::string why) { unread_.push_back({std::move(what), std::move(why), ""}); }

  [[nodiscard]] bool nothing_but_damage() const { return mails_.empty() && !unread_.empty(); }

  [[nodiscard]] Result<Document> Take(const char* media_type, std::int64_t next);

 private:
  const std::string& name_;
  const Batch batch_;
  const Limits& limits_;
  Flow text_;
  std::string folder_;
  std::vector<Embedded> mails_;
  std::vector<class Unread> unread_;
  std::uint64_t bytes_ = 0;
};

// Outlook's (libpff).
[[nodiscard]] Result<Document> ReadPst(int descriptor, const std::string& name, const Batch& batch,
                                       const Limits& limits);

}  // namespace counsel::extractor
