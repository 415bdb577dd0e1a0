#include "documents/extraction.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mail_store.h"
#include "base/offload.h"
#include "child/child.h"
#include "documents/extraction_order.h"
#include "documents/extractor_answer.h"
#include "documents/mail_stores.h"

namespace counsel::documents {
namespace {

namespace asio = boost::asio;

constexpr int kDocumentInChild = 3;
constexpr int kResultInChild = 4;
constexpr int kRefused = 2;    // exit status: the result is an error
constexpr int kElsewhere = 3;  // counsel-extract reads this format, counsel-extract-text does not
constexpr int kConvert = 4;    // an old Word document: counsel-convert makes a DOCX of it first
// The sanitizers map terabytes.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitAddressSpace = false;
#else
constexpr bool kLimitAddressSpace = true;
#endif

// What a program made of a document; null where it leaves it to another one.
struct Ran {
  Ran() = default;
  std::shared_ptr<const FileDescriptor> result;
  bool convert = false;
};

struct Files {
  Files() = default;
  FileDescriptor document;
  std::shared_ptr<const FileDescriptor> result;
};

std::string Mebibytes(std::uint64_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

Result<Files> OpenFiles(const std::filesystem::path& file, const std::string& name, const ExtractionLimits& limits) {
  Files files;
  files.document = FileDescriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!files.document.valid()) return Fail(ErrnoError(errno, "The stored bytes of '" + name + "' cannot be read"));
  struct stat status = {};
  if (::fstat(files.document.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kInvalidArgument, "'" + name + "' is not a file.");
  }
  if (status.st_size == 0) {
    return Fail(ErrorCode::kInvalidArgument, "'" + name + "' is empty.", "Add a file that has content.");
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > limits.input_bytes) {
    const bool of_mails = LooksLikeMailStore(FirstBytes(files.document.get()));
    const std::uint64_t most = of_mails ? limits.mail_store_bytes : limits.input_bytes;
    if (size > most) return FileTooLarge("'" + name + "'", most, of_mails);
  }
  // A file without a name in memory: nothing of the text touches the disk, and it ends with us.
  files.result = std::make_shared<const FileDescriptor>(::memfd_create("counsel-text", MFD_CLOEXEC));
  if (!files.result->valid()) return Fail(ErrnoError(errno, "No place for the text of a document"));
  // The child takes it from there: its arguments are for everybody on this machine to read.
  if (::pwrite(files.result->get(), name.data(), name.size(), 0) < 0) {
    return Fail(ErrnoError(errno, "No place for the name of a document"));
  }
  return files;
}

// ---- what a document did to its reader: another try would end likewise ----

Error TooMuchMemory(const ExtractionOrder& order) {
  return {ErrorCode::kTooLarge,
          "'" + order.name + "' could not be read: it needs more memory than " + Mebibytes(order.limits.memory_bytes) +
              ", the limit extraction.memory_mb.",
          "Split the document, or raise that limit and free some memory."};
}

Error TooMuchTime(const ExtractionOrder& order) {
  return {ErrorCode::kTooLarge,
          "'" + order.name + "' could not be read within " + std::to_string(order.limits.time.count()) +
              " seconds, the limit " + order.time_setting + ".",
          "Split the document into smaller files, or raise that limit."};
}

Error TooMuchText(const ExtractionOrder& order) {
  return {ErrorCode::kTooLarge,
          "The text of '" + order.name + "' is longer than " + Mebibytes(order.limits.text_bytes) +
              ", the limit extraction.max_text_mb.",
          "Split the document into smaller files, or raise that limit."};
}

Error Forbidden(const ExtractionOrder& order) {
  return {ErrorCode::kCorrupt,
          "'" + order.name + "' could not be read: it made the document reader try what its sandbox forbids.",
          "The file may be an attack: find out where it comes from before you open it elsewhere."};
}

// ---- what others did to it: no fault of the document ----

// None of our limits ends with SIGKILL, and our own kills are known: this one came from outside.
Error KilledFromOutside(const ExtractionOrder& order) {
  return {ErrorCode::kOutOfMemory,
          "'" + order.name + "' could not be read: its reader was killed, most likely because the machine has too " +
              "little memory.",
          "Free some memory, then add the document again."};
}

// Exit statuses: the dynamic loader's, when the program or a library of it is being replaced; and counsel-extract's
// own, when it does not know our arguments because it is of another version.
constexpr int kNotLoaded = 127;
constexpr int kUsage = 64;

Error CannotRun(const child::Exit& exit) {
  return {ErrorCode::kUnavailable, "The document reader (counsel-extract) does not run: it " + exit.ToString() + ".",
          "If that lasts, install it again (./run setup) and start Counsel anew."};
}

Error ExplainExit(const child::Exit& exit, std::string_view last_words, const ExtractionOrder& order) {
  const auto said = [last_words](std::string_view words) { return last_words.find(words) != std::string_view::npos; };
  // As poppler, C++ and GLib say it when they meet the limit of memory.
  if (said("Out of memory") || said("bad_alloc") || said("failed to allocate")) return TooMuchMemory(order);
  if (exit.kind == child::ExitKind::kExited) {
    const bool runs = exit.status != kNotLoaded && exit.status != kUsage;
    return runs ? ReaderFailed(order.name).value() : CannotRun(exit);
  }
  switch (exit.status) {
    case SIGKILL:
      return KilledFromOutside(order);
    case SIGXCPU:
      return TooMuchTime(order);
    case SIGXFSZ:
      return TooMuchText(order);
    case SIGSYS:
      return Forbidden(order);
    default:
      return ReaderFailed(order.name).value();
  }
}

child::ChildOptions OptionsOf(const ExtractionOrder& order, const Files& files) {
  const ExtractionLimits& limits = order.limits;
  child::ChildOptions options;
  options.argv = {order.extractor.string(),
                  "--max-text-bytes",
                  std::to_string(limits.text_bytes),
                  "--max-unpacked-bytes",
                  std::to_string(limits.unpacked_bytes),
                  "--max-embedded-files",
                  std::to_string(limits.embedded_files),
                  "--max-pages",
                  std::to_string(limits.pages)};
  options.argv.insert(options.argv.end(), order.arguments.begin(), order.arguments.end());
  options.environment = {"LC_ALL=C.UTF-8", "OMP_THREAD_LIMIT=1"};  // tesseract's own threads are forbidden
  options.descriptors = {{files.document.get(), kDocumentInChild}, {files.result->get(), kResultInChild}};
  options.nice = order.nice;
  LimitExtraction(limits, &options);
  return options;
}

}  // namespace

tl::unexpected<Error> FileTooLarge(const std::string& what, std::uint64_t most_bytes, bool of_mails) {
  return Fail(ErrorCode::kTooLarge,
              what + " is larger than " + Mebibytes(most_bytes) + ", the limit extraction." +
                  (of_mails ? "max_mailbox_mb." : "max_file_mb."),
              "Split it into smaller files, or raise that limit.");
}

void LimitExtraction(const ExtractionLimits& limits, child::ChildOptions* options) {
  options->address_space_limit = kLimitAddressSpace ? limits.memory_bytes : 0;
  // Behind the deadline, for a child that we could not kill in time.
  options->cpu_seconds_limit = static_cast<std::uint64_t>(limits.time.count()) + 2;
  options->file_size_limit = limits.text_bytes + kHeadBytes + limits.unpacked_bytes;
}

// Ties the child, its deadline and the caller's wish to stop together for the time of one extraction.
class ExtractionRun {
 public:
  ExtractionRun(const asio::any_io_executor& io, std::unique_ptr<child::Child> child,
                std::shared_ptr<ExtractionStop> stop)
      : child_(std::move(child)), stop_(std::move(stop)), deadline_(io) {
    if (stop_) stop_->kills_[this] = [this] { child_->Kill(); };
  }
  ~ExtractionRun() {
    if (stop_) stop_->kills_.erase(this);
  }
  ExtractionRun(const ExtractionRun&) = delete;
  ExtractionRun& operator=(const ExtractionRun&) = delete;

