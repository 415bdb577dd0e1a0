#include "app/saved_reply.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace counsel::app {

namespace asio = boost::asio;

namespace {

constexpr const char* kNameANewOne = "Name a file that is not there yet, in a folder that is.";

Result<void> CopyInto(std::FILE* file, const std::string& bytes, const std::string& path) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size()) return {};
  return Fail(ErrnoError(errno, "Cannot write " + path));
}

}  // namespace

Result<void> CheckNewFile(const std::string& file) {
  if (file.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "The file's name must not be empty.",
                "Name a file that is not there yet.");
  }
  std::error_code ignored;
  const std::filesystem::path path(file);
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    return Fail(ErrorCode::kAlreadyExists, "There is already a file " + file + ".", kNameANewOne);
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (!std::filesystem::is_directory(folder, ignored)) {
    return Fail(ErrorCode::kNotFound, "There is no folder " + folder.string() + ".", kNameANewOne);
  }
  return {};
}

Result<void> WriteNewFile(const std::string& path, const std::string& bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return Fail(ErrnoError(errno, "Cannot make " + path));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(::fdopen(descriptor, "w"), std::fclose);
  Result<void> written = CopyInto(file.get(), bytes, path);
  if (written && (std::fflush(file.get()) != 0 || ::fsync(descriptor) != 0)) {
    written = Fail(ErrnoError(errno, "Cannot write " + path));
  }
  if (!written) ::unlink(path.c_str());
  return written;
}

asio::awaitable<Result<void>> SaveReply(DaemonClient& daemon, const std::string& method, const std::string& target,
                                        const Json& body, const std::string& path) {
  CO_RETURN_IF_ERROR(CheckNewFile(path));
  Result<net::ReplyStream> stream = co_await daemon.Stream(method, target, body);
  if (!stream) co_return Fail(std::move(stream.error()));
  if (stream->status() != 200) {
    Result<std::string> text = co_await stream->ReadAll(std::size_t{1} << 20);
    if (!text) co_return Fail(std::move(text.error()));
    co_return Fail(ErrorFromJson(Json::parse(*text, nullptr, false), stream->status()));
  }
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    Error error = ErrnoError(errno, "Cannot make " + path);
    if (error.next_step.empty()) error.next_step = kNameANewOne;
    co_return Fail(std::move(error));
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(::fdopen(descriptor, "w"), std::fclose);
  Result<void> written;
  for (;;) {
    Result<std::string> some = co_await stream->ReadSome();
    if (!some) written = Fail(std::move(some.error()));
    if (!written || some->empty()) break;
    written = CopyInto(file.get(), *some, path);
  }
  if (written && (std::fflush(file.get()) != 0 || ::fsync(descriptor) != 0)) {
    written = Fail(ErrnoError(errno, "Cannot write " + path));
  }
  if (!written) ::unlink(path.c_str());
  co_return written;
}

}  // namespace counsel::app
