#include "models/page_cache.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

namespace counsel::models {
namespace {

namespace fs = std::filesystem;

class PageCacheTest : public ::testing::Test {
 protected:
  PageCacheTest() {
    std::string pattern = (fs::temp_directory_path() / "counsel-ahead-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    std::ofstream(folder_ / "model") << std::string(10'000, 'x');
  }
  ~PageCacheTest() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(PageCacheTest, AFileThatFitsIsAskedForWhole) {
  EXPECT_EQ(ReadAhead(folder_ / "model", 10'000).value(), 10'000U);
}

TEST_F(PageCacheTest, OneThatDoesNotFitIsLeft) {
  EXPECT_EQ(ReadAhead(folder_ / "model", 9'999).value(), 0U);
}

TEST_F(PageCacheTest, APieceIsReadUpToTheFilesEnd) {
  EXPECT_EQ(ReadIntoPageCache(folder_ / "model", 0, 4'000).value(), 4'000U);
  EXPECT_EQ(ReadIntoPageCache(folder_ / "model", 8'000, 4'000).value(), 2'000U);
}

TEST_F(PageCacheTest, WhatIsNoFileIsAnErrorOrNothing) {
  EXPECT_EQ(ReadAhead(folder_ / "none", 10'000).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadAhead(folder_, 1'000'000).value(), 0U);
}

}  // namespace
}  // namespace counsel::models
