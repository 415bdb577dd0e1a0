// Where a server listens, and what is in its way.
#include <filesystem>

#include <sys/stat.h>

#include "net/server_fixture.h"

namespace counsel::net {
namespace {

using ::testing::HasSubstr;
using ServerSocketsTest = ServerTest;

TEST_F(ServerSocketsTest, TheSocketFileIsPrivateAndAStaleOneIsReplaced) {
  {
    // What a killed daemon leaves: a socket file that nobody answers.
    Server dead(io_.get_executor(), {}, Echo);
    ASSERT_TRUE(dead.ListenUnix(SocketPath("live")));
    std::filesystem::rename(SocketPath("live"), SocketPath());
  }
  ASSERT_TRUE(std::filesystem::exists(SocketPath()));
  Start(Echo);
  struct stat status {};
  ASSERT_EQ(lstat(SocketPath().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(ServerSocketsTest, ASocketThatSomebodyAnswersIsNotTaken) {
  Start(Echo);
  Server second(io_.get_executor(), {}, Echo);
  const Result<void> listening = second.ListenUnix(SocketPath());
  EXPECT_EQ(CodeOf(listening), ErrorCode::kAlreadyExists);
}

TEST_F(ServerSocketsTest, AnOrdinaryFileIsNotReplacedByASocket) {
  std::filesystem::create_directory(SocketPath());
  Server server(io_.get_executor(), {}, Echo);
  const Result<void> listening = server.ListenUnix(SocketPath());
  EXPECT_EQ(CodeOf(listening), ErrorCode::kAlreadyExists);
}

TEST_F(ServerSocketsTest, APortInUseIsNamed) {
  Server first(io_.get_executor(), {}, Echo), second(io_.get_executor(), {}, Echo);
  const Result<std::uint16_t> port = first.ListenTcp("127.0.0.1", 0);
  ASSERT_TRUE(port);
  const Result<std::uint16_t> again = second.ListenTcp("127.0.0.1", *port);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kAlreadyExists);
  EXPECT_THAT(again.error().message, HasSubstr(std::to_string(*port)));
}

}  // namespace
}  // namespace counsel::net
