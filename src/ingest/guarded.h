// One document must not end the loops.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace counsel::ingest {

// An exception from within (no memory) becomes an Error.
template <class T>
boost::asio::awaitable<Result<T>> Guarded(boost::asio::awaitable<Result<T>> work) {
  std::string what;
  try {
    co_return co_await std::move(work);
  } catch (const std::exception& thrown) {
    what = thrown.what();
  }
  co_return Fail(ErrorCode::kOutOfMemory, "Working on the document failed (" + what + ").",
                 "Free some memory, then add the document again.");
}

}  // namespace counsel::ingest
