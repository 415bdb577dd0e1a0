// A file that a request brought: received to the disk, then recorded as a document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "documents/documents.h"
#include "http/routes.h"

namespace counsel::http {

// What came in and where it belongs, before it becomes a row.
struct Arrived {
  Arrived() = default;
  std::string matter{documents::kDefaultMatter};
  std::string name;
  std::string path;  // "" for an upload without one
  documents::Priority priority = documents::Priority::kWaitedFor;
  documents::Originals::Incoming::Stored stored;
};

// Whether its matter, path and name can be recorded: kInvalidArgument.
[[nodiscard]] Result<void> CheckNames(const Arrived& arrived);

// What a form may have beside its `file`. Other fields are ignored.
enum class FormFields { kMatterAndPath, kNone };

// The request's multipart/form-data: its fields, then one `file` of at most `limit` bytes. Fields are checked as the
// file begins, so that nothing is stored of what will be refused; hashing and writing happen on services.threads, a
// piece at a time. Nothing when there is no such file. What is stored and not recorded goes again by itself
// (Originals::OnLetGo). Errors: kInvalidArgument, kTooLarge, kNoSpace.
[[nodiscard]] boost::asio::awaitable<Result<std::optional<Arrived>>> ReceiveForm(Call& call, std::uint64_t limit,
                                                                                 FormFields fields);

// Queues it and wakes the ingest. Errors: kInvalidArgument (empty, its name or matter), those of the store.
[[nodiscard]] boost::asio::awaitable<Result<documents::Added>> RecordArrived(Services& services,
                                                                             const Arrived& arrived);

}  // namespace counsel::http
