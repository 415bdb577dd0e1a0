#include "models/read_ahead.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

namespace counsel::models {
namespace {

namespace fs = std::filesystem;

class ReadAheadTest : public ::testing::Test {
 protected:
  ReadAheadTest() {
    std::string pattern = (fs::temp_directory_path() / "counsel-ahead-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    std::ofstream(folder_ / "model") << std::string(10'000, 'x');
  }
  ~ReadAheadTest() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(ReadAheadTest, AFileThatFitsIsAskedForWhole) {
  EXPECT_EQ(ReadAhead(folder_ / "model", 10'000).value(), 10'000U);
}

TEST_F(ReadAheadTest, OneThatDoesNotFitIsLeft) {
  EXPECT_EQ(ReadAhead(folder_ / "model", 9'999).value(), 0U);
}

TEST_F(ReadAheadTest, WhatIsNoFileIsAnErrorOrNothing) {
  EXPECT_EQ(ReadAhead(folder_ / "none", 10'000).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadAhead(folder_, 1'000'000).value(), 0U);
}

}  // namespace
}  // namespace counsel::models
