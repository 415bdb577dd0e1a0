// Whose socket the other end is: what kernels answered, recorded (Linux 6.18), and what this one answers now.
#include "net/peer_owner.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "net/listen.h"

namespace counsel::net {
namespace {

SocketPair Pair(const std::string& theirs, std::uint16_t their_port, const std::string& ours, std::uint16_t our_port) {
  return {LiteralAddress(theirs, their_port).value(), LiteralAddress(ours, our_port).value()};
}

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// ---- the diagnosis ----

constexpr std::string_view kRequest4 =
    "4800000014000100000000000000000002060000ffffffffcd2c9b0f7f0000010000000000000000000000007f0000010000000000000000"
    "0000000001000000ffffffffffffffff";
constexpr std::string_view kOfRoot4 =
    "7c0000001400000001000000ab3b000002010000cd2c9b0f7f0000010000000000000000000000007f000001000000000000000000000000"
    "000000000100000000000000000000000000000000000000000000008d360100050008000000000008000f00000000000c001500010000000"
    "00000000600160052000000";
constexpr std::string_view kOfNobody4 =
    "7c0000001400000001000000ab3b000002010000eae4b19b7f0000010000000000000000000000007f000001000000000000000000000000"
    "000000000700000000000000000000000000000000000000feff0000ab360100050008000000000008000f00000000000c001500010000000"
    "00000000600160052000000";
constexpr std::string_view kOfRoot6 =
    "7c0000001400000001000000ab3b00000a010000a766b5e300000000000000000000000000000001000000000000000000000000000000010"
    "000000003000000000000000000000000000000000000000000000096360100050008000000000008000f00000000000c001500010000000"
    "00000000600160012000000";
// An IPv6 socket that is connected to ::ffff:127.0.0.1.
constexpr std::string_view kMapped =
    "7c0000001400000001000000ab3b00000a010000cbe4c89500000000000000000000ffff7f00000100000000000000000000ffff7f0000010"
    "00000000500000000000000000000000000000000000000000000009f360100050008000000000008000f00000000000c001500010000000"
    "00000000600160012000000";

TEST(PeerOwnerTest, TheKernelIsAskedForTheOtherEndOfExactlyThisConnection) {
  EXPECT_EQ(DiagRequest(Pair("127.0.0.1", 52524, "127.0.0.1", 39695)), Bytes(kRequest4));
}

TEST(PeerOwnerTest, RecordedAnswersAreRead) {
  const auto root = ReadDiagReply(Bytes(kOfRoot4), Pair("127.0.0.1", 52524, "127.0.0.1", 39695));
  ASSERT_TRUE(root);
  EXPECT_EQ(root->uid, 0U);
  EXPECT_EQ(root->inode, 79501U);
  EXPECT_EQ(root->state, TCP_ESTABLISHED);
  const auto nobody = ReadDiagReply(Bytes(kOfNobody4), Pair("127.0.0.1", 60132, "127.0.0.1", 45467));
  ASSERT_TRUE(nobody);
  EXPECT_EQ(nobody->uid, 65534U);
  const auto six = ReadDiagReply(Bytes(kOfRoot6), Pair("::1", 42854, "::1", 46563));
  ASSERT_TRUE(six);
  EXPECT_EQ(six->inode, 79510U);
  const auto mapped = ReadDiagReply(Bytes(kMapped), Pair("127.0.0.1", 52196, "127.0.0.1", 51349));
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped->inode, 79519U);
}

TEST(PeerOwnerTest, AnAnswerAboutAnotherPairIsNone) {
  EXPECT_FALSE(ReadDiagReply(Bytes(kOfRoot4), Pair("127.0.0.1", 52525, "127.0.0.1", 39695)));
  EXPECT_FALSE(ReadDiagReply(Bytes(kOfRoot4), Pair("127.0.0.1", 52524, "127.0.0.1", 39696)));
  EXPECT_FALSE(ReadDiagReply(Bytes(kOfRoot4), Pair("127.0.0.2", 52524, "127.0.0.1", 39695)));
  EXPECT_FALSE(ReadDiagReply(Bytes(kOfRoot6), Pair("127.0.0.1", 42854, "127.0.0.1", 46563)));
}

TEST(PeerOwnerTest, AnErrorAndAnswersCutShortAreNone) {
  const SocketPair pair = Pair("127.0.0.1", 52524, "127.0.0.1", 39695);
  const std::string whole = Bytes(kOfRoot4);
  constexpr std::size_t kLeast = 88;  // without attributes
  for (std::size_t size = 0; size < kLeast; ++size) EXPECT_FALSE(ReadDiagReply(whole.substr(0, size), pair)) << size;
  std::string error = whole;
  error[4] = 2;  // NLMSG_ERROR
  EXPECT_FALSE(ReadDiagReply(error, pair));
  std::string lies = whole;
  lies[0] = 20;  // its own length
  EXPECT_FALSE(ReadDiagReply(lies, pair));
}

// ---- /proc/net/tcp ----

constexpr std::string_view kTable =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   1: 0100007F:B19B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 79527 1 28417dfa 100 0 "
    "0\n"
    "   2: 0100007F:EADE 0100007F:B19B 01 00000000:00000000 00:00000000 00000000     0        0 79528 2 3ad4f4cc 20 4 "
    "0\n"
    "   3: 0100007F:EAE4 0100007F:B19B 01 00000000:00000000 00:00000000 00000000 65534        0 79531 2 6abf3282 20 4 "
    "0\n"
    "   4: 0100007F:CD2C 0100007F:B19B 06 00000000:00000000 03:0000176F 00000000     0        0 0 3 e8494131\n"
    "   5: 0100007F:B19B 0100007F:EADE 01 00000000:00000000 00:00000000 00000000     0        0 79529 1 a4fd4b5 20 4 "
    "0\n";
constexpr std::string_view kTable6 =
    "  sl  local_address                         remote_address                        st tx_queue rx_queue tr "
    "tm->when\n"
    "   0: 0000000000000000FFFF00000100007F:CBE4 0000000000000000FFFF00000100007F:C895 01 00000000:00000000 "
    "03:0000176F "
    "00000000  1000        0 812 3 2ea507a6\n"
    "   1: 00000000000000000000000001000000:A766 00000000000000000000000001000000:B5E3 01 00000000:00000000 "
    "03:0000176F "
    "00000000  1001        0 813 3 9f9a9f09\n";

TEST(PeerOwnerTest, RecordedTablesAreRead) {
  const auto root = ReadSocketTable(kTable, Pair("127.0.0.1", 0xEADE, "127.0.0.1", 0xB19B));
  ASSERT_TRUE(root);
  EXPECT_EQ(root->inode, 79528U);
  const auto nobody = ReadSocketTable(kTable, Pair("127.0.0.1", 0xEAE4, "127.0.0.1", 0xB19B));
  ASSERT_TRUE(nobody);
  EXPECT_EQ(nobody->uid, 65534U);
  const auto gone = ReadSocketTable(kTable, Pair("127.0.0.1", 0xCD2C, "127.0.0.1", 0xB19B));
  ASSERT_TRUE(gone);
  EXPECT_FALSE(IsOpenSocketOf(*gone, 0));
  EXPECT_FALSE(ReadSocketTable(kTable, Pair("127.0.0.1", 0xB19B, "127.0.0.1", 0xEAE4)));
}

TEST(PeerOwnerTest, RecordedTablesOfIpv6AreRead) {
  const auto mapped = ReadSocketTable(kTable6, Pair("127.0.0.1", 0xCBE4, "127.0.0.1", 0xC895));
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped->uid, 1000U);
  const auto six = ReadSocketTable(kTable6, Pair("::1", 0xA766, "::1", 0xB5E3));
  ASSERT_TRUE(six);
  EXPECT_EQ(six->uid, 1001U);
}

