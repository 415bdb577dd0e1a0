#include "answers/beside.h"

#include <exception>
#include <string>
#include <utility>

#include <boost/system/system_error.hpp>

namespace counsel::answers {

namespace asio = boost::asio;

asio::awaitable<void> AddBeside(const char* what, Answer* answer,
                                std::function<asio::awaitable<Result<void>>(Answer*)> add) {
  Answer more = *answer;
  std::string failure;
  try {
    const Result<void> added = co_await add(&more);
    if (!added) failure = added.error().message;
  } catch (const boost::system::system_error&) {
    throw;
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure.empty()) {
    *answer = std::move(more);
  } else {
    answer->notes.push_back(std::string(what) + ": " + failure);
  }
}

}  // namespace counsel::answers
