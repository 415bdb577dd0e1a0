// Result<T>: how every room reports what can go wrong in use. Exceptions stop at the edge of the library that throws.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace counsel {

// What kind of thing went wrong. http/ has the one table from these to HTTP statuses, app/ the one to exit statuses,
// judgement.h the one to whether trying again helps; docs/errors.md shows all three.
enum class ErrorCode {
  kInvalidArgument,   // the request itself is wrong; repeating it will not help
  kNotFound,          // a document, matter, model or path that is not there
  kModelFileMissing,  // the catalogue knows the model, its file is not installed
  kAlreadyExists,     // also: another daemon holds the home
  kUnauthenticated,   // a token or key is missing or wrong
  kPermissionDenied,  // the operating system or a setting forbids it
  kTooLarge,          // over a stated limit, of size, memory or time
  kUnsupported,       // a format, feature or capability that Counsel does not have
  kCorrupt,           // bytes that are not what they claim to be
  kOverloaded,        // a bounded queue is full; try again later
  kOutOfMemory,       // the host or a device cannot give what is needed
  kNoSpace,           // the disk is full
  kUnavailable,       // a child, server or network that should answer does not (now)
  kDeadlineExceeded,  // who should answer did not in time
  kCancelled,         // the caller left, or the daemon is stopping
  kInternal,          // a mistake of ours
};

// The stable name of a code as JSON and logs show it, e.g. "model_file_missing".
std::string_view ErrorCodeName(ErrorCode code);

// One failure, for a person. `message` is one sentence that says what happened; `next_step` one that says what to do
// ("" when there is nothing to do). Neither ever holds document text or a key.
struct Error {
  Error(ErrorCode code_in, std::string message_in, std::string next_step_in = "")
      : code(code_in), message(std::move(message_in)), next_step(std::move(next_step_in)) {}

  ErrorCode code;
  std::string message;
  std::string next_step;

  // "message next_step", as a terminal shows it.
  [[nodiscard]] std::string ToString() const;
};

template <class T>
using Result = tl::expected<T, Error>;

// return Fail(ErrorCode::kNotFound, "No document 'x'.", "See: counsel documents");
[[nodiscard]] inline tl::unexpected<Error> Fail(ErrorCode code, std::string message, std::string next_step = "") {
  return tl::unexpected<Error>(Error(code, std::move(message), std::move(next_step)));
}
[[nodiscard]] inline tl::unexpected<Error> Fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

// An errno value as an Error: ENOSPC is kNoSpace, EACCES kPermissionDenied, ENOENT kNotFound, ENOMEM kOutOfMemory; what
// the machine cannot do at the moment (EAGAIN, EMFILE, EIO, …) kUnavailable; others kInternal. `what` says what was
// being done: "Cannot write /x/y".
[[nodiscard]] Error ErrnoError(int errno_value, std::string_view what);
// An exception likewise: bad_alloc is kOutOfMemory, a system error as its errno, others kInternal.
[[nodiscard]] Error ThrownError(const std::exception& thrown, std::string_view what);

}  // namespace counsel

// Hand an error on, in one line, where a Result comes back:
//
//   RETURN_IF_ERROR(CheckName(name));
//   ASSIGN_OR_RETURN(const Document document, GetDocument(db, id));   // a new variable, or one that there is
//   CO_RETURN_IF_ERROR(co_await TakeTurn(patience));                  // in coroutines
//   ASSIGN_OR_CO_RETURN(std::string body, co_await exchange.ReadBody(kLimit));
//
// ASSIGN_… are two statements: not for the only statement of an if. A type with a comma in it needs a name first.
#define RETURN_IF_ERROR(...)                                              \
  do {                                                                    \
    auto handed_on = __VA_ARGS__;                                         \
    if (!handed_on) return ::counsel::Fail(std::move(handed_on.error())); \
  } while (false)
#define CO_RETURN_IF_ERROR(...)                                              \
  do {                                                                       \
    auto handed_on = __VA_ARGS__;                                            \
    if (!handed_on) co_return ::counsel::Fail(std::move(handed_on.error())); \
  } while (false)
#define ASSIGN_OR_RETURN(variable, ...) \
  COUNSEL_ASSIGN_OR(return, COUNSEL_JOIN(result_, __LINE__), variable, __VA_ARGS__)
#define ASSIGN_OR_CO_RETURN(variable, ...) \
  COUNSEL_ASSIGN_OR(co_return, COUNSEL_JOIN(result_, __LINE__), variable, __VA_ARGS__)
#define COUNSEL_ASSIGN_OR(leave, result, variable, ...)          \
  auto result = __VA_ARGS__;                                     \
  if (!result) leave ::counsel::Fail(std::move(result.error())); \
  variable = std::move(*result)
#define COUNSEL_JOIN(a, b) COUNSEL_JOIN_EXPANDED(a, b)
#define COUNSEL_JOIN_EXPANDED(a, b) a##b
