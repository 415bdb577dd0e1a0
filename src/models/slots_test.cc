#include "models/slots.h"

#include <gtest/gtest.h>

namespace counsel::models {
namespace {

ModelEntry Generator(std::vector<std::string> flags = {}) {
  ModelEntry entry;
  entry.role = Role::kGenerator;
  entry.files.emplace_back();
  entry.files[0].path = "chat.gguf";
  entry.flags = std::move(flags);
  return entry;
}

TEST(SlotsOfAServer, FollowTheProcessorsFromTwoToEight) {
  EXPECT_EQ(MostSlots(Generator(), 1, false), 2U);
  EXPECT_EQ(MostSlots(Generator(), 2, false), 2U);
  EXPECT_EQ(MostSlots(Generator(), 6, false), 6U);
  EXPECT_EQ(MostSlots(Generator(), 64, false), 8U);
  EXPECT_EQ(MostSlots(Generator(), 2, true), 8U);
}

TEST(SlotsOfAServer, AnEmbedderHasOneAndARemoteServerItsOwnNumber) {
  ModelEntry embedder = Generator();
  embedder.role = Role::kEmbedder;
  EXPECT_EQ(MostSlots(embedder, 8, false), 1U);
  embedder.files[0].path = "model.onnx";
  embedder.files.emplace_back();
  EXPECT_EQ(MostSlots(embedder, 8, false), 0U);
  ModelEntry remote = Generator();
  remote.files.clear();
  remote.remote.emplace();
  EXPECT_EQ(MostSlots(remote, 2, false), 64U);
}

TEST(SlotsOfAServer, FollowAnEntrysOwnFlags) {
  EXPECT_EQ(OwnSlots(Generator()), std::nullopt);
  EXPECT_EQ(MostSlots(Generator({"--parallel", "3"}), 8, false), 3U);
  EXPECT_EQ(MostSlots(Generator({"-np", "0"}), 8, false), 1U);
  EXPECT_EQ(MostSlots(Generator({"-np", "4", "--kv-unified"}), 8, false), 1U) << "they share one context";
}

TEST(SlotsOfAServer, AQuarterOfTheFreeMemoryIsLeftToOthers) {
  EXPECT_TRUE(LeavesRoom(3000, 4000));
  EXPECT_FALSE(LeavesRoom(3001, 4000));
}

}  // namespace
}  // namespace counsel::models
