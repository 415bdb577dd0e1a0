#include "messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace counsel::remote {
namespace {

using Json = nlohmann::json;

TEST(RootOf, TheVersionAndSlashesAtTheEndAreNoPartOfIt) {
  for (const char* url : {"https://a.example", "https://a.example/", "https://a.example/v1", "https://a.example/v1/"}) {
    EXPECT_EQ(RootOf(url), "https://a.example") << url;
  }
  EXPECT_EQ(RootOf("https://a.example/team/v1"), "https://a.example/team");
  EXPECT_EQ(RootOf("https://a.example/mv1"), "https://a.example/mv1");
}

TEST(WithModel, OnlyTheModelIsReplaced) {
  const Result<std::string> body = WithModel(R"({"model":"gpu","messages":[{"role":"user"}],"n":1})", "big");
  ASSERT_TRUE(body);
  EXPECT_EQ(Json::parse(*body), Json::parse(R"({"model":"big","messages":[{"role":"user"}],"n":1})"));
  EXPECT_FALSE(WithModel("[1]", "big"));
  EXPECT_FALSE(WithModel("{", "big"));
}

TEST(AsTokens, BothServersRepliesAreRead) {
  EXPECT_EQ(AsTokens(R"({"tokens":[7,8]})", "rent"), R"({"tokens":[7,8]})");
  EXPECT_EQ(AsTokens(R"({"count":2,"max_model_len":9,"tokens":[7,8]})", "rent"), R"({"tokens":[7,8]})");
  EXPECT_EQ(AsTokens(R"({"count":2})", "rent"), R"({"tokens":[0,0]})");
  EXPECT_EQ(AsTokens(R"({"tokens":[]})", ""), R"({"tokens":[]})");
}

TEST(AsTokens, ANumberThatATextCannotHaveIsNotBelieved) {
  for (const char* odd :
       {R"({"tokens":[]})", R"({"count":0})", R"({"count":-3})", R"({"count":6})", R"({"count":67108864})",
        R"({"count":null})", R"({"count":1e3})", R"({"tokens":[1,2,3,4,5,6]})", R"({"tokens":null})", R"({"tokens":7})",
        "[]", "null", "Not Found", ""}) {
    EXPECT_EQ(AsTokens(odd, "rent"), std::nullopt) << odd;
  }
  EXPECT_EQ(AsTokens(R"({"tokens":)" + std::string(1 << 20, '['), std::string(1 << 20, 'x')), std::nullopt);
}

TEST(WithModel, WhatWouldCostAStackToWriteIsRefused) {
  const std::string deep = R"({"messages":)" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
  EXPECT_FALSE(WithModel(deep, "big"));
  EXPECT_FALSE(ReadTokenizeRequest(deep));
}

TEST(MostTokens, IsNoLessThanOneAByte) {
  EXPECT_GE(MostTokens("\u00a75 xq"), 6U);
}

TEST(CheckKey, SpaceAroundItIsLeftOutAndNothingElsePasses) {
  const Result<Secret> key = CheckKey(" sk-1\r\n");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->view(), "sk-1");
  for (const char* bad : {"", " \n", "a b", "a\r\nX-Other: 1", "schl\u00fcssel"}) EXPECT_FALSE(CheckKey(bad)) << bad;
}

}  // namespace
}  // namespace counsel::remote
