// Blocking work away from the io thread.
#pragma once

#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace counsel {

namespace internal {
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> RunHere(Work work) {
  co_return work();
}
}  // namespace internal

// Runs work() on a thread of `pool`; the caller resumes on its own executor with what it returned. Once begun it is not
// cancelled.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> Offload(boost::asio::thread_pool& pool, Work work) {
  co_return co_await boost::asio::co_spawn(pool, internal::RunHere<Work>(std::move(work)), boost::asio::use_awaitable);
}

}  // namespace counsel