TEST(PeerOwnerTest, TablesThatAreNoneSayNothing) {
  const SocketPair pair = Pair("127.0.0.1", 0xEADE, "127.0.0.1", 0xB19B);
  for (const std::string_view text :
       {"", "\n\n", "a b c d e f g h i j k", "2: 0100007F:EADE 0100007F:B19B 01 x x x zero 0 1",
        "2: 0100007F:EADE 0100007F:B19B 01 x x x 0 0", "2: 0100007G:EADE 0100007F:B19B 01 x x x 0 0 1"}) {
    EXPECT_FALSE(ReadSocketTable(text, pair)) << text;
  }
}

// ---- what follows from it ----

TEST(PeerOwnerTest, OnlyAnOpenConnectedSocketOfTheAccountIsOwn) {
  EXPECT_TRUE(IsOpenSocketOf({1000, 7, TCP_ESTABLISHED}, 1000));
  EXPECT_TRUE(IsOpenSocketOf({0, 7, TCP_ESTABLISHED}, 0));
  EXPECT_TRUE(IsOpenSocketOf({1000, 7, TCP_FIN_WAIT2}, 1000));  // has sent all, reads on
  EXPECT_FALSE(IsOpenSocketOf({1001, 7, TCP_ESTABLISHED}, 1000));
  EXPECT_FALSE(IsOpenSocketOf({0, 7, TCP_ESTABLISHED}, 1000));
  EXPECT_FALSE(IsOpenSocketOf({0, 0, TCP_FIN_WAIT2}, 0));  // closed: root's or anybody's
  EXPECT_FALSE(IsOpenSocketOf({0, 0, TCP_ESTABLISHED}, 0));
  EXPECT_FALSE(IsOpenSocketOf({0, 0, TCP_TIME_WAIT}, 0));
  EXPECT_FALSE(IsOpenSocketOf({0, 7, TCP_LISTEN}, 0));
}

