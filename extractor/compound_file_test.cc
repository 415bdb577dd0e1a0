#include "extractor/compound_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::extractor {
namespace {

CompoundEntry Storage(std::string name, std::size_t parent) {
  CompoundEntry entry;
  entry.name = std::move(name);
  entry.parent = parent;
  entry.storage = true;
  return entry;
}

CompoundEntry Stream(std::string name, std::size_t parent, std::string bytes) {
  CompoundEntry entry;
  entry.name = std::move(name);
  entry.parent = parent;
  entry.bytes = std::move(bytes);
  return entry;
}

std::string ReadAt(const CompoundFile& file, std::vector<std::string> path) {
  std::size_t at = 0;
  for (const std::string& name : path) at = file.Find(at, name).value_or(0);
  return file.Read(at).value_or("nothing");
}

TEST(CompoundFile, WhatIsWrittenIsReadAgain) {
  std::vector<CompoundEntry> entries = {Storage("", 0), Storage("within", 0), Stream("small", 1, "eels"),
                                        Stream("none", 0, ""), Stream("large", 1, std::string(5'000, 'x') + "end")};
  for (int i = 0; i < 300; ++i) entries.push_back(Stream("stream " + std::to_string(i), 0, std::to_string(i * 7)));
  const std::string bytes = WriteCompoundFile(entries);
  const auto file = CompoundFile::Open(bytes);
  ASSERT_TRUE(file);
  EXPECT_EQ(ReadAt(*file, {"within", "SMALL"}), "eels");
  EXPECT_EQ(ReadAt(*file, {"none"}), "");
  EXPECT_TRUE(ReadAt(*file, {"within", "large"}).ends_with("xend"));
  for (int i = 0; i < 300; ++i) EXPECT_EQ(ReadAt(*file, {"stream " + std::to_string(i)}), std::to_string(i * 7));
}

// The header lists 109 parts of the table; there are more from 7 MiB on.
TEST(CompoundFile, ALargeOneHasAListOfTables) {
  std::string large(std::size_t{20} << 20, '\0');
  for (std::size_t i = 0; i < large.size(); i += 512) large[i] = static_cast<char>(i >> 9);
  const std::string bytes = WriteCompoundFile({Storage("", 0), Stream("large", 0, large), Stream("small", 0, "eels")});
  const auto file = CompoundFile::Open(bytes);
  ASSERT_TRUE(file);
  EXPECT_TRUE(ReadAt(*file, {"large"}) == large);
  EXPECT_EQ(ReadAt(*file, {"small"}), "eels");
}

TEST(CompoundFile, CirclesAndNumbersThatPointOutsideAreDamage) {
  const std::string sound = WriteCompoundFile({Storage("", 0), Stream("a", 0, std::string(5'000, 'x'))});
  for (std::size_t at = 0; at < sound.size(); ++at) {
    for (const char value : {'\0', '\x01', '\xFF'}) {
      std::string bytes = sound;
      bytes[at] = value;
      const auto file = CompoundFile::Open(bytes);
      if (!file) continue;
      for (std::size_t i = 0; i < file->entries().size(); ++i) (void)file->Read(i);
    }
  }
  for (std::size_t size = 0; size < sound.size(); size += 37) (void)CompoundFile::Open(sound.substr(0, size));
}

}  // namespace
}  // namespace counsel::extractor
