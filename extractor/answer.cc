#include "extractor/answer.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <new>

#include <iconv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "extractor/elsewhere.h"

namespace counsel::extractor {
namespace {

constexpr int kRefused = 2;
constexpr std::size_t kMaxInput = std::size_t{1} << 30;

Result<std::string> ReadAll() {
  struct stat status = {};
  const bool known = ::fstat(kDocument, &status) == 0 && S_ISREG(status.st_mode);
  constexpr std::size_t kMost = std::size_t{1} << 20;
  std::string bytes;
  // A byte more than a small document has, to see its end.
  std::string buffer(known ? std::min(kMost, static_cast<std::size_t>(status.st_size) + 1) : kMost, '\0');
  for (;;) {
    const ssize_t n = ::read(kDocument, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail(ErrnoError(errno, "The document cannot be read"));
    if (n == 0) return bytes;
    if (bytes.size() + static_cast<std::size_t>(n) > kMaxInput) {
      return Fail(ErrorCode::kTooLarge, "The document is larger than 1 GiB.", "Split it into smaller files.");
    }
    bytes.append(buffer, 0, static_cast<std::size_t>(n));
  }
}

bool WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(kResult, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool WriteResult(const Result<Document>& document) {
  if (!WriteAll(Frame(document))) return false;
  return !document || std::all_of(document->embedded.begin(), document->embedded.end(),
                                  [](const Embedded& file) { return WriteAll(file.bytes); });
}

// What `work` returns, whatever a library throws.
template <class Work>
auto WithoutThrowing(const std::string& name, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kOutOfMemory, "'" + name + "' needs more memory than reading a document may take.",
                "Split the document into smaller files.");
  } catch (const std::exception&) {
    return Fail(ErrorCode::kCorrupt, "'" + name + "' could not be read: it is damaged.",
                "Open it in a viewer and save it anew, or get another copy.");
  }
}

// `read` of the document's bytes.
template <class Read>
auto ReadWithoutThrowing(const std::string& name, Read read) -> decltype(read(std::string())) {
  return WithoutThrowing(name, [&]() -> decltype(read(std::string())) {
    Result<std::string> bytes = ReadAll();
    if (!bytes) return Fail(std::move(bytes.error()));
    return read(*bytes);
  });
}

tl::unexpected<Error> Unconfined() {
  return Fail(ErrorCode::kUnsupported, "No document is read here: this system offers no way to confine the reader.",
              "Use a Linux kernel with seccomp; counsel doctor shows what is missing.");
}

}  // namespace

void LoadEarly() {
  ::tzset();
  PrepareMail();
  // poppler converts through iconv. A converter stays loaded as long as it is open: for good.
  ::iconv_open("UTF-8", "UTF-16");
}

// Each task's answer, or why there is none.
int Answer(const Order& order, bool confined) {
  const std::string& name = order.name;
  const PageRequest& request = order.page;
  if (order.task == Task::kText) {
    const auto read = [&](const std::string& bytes) { return ReadDocument(bytes, name, order.limits); };
    std::optional<Result<Document>> store;
    if (confined)
      store = WithoutThrowing(name, [&] { return ReadMailStore(kDocument, name, order.batch, order.limits); });
    const Result<Document> document = store      ? std::move(*store)
                                      : confined ? ReadWithoutThrowing(name, read)
                                                 : Result<Document>(Unconfined());
    if (document && document->old_word) return kConvertFirst;
    return WriteResult(document) ? (document ? 0 : kRefused) : 1;
  }
  if (order.task == Task::kImage) {
    const auto read = [&](const std::string& bytes) { return ShowPage(bytes, name, request); };
    const Result<std::string> png = confined ? ReadWithoutThrowing(name, read) : Result<std::string>(Unconfined());
    return WriteAll(FrameImage(png)) ? (png ? 0 : kRefused) : 1;
  }
  const auto read = [&](const std::string& bytes) {
    return order.task == Task::kOcr ? ReadPageByOcr(bytes, name, request) : PlaceWords(bytes, name, request);
  };
  const Result<PlacedPage> page = confined ? ReadWithoutThrowing(name, read) : Result<PlacedPage>(Unconfined());
  return WriteAll(FramePage(page)) ? (page ? 0 : kRefused) : 1;
}

}  // namespace counsel::extractor
