#include "base/judgement.h"

namespace counsel {

Judgement Judge(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kModelFileMissing:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kTooLarge:
    case ErrorCode::kUnsupported:
    case ErrorCode::kCorrupt:
    case ErrorCode::kInternal:
      return Judgement::kPermanent;
    case ErrorCode::kOverloaded:
    case ErrorCode::kNoSpace:
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kCancelled:
      return Judgement::kLater;
    case ErrorCode::kOutOfMemory:
      return Judgement::kSmaller;
  }
  return Judgement::kPermanent;
}

std::string_view JudgementName(Judgement judgement) {
  switch (judgement) {
    case Judgement::kPermanent:
      return "permanent";
    case Judgement::kLater:
      return "later";
    case Judgement::kSmaller:
      return "smaller";
  }
  return "permanent";
}

}  // namespace counsel
