// Whether another try helps, case by case.
#include "base/judgement.h"

#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

namespace counsel {
namespace {

TEST(Judging, WhatTheSystemRefusesForTheMomentIsForLaterAndWhatItForbidsIsNot) {
  for (const int error : {EAGAIN, EMFILE, ENFILE, ENOBUFS, EBUSY, ETXTBSY, EIO, ESTALE, ENOSPC, EDQUOT, ETIMEDOUT,
                          ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETDOWN, EPIPE, EINTR}) {
    EXPECT_EQ(Judge(ErrnoError(error, "It fails")), Judgement::kLater) << std::generic_category().message(error);
  }
  EXPECT_EQ(Judge(ErrnoError(ENOMEM, "It fails")), Judgement::kSmaller);
  for (const int error : {ENOENT, ENOTDIR, EACCES, EPERM, EROFS, E2BIG, EFBIG, EINVAL, EBADF}) {
    EXPECT_EQ(Judge(ErrnoError(error, "It fails")), Judgement::kPermanent) << std::generic_category().message(error);
  }
}

TEST(Judging, AnExceptionIsJudgedByWhatItIs) {
  EXPECT_EQ(Judge(ThrownError(std::bad_alloc(), "It fails")), Judgement::kSmaller);
  EXPECT_EQ(Judge(ThrownError(std::bad_array_new_length(), "It fails")), Judgement::kSmaller);
  EXPECT_EQ(Judge(ThrownError(std::system_error(EMFILE, std::system_category()), "It fails")), Judgement::kLater);
  const boost::system::system_error aborted(boost::asio::error::operation_aborted);
  EXPECT_EQ(ThrownError(aborted, "It fails").code, ErrorCode::kCancelled);
  const Error ours = ThrownError(std::out_of_range("basic_string::substr"), "It fails");
  EXPECT_EQ(Judge(ours), Judgement::kPermanent);
  EXPECT_EQ(ours.message, "It fails: basic_string::substr.");
}

}  // namespace
}  // namespace counsel
