#include "base/result.h"

#include <cerrno>
#include <new>
#include <system_error>

#include <boost/system/system_error.hpp>

namespace counsel {

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kModelFileMissing:
      return "model_file_missing";
    case ErrorCode::kAlreadyExists:
      return "already_exists";
    case ErrorCode::kUnauthenticated:
      return "unauthenticated";
    case ErrorCode::kPermissionDenied:
      return "permission_denied";
    case ErrorCode::kTooLarge:
      return "too_large";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kOverloaded:
      return "overloaded";
    case ErrorCode::kOutOfMemory:
      return "out_of_memory";
    case ErrorCode::kNoSpace:
      return "no_space";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kDeadlineExceeded:
      return "deadline_exceeded";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

std::string Error::ToString() const {
  if (next_step.empty()) return message;
  // What ends in a path stands on a line of its own.
  const bool sentence = message.ends_with('.') || message.ends_with('!') || message.ends_with('?');
  return message + (sentence ? " " : "\n") + next_step;
}

Error ErrnoError(int errno_value, std::string_view what) {
  std::string message = std::string(what) + ": " + std::generic_category().message(errno_value) + ".";
  switch (errno_value) {
    case ENOSPC:
    case EDQUOT:
      return {ErrorCode::kNoSpace, std::move(message), "Free some disk space, then try again."};
    case EACCES:
    case EPERM:
    case EROFS:
      return {ErrorCode::kPermissionDenied, std::move(message), "Check the permissions of that path."};
    case ENOENT:
    case ENOTDIR:
      return {ErrorCode::kNotFound, std::move(message)};
    case E2BIG:
    case EFBIG:
      return {ErrorCode::kTooLarge, std::move(message)};
    case ENOMEM:
      return {ErrorCode::kOutOfMemory, std::move(message), "Free some memory, then try again."};
    case EMFILE:
    case ENFILE:
      return {ErrorCode::kUnavailable, std::move(message), "Close some programs, then try again."};
    // What the machine, a disk or another program cannot do at the moment.
    case EAGAIN:
    case EBUSY:
    case EINTR:
    case EIO:
    case ENOBUFS:
    case ENOLCK:
    case ESTALE:
    case ETIMEDOUT:
    case ETXTBSY:
    case ECONNABORTED:
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
    case EPIPE:
      return {ErrorCode::kUnavailable, std::move(message), "Try again later."};
    case ECANCELED:
      return {ErrorCode::kCancelled, std::move(message)};
    default:
      return {ErrorCode::kInternal, std::move(message)};
  }
}

Error ThrownError(const std::exception& thrown, std::string_view what) {
  if (dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr) {
    return {ErrorCode::kOutOfMemory, std::string(what) + ": there is no memory left.",
            "Free some memory, then try again."};
  }
  std::error_code code;
  if (const auto* system = dynamic_cast<const std::system_error*>(&thrown)) code = system->code();
  if (const auto* system = dynamic_cast<const boost::system::system_error*>(&thrown)) code = system->code();
  const std::error_condition condition = code.default_error_condition();
  if (condition && condition.category() == std::generic_category()) return ErrnoError(condition.value(), what);
  return {ErrorCode::kInternal, std::string(what) + ": " + thrown.what() + "."};
}

}  // namespace counsel
