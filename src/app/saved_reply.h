// A reply of the daemon that is saved as a file.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "app/daemon_client.h"
#include "base/result.h"

namespace counsel::app {

// kInvalidArgument when it can be no new file: it has no name, or is there already, or its folder is not. For what
// takes long: said before, and not after.
[[nodiscard]] Result<void> CheckNewFile(const std::string& file);

// The bytes into a new file, for this user alone; nothing is left of it when it could not be completed.
[[nodiscard]] Result<void> WriteNewFile(const std::string& file, const std::string& bytes);

// Into a new file, for this user alone: what it holds is a client's. Nothing is left of it when it could not be
// completed. A reply that is an error comes back as that Error.
[[nodiscard]] boost::asio::awaitable<Result<void>> SaveReply(DaemonClient& daemon, const std::string& method,
                                                             const std::string& target, const Json& body,
                                                             const std::string& file);

}  // namespace counsel::app
