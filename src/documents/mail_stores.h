// Files of mails (PST, OST, mbox): read in batches, so that the limits hold for the mails and not for the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "documents/extraction.h"

namespace counsel::documents {

struct MailBatch {
  std::int64_t from = 0;   // ExtractedText::next of the batch before
  std::int64_t place = 0;  // mails in the batches before
};

// As Extract: the batch's mails are `embedded`, the text goes on with the list of them.
[[nodiscard]] boost::asio::awaitable<Result<ExtractedText>> ExtractBatch(
    boost::asio::any_io_executor io, boost::asio::thread_pool& threads, Extractor extractor, std::filesystem::path file,
    std::string name, ExtractionLimits limits, MailBatch batch, std::shared_ptr<ExtractionStop> stop);

// A file of mails has at most so many; more are left out, with a note.
inline constexpr std::int64_t kMostMails = 1'000'000;

// Appends a batch's text and what is known of it.
void AppendBatch(ExtractedText&& batch, ExtractedText* text);

}  // namespace counsel::documents
