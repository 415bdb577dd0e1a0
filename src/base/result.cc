#include "base/result.h"

#include <cerrno>
#include <system_error>

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
    case ENOMEM:
      return {ErrorCode::kOutOfMemory, std::move(message)};
    default:
      return {ErrorCode::kInternal, std::move(message)};
  }
}

}  // namespace counsel
