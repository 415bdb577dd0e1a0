#include "net/child_program.h"

#include <csignal>
#include <cstdio>

#include <malloc.h>
#include <unistd.h>

namespace counsel::net {

namespace asio = boost::asio;

void PrepareChildProgram() {
  std::signal(SIGPIPE, SIG_IGN);
  // Fixed: by itself it grows with what is freed, and then the memory of a long text would never be given back.
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}

void ReportState(std::string_view json) {
  std::printf("cmd_child_to_router:state:%.*s\n", static_cast<int>(json.size()), json.data());
  std::fflush(stdout);
}

ChildTether::ChildTether(asio::io_context& io)
    : io_(io), signals_(io, SIGTERM, SIGINT), input_(io, ::dup(STDIN_FILENO)) {
  signals_.async_wait([this](const boost::system::error_code& error, int) {
    if (!error) io_.stop();
  });
  WatchStdin();
}

// What comes before the end is read and forgotten.
void ChildTether::WatchStdin() {
  // Wait and read, not async_read: that would make the descriptor non-blocking for everybody who shares it.
  input_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
    if (error == asio::error::operation_aborted) return;
    char forgotten[4096];
    if (::read(input_.native_handle(), forgotten, sizeof forgotten) <= 0) return io_.stop();
    WatchStdin();
  });
}

}  // namespace counsel::net