TEST(PeerOwnerTest, TheNumberOfAccountsWithoutOneIsNobodysOwn) {
  constexpr std::string_view kWhole = "         0          0 4294967295\n";
  constexpr std::string_view kRootOnly = "         0       1000          1\n";
  EXPECT_TRUE(IsUnambiguous(0, kRootOnly, "65534\n"));
  EXPECT_TRUE(IsUnambiguous(65534, kWhole, "65534\n"));  // nobody itself
  EXPECT_FALSE(IsUnambiguous(65534, kRootOnly, "65534\n"));
  EXPECT_FALSE(IsUnambiguous(65534, "", "65534"));
  EXPECT_FALSE(IsUnambiguous(0, kWhole, "many"));
}

TEST(PeerOwnerTest, LoopbackIsAWholeNetworkInIpv4) {
  for (const char* address : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(IsLoopback(LiteralAddress(address, 1).value())) << address;
  }
  for (const char* address : {"128.0.0.1", "10.0.0.127", "::2", "::ffff:10.0.0.1", "::", "7f00::1"}) {
    EXPECT_FALSE(IsLoopback(LiteralAddress(address, 1).value())) << address;
  }
}

// ---- this kernel ----

// A client connected to a listener of ours, and the end that we accepted.
struct Connected {
  Connected(const char* listen_on, const char* connect_to) {
    Result<TcpListener> listening = OpenTcpListener(listen_on, 0);
    if (!listening) return;
    const SocketAddress address = LiteralAddress(connect_to, listening->port).value();
    client = FileDescriptor(socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(client.get(), address.get(), address.size) != 0) return;
    accepted = FileDescriptor(accept4(listening->socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  FileDescriptor client;
  FileDescriptor accepted;
};

TEST(PeerOwnerTest, OurOwnSocketIsKnown) {
  const Connected four("127.0.0.1", "127.0.0.1");
  EXPECT_TRUE(PeerIsOwnUser(four.accepted.get()));
  const Connected mapped("127.0.0.1", "::ffff:127.0.0.1");
  EXPECT_TRUE(PeerIsOwnUser(mapped.accepted.get()));
  const Connected six("::1", "::1");
  if (!six.accepted.valid()) GTEST_SKIP() << "no IPv6 here";
  EXPECT_TRUE(PeerIsOwnUser(six.accepted.get()));
}

TEST(PeerOwnerTest, AClosedSocketIsNobodys) {
  Connected ends("127.0.0.1", "127.0.0.1");
  shutdown(ends.client.get(), SHUT_WR);
  EXPECT_TRUE(PeerIsOwnUser(ends.accepted.get()));  // half closed: it still waits for the reply
  ends.client.Close();
  EXPECT_FALSE(PeerIsOwnUser(ends.accepted.get()));
}

TEST(PeerOwnerTest, AnotherSocketAtThePlaceOfOneThatWasResetVouchesForNobody) {
  Result<TcpListener> listening = OpenTcpListener("127.0.0.1", 0);
  ASSERT_TRUE(listening);
  const SocketAddress server = LiteralAddress("127.0.0.1", listening->port).value();
  const auto connected_from = [&server](SocketAddress from) {
    FileDescriptor client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const linger at_once{1, 0};  // closing resets the connection and leaves its place free
    setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    const bool done =
        bind(client.get(), from.get(), from.size) == 0 && connect(client.get(), server.get(), server.size) == 0;
    EXPECT_TRUE(done);
    return client;
  };
  FileDescriptor first = connected_from(LiteralAddress("127.0.0.1", 0).value());
  SocketAddress place;
  place.size = sizeof place.storage;
  ASSERT_EQ(getsockname(first.get(), reinterpret_cast<sockaddr*>(&place.storage), &place.size), 0);
  ASSERT_EQ(send(first.get(), "DELETE", 6, 0), 6);
  first.Close();
  const FileDescriptor second = connected_from(place);
  const FileDescriptor old_end(accept4(listening->socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const FileDescriptor new_end(accept4(listening->socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
  EXPECT_FALSE(PeerIsOwnUser(old_end.get()));
  EXPECT_TRUE(PeerIsOwnUser(new_end.get()));
}

}  // namespace
}  // namespace counsel::net