  asio::awaitable<child::Exit> Wait(std::chrono::seconds time) {
    deadline_.expires_after(time);
    // The handler may be queued already when the child ends and we are gone: it asks first.
    std::weak_ptr<ExtractionRun*> here = self_;
    deadline_.async_wait([here](boost::system::error_code cancelled) {
      const std::shared_ptr<ExtractionRun*> run = here.lock();
      if (cancelled || !run) return;
      (*run)->timed_out_ = true;
      (*run)->child_->Kill();
    });
    child::Exit exit = co_await child_->Wait();
    deadline_.cancel();
    co_return exit;
  }

  [[nodiscard]] bool timed_out() const { return timed_out_; }
  [[nodiscard]] std::string_view last_words() const { return child_->last_words(); }

 private:
  std::unique_ptr<child::Child> child_;
  std::shared_ptr<ExtractionStop> stop_;
  asio::steady_timer deadline_;
  std::shared_ptr<ExtractionRun*> self_ = std::make_shared<ExtractionRun*>(this);
  bool timed_out_ = false;
};

namespace {

bool Stopped(const ExtractionOrder& order) {
  return order.stop && order.stop->requested();
}

tl::unexpected<Error> SayStopped(const ExtractionOrder& order) {
  return Fail(ErrorCode::kCancelled, "Reading '" + order.name + "' was stopped.");
}

asio::awaitable<Result<std::unique_ptr<child::Child>>> StartReader(std::shared_ptr<const ExtractionOrder> order,
                                                                   child::ChildOptions options) {
  if (!order->readers) co_return child::Child::Spawn(order->io, std::move(options));
  auto starting = order->readers->Start(std::move(options));
  co_return co_await std::move(starting);
}

asio::awaitable<Result<Ran>> RunOne(std::shared_ptr<const ExtractionOrder> order) {
  auto open = [&] { return OpenFiles(order->file, order->name, order->limits); };
  Result<Files> files = co_await Offload(order->threads, open);
  if (!files) co_return Fail(std::move(files.error()));
  if (Stopped(*order)) co_return SayStopped(*order);
  child::ChildOptions options = OptionsOf(*order, *files);
  auto starting = StartReader(order, std::move(options));
  Result<std::unique_ptr<child::Child>> spawned = co_await std::move(starting);
  if (!spawned) co_return Fail(std::move(spawned.error()));

  if (Stopped(*order)) co_return SayStopped(*order);
  ExtractionRun run(order->io, std::move(*spawned), order->stop);
  const child::Exit exit = co_await run.Wait(order->limits.time);
  if (Stopped(*order)) co_return SayStopped(*order);
  if (run.timed_out()) co_return Fail(TooMuchTime(*order));
  const bool exited = exit.kind == child::ExitKind::kExited;
  Ran ran;
  ran.convert = exited && exit.status == kConvert;
  if (exited && (exit.status == kElsewhere || ran.convert)) co_return ran;
  if (!exited || (exit.status != 0 && exit.status != kRefused)) {
    co_return Fail(ExplainExit(exit, run.last_words(), *order));
  }
  auto read = [&]() -> Result<Ran> {
    ran.result = files->result;
    if (exit.status != kRefused) return ran;
    Error refusal = ReadRefusal(*files->result, order->name);
    // It does not know how much that is.
    if (refusal.code == ErrorCode::kOutOfMemory) return Fail(TooMuchMemory(*order));
    return Fail(std::move(refusal));
  };
  Result<Ran> result = co_await Offload(order->threads, read);
  co_return result;
}

// Files that only counsel-extract reads, by what they are usually called: for them the other is not tried.
bool CalledByItself(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos) return false;
  std::string ending = name.substr(dot + 1);
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  static constexpr std::array<std::string_view, 10> kEndings = {"pdf", "eml",  "png", "jpg", "jpeg",
                                                                "tif", "tiff", "pst", "ost", "mbox"};
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

}  // namespace

asio::awaitable<Result<std::shared_ptr<const FileDescriptor>>> RunExtractor(
    std::shared_ptr<const ExtractionOrder> order) {
  Result<Ran> ran = co_await RunOne(order);
  if (!ran) co_return Fail(std::move(ran.error()));
  if (!ran->result) co_return Fail(ReaderFailed(order->name).value());
  co_return ran->result;
}

namespace {

// What counsel-extract-text made of it, where it is installed.
asio::awaitable<Result<Ran>> RunTextExtractor(std::shared_ptr<const ExtractionOrder> order) {
  auto lighter = std::make_shared<ExtractionOrder>(*order);
  lighter->extractor += "-text";
  auto look = [&lighter] { return ::access(lighter->extractor.c_str(), X_OK) == 0; };
  if (CalledByItself(order->name)) co_return Ran();
  const bool there = co_await Offload(order->threads, look);
  if (!there) co_return Ran();
  co_return co_await RunOne(std::move(lighter));
}

asio::awaitable<Result<ExtractedText>> ReadResult(std::shared_ptr<const ExtractionOrder> order, Ran ran) {
  if (!ran.result) co_return Fail(ReaderFailed(order->name).value());
  auto read = [&] { return ReadAnswer(ran.result, order->name, order->limits); };
  Result<ExtractedText> text = co_await Offload(order->threads, read);
  co_return text;
}

// An old Word document, by way of a DOCX that counsel-convert makes of it in memory.
asio::awaitable<Result<ExtractedText>> ExtractConverted(std::shared_ptr<const ExtractionOrder> order) {
  constexpr std::uint64_t kLeastMemory = std::uint64_t{1} << 30;  // LibreOffice begins with most of it
  auto converter = std::make_shared<ExtractionOrder>(*order);
  converter->extractor = order->extractor.parent_path() / "counsel-convert";
  converter->readers = nullptr;  // no fork: it is a program of its own
  converter->limits.memory_bytes = std::max(order->limits.memory_bytes, kLeastMemory);
  Result<Ran> made = co_await RunOne(converter);
  if (!made) co_return Fail(std::move(made.error()));
  if (!made->result) co_return Fail(ReaderFailed(order->name).value());
  auto docx = std::make_shared<ExtractionOrder>(*order);
  docx->file = "/proc/self/fd/" + std::to_string(made->result->get());
  Result<Ran> ran = co_await RunOne(docx);
  if (!ran) co_return Fail(std::move(ran.error()));
  Result<ExtractedText> text = co_await ReadResult(docx, *ran);
  if (!text) co_return Fail(std::move(text.error()));
  text->media_type = "application/msword";
  text->notes.insert(text->notes.begin(),
                     "It is an old Word document (DOC): its text is what LibreOffice makes of it.");
  co_return text;
}

asio::awaitable<Result<ExtractedText>> ExtractText(std::shared_ptr<const ExtractionOrder> order) {
  Result<Ran> ran = co_await RunTextExtractor(order);
  if (ran && !ran->result && !ran->convert) ran = co_await RunOne(order);
  if (!ran) co_return Fail(std::move(ran.error()));
  if (ran->convert) {
    Result<ExtractedText> converted = co_await ExtractConverted(order);
    co_return converted;
  }
  Result<ExtractedText> text = co_await ReadResult(order, *ran);
  co_return text;
}

}  // namespace

asio::awaitable<Result<ExtractedText>> ExtractBatch(asio::any_io_executor io, asio::thread_pool& threads,
                                                    Extractor extractor, std::filesystem::path file, std::string name,
                                                    ExtractionLimits limits, MailBatch batch,
                                                    std::shared_ptr<ExtractionStop> stop) {
  auto order = std::make_shared<ExtractionOrder>(std::move(io), threads);
  order->extractor = std::move(extractor.program);
  order->readers = std::move(extractor.readers);
  order->file = std::move(file);
  order->name = std::move(name);
  order->limits = limits;
  order->arguments = {"--from", std::to_string(batch.from), "--place", std::to_string(batch.place)};
  order->stop = std::move(stop);
  return ExtractText(std::move(order));
}

asio::awaitable<Result<ExtractedText>> Extract(asio::any_io_executor io, asio::thread_pool& threads,
                                               Extractor extractor, std::filesystem::path file, std::string name,
                                               ExtractionLimits limits, std::shared_ptr<ExtractionStop> stop) {
  auto order = std::make_shared<ExtractionOrder>(std::move(io), threads);
  order->extractor = std::move(extractor.program);
  order->readers = std::move(extractor.readers);
  order->file = std::move(file);
  order->name = std::move(name);
  order->limits = limits;
  order->stop = std::move(stop);
  return ExtractText(std::move(order));
}

}  // namespace counsel::documents
