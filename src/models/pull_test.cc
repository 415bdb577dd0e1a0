#include "models/pull.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ids.h"
#include "net/http.h"

namespace counsel::models {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using ::testing::HasSubstr;

// A site that has one file, and may cut the connection or ignore ranges.
class Site {
 public:
  explicit Site(std::string content) : content_(std::move(content)) {
    server_ = std::make_unique<net::Server>(io_.get_executor(), net::ServerLimits(),
                                            [this](net::Exchange& exchange) { return Answer(exchange); });
    port_ = *server_->ListenTcp("127.0.0.1", 0);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Site() {
    io_.stop();
    thread_.join();
  }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::atomic<bool> ranges{true};
  std::atomic<std::size_t> cut_after{SIZE_MAX};  // bytes of a body, then the connection breaks
  std::atomic<int> requests{0};
  std::atomic<std::size_t> sent{0};

 private:
  asio::awaitable<void> Answer(net::Exchange& exchange) {
    ++requests;
    if (exchange.request().path() != "/file") {
      net::Reply missing(404, "text/plain", "no");
      (void)co_await exchange.Send(missing);
      co_return;
    }
    std::size_t from = 0;
    const auto range = net::FindHeader(exchange.request().headers, "Range");
    net::Reply head(200, "application/octet-stream", "");
    if (range && ranges) {
      from = std::stoul(std::string(range->substr(6)));
      head.status = 206;
      const std::string last = std::to_string(content_.size() - 1) + "/" + std::to_string(content_.size());
      head.headers.emplace_back("Content-Range", "bytes " + std::to_string(from) + "-" + last);
    }
    const std::string_view body = std::string_view(content_).substr(from, cut_after);
    sent += body.size();
    (void)co_await exchange.Begin(head);
    (void)co_await exchange.Write(body);
    // A handler that returns without ending its stream breaks the connection.
    if (body.size() == content_.size() - from) (void)co_await exchange.End();
  }

  const std::string content_;
  asio::io_context io_{1};
  std::unique_ptr<net::Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

class PullTest : public ::testing::Test {
 protected:
  PullTest() {
    std::string pattern = (fs::temp_directory_path() / "counsel-pull-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    for (int i = 0; i < 40000; ++i) content_ += std::to_string(i) + " ";
    site_ = std::make_unique<Site>(content_);
  }
  ~PullTest() override { fs::remove_all(folder_); }

  // Pulls a model with one file.
  Result<void> PullFrom(const std::string& path, const std::string& digest) {
    std::ofstream(folder_ / "c.toml")
        << "[[model]]\nname = \"m\"\nrole = \"generator\"\ncontext_tokens = 5\nfiles = [{path = "
           "\"sub/m.gguf\", sha256 = \""
        << digest << "\", bytes = " << bytes_ << ", url = \"" << path << "\"}]\n";
    Result<Catalogue> catalogue = Catalogue::Load(folder_ / "c.toml", "/nowhere", folder_);
    EXPECT_TRUE(catalogue) << catalogue.error().ToString();
    return Pull(*catalogue, **catalogue->Find("m"), [this](const PullProgress& progress) {
      checked_ = checked_ || progress.checking;
      return go_on_;
    });
  }
  Result<void> PullGood() { return PullFrom(site_->url("/file"), Sha256Hex(content_)); }
  [[nodiscard]] fs::path file() const { return folder_ / "sub/m.gguf"; }
  [[nodiscard]] fs::path partial() const { return folder_ / "sub/m.gguf.partial"; }
  void WritePartial(std::string_view bytes) const {
    fs::create_directories(folder_ / "sub");
    std::ofstream(partial(), std::ios::binary) << bytes;
  }
  [[nodiscard]] std::string Content() const { return ReadFile(file(), 1 << 24).value_or("unreadable"); }

  fs::path folder_;
  std::string content_;
  std::size_t bytes_ = 228890;
  bool go_on_ = true;
  bool checked_ = false;
  std::unique_ptr<Site> site_;
};

TEST_F(PullTest, TheFileArrivesUnderItsName) {
  ASSERT_EQ(content_.size(), bytes_);
  const Result<void> pulled = PullGood();
  ASSERT_TRUE(pulled) << pulled.error().ToString();
  EXPECT_EQ(Content(), content_);
  EXPECT_FALSE(fs::exists(partial()));
  EXPECT_TRUE(checked_);
}

TEST_F(PullTest, AnInstalledFileIsNotFetchedAgain) {
  ASSERT_TRUE(PullGood());
  ASSERT_TRUE(PullGood());
  EXPECT_EQ(site_->requests, 1);
}

TEST_F(PullTest, AFileOfAnotherSizeIsReplaced) {
  fs::create_directories(folder_ / "sub");
  std::ofstream(file()) << "half";
  ASSERT_TRUE(PullGood());
  EXPECT_EQ(Content(), content_);
}

TEST_F(PullTest, AfterACutItGoesOnWhereItStopped) {
  site_->cut_after = 100000;
  const Result<void> cut = PullGood();
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::kUnavailable) << cut.error().ToString();
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_EQ(fs::file_size(partial()), 100000U);
  site_->cut_after = SIZE_MAX;
  const Result<void> rest = PullGood();
  ASSERT_TRUE(rest) << rest.error().ToString();
  EXPECT_EQ(Content(), content_);
  EXPECT_EQ(site_->sent, content_.size()) << "nothing was fetched twice";
}

TEST_F(PullTest, AServerWithoutRangesStartsOver) {
  site_->ranges = false;
  WritePartial("what came before");
  const Result<void> pulled = PullGood();
  ASSERT_TRUE(pulled) << pulled.error().ToString();
  EXPECT_EQ(Content(), content_);
}

TEST_F(PullTest, APartialFileThatIsTooLongStartsOver) {
  WritePartial(content_ + "more");
  ASSERT_TRUE(PullGood());
  EXPECT_EQ(Content(), content_);
}

TEST_F(PullTest, AWholePartialFileIsOnlyChecked) {
  WritePartial(content_);
  ASSERT_TRUE(PullGood());
  EXPECT_EQ(site_->requests, 0);
  EXPECT_EQ(Content(), content_);
}

TEST_F(PullTest, AWrongDigestLeavesNothing) {
  const Result<void> pulled = PullFrom(site_->url("/file"), std::string(64, '0'));
  EXPECT_EQ(pulled.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(pulled.error().message, HasSubstr("SHA-256"));
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_FALSE(fs::exists(partial()));
}

TEST_F(PullTest, AFileThatIsNotAtItsAddressIsNotFound) {
  const Result<void> pulled = PullFrom(site_->url("/other"), Sha256Hex(content_));
  EXPECT_EQ(pulled.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(PullTest, StoppingKeepsWhatCame) {
  WritePartial(content_.substr(0, 1000));
  go_on_ = false;
  EXPECT_EQ(PullGood().error().code, ErrorCode::kCancelled);
  EXPECT_GE(fs::file_size(partial()), 1000U);
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(PullTest, TwoPullsOfOneFileDoNotMix) {
  WritePartial("");
  const FileDescriptor other(::open(partial().c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(PullGood().error().code, ErrorCode::kAlreadyExists);
}

TEST_F(PullTest, AModelWithoutAnAddressIsInstalledBySetUp) {
  const Result<void> pulled = PullFrom("", Sha256Hex(content_));
  EXPECT_EQ(pulled.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(pulled.error().next_step, HasSubstr("./run setup"));
}

TEST_F(PullTest, AFileThatCannotFitIsRefusedBeforeItIsFetched) {
  bytes_ = std::size_t{1} << 60;
  EXPECT_EQ(PullGood().error().code, ErrorCode::kNoSpace);
  EXPECT_EQ(site_->requests, 0);
}

}  // namespace
}  // namespace counsel::models
