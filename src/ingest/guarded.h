// One document must not end the loops.
#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace counsel::ingest {

// An exception from within becomes an Error: no memory is kOutOfMemory, no descriptor kUnavailable, a mistake of ours
// kInternal.
template <class T>
boost::asio::awaitable<Result<T>> Guarded(boost::asio::awaitable<Result<T>> work) {
  std::optional<Error> error;
  try {
    co_return co_await std::move(work);
  } catch (const std::exception& thrown) {
    error = ThrownError(thrown, "Working on the document failed");
  }
  co_return Fail(std::move(*error));
}

}  // namespace counsel::ingest
