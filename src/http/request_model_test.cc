#include "http/request_model.h"

#include <gtest/gtest.h>

#include "http/json_fault.h"

namespace counsel::http {
namespace {

const std::vector<Field>& Fields() {
  static const std::vector<Field> fields = {
      Field::Required("question", FieldType::kString),
      Field::Optional("count", FieldType::kInteger, 15),
      Field::Optional("share", FieldType::kNumber, 0.2),
      Field::Optional("sources", FieldType::kBoolean, true),
      Field::Choice("style", {"concise", "detailed", "technical"}, "detailed"),
      Field::Optional("kinds", FieldType::kStrings, nullptr),
  };
  return fields;
}

CheckedRequest Check(const std::string& body) {
  return CheckBody(body, "application/json", Fields());
}

// What a value of one field becomes, or the type of its fault.
Json With(const char* name, const std::string& value) {
  const CheckedRequest checked = Check(R"({"question":"a",")" + std::string(name) + "\":" + value + "}");
  if (checked.status == 200) return checked.values[name];
  EXPECT_EQ(checked.detail.size(), 1U) << value;
  return checked.detail[0]["type"];
}

TEST(RequestModel, WhatIsLeftOutOrNullIsTheDefaultAndUnknownMembersAreIgnored) {
  const Json defaults =
      Json::parse(R"({"question":"a","count":15,"share":0.2,"sources":true,"style":"detailed","kinds":null})");
  EXPECT_EQ(Check(R"({"question":"a","other":[1]})").values, defaults);
  EXPECT_EQ(Check(R"({"question":"a","count":null,"share":null,"sources":null,"style":null,"kinds":null})").values,
            defaults);
}

TEST(RequestModel, AMissingFieldIsShownWithTheWholeBody) {
  const CheckedRequest checked = Check(R"({"count":3})");
  EXPECT_EQ(checked.status, 422);
  EXPECT_EQ(checked.detail, Json::parse(R"([{"type":"missing","loc":["body","question"],"msg":"Field required",
                                            "input":{"count":3}}])"));
  EXPECT_EQ(Check("").detail,
            Json::parse(R"([{"type":"missing","loc":["body"],"msg":"Field required","input":null}])"));
}

TEST(RequestModel, AllFaultsOfABodyAreToldAtOnceInTheOrderOfTheFields) {
  const CheckedRequest checked =
      Check(R"({"kinds":["a",1],"style":"poetic","sources":"maybe","share":"y","count":"x","question":5})");
  EXPECT_EQ(checked.status, 422);
  EXPECT_EQ(checked.detail, Json::parse(R"json([
    {"type":"string_type","loc":["body","question"],"msg":"Input should be a valid string","input":5},
    {"type":"int_parsing","loc":["body","count"],
     "msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"},
    {"type":"float_parsing","loc":["body","share"],
     "msg":"Input should be a valid number, unable to parse string as a number","input":"y"},
    {"type":"bool_parsing","loc":["body","sources"],
     "msg":"Input should be a valid boolean, unable to interpret input","input":"maybe"},
    {"type":"literal_error","loc":["body","style"],"msg":"Input should be 'concise', 'detailed' or 'technical'",
     "input":"poetic","ctx":{"expected":"'concise', 'detailed' or 'technical'"}},
    {"type":"string_type","loc":["body","kinds",1],"msg":"Input should be a valid string","input":1}
  ])json"));
}

TEST(RequestModel, AnIntegerMayBeWrittenInManyWays) {
  for (const char* fifteen :
       {"15", "15.0", "1.5e1", "\"15\"", "\" 15 \"", "\"+15\"", "\"1_5\"", "\"15.00\"", "\"015\""}) {
    EXPECT_EQ(With("count", fifteen), 15) << fifteen;
  }
  EXPECT_EQ(With("count", "true"), 1);
  EXPECT_EQ(With("count", "\"-3\""), -3);
  EXPECT_GT(With("count", "100000000000000000000"), 1'000'000'000'000);
  EXPECT_LT(With("count", "\"-99999999999999999999\""), -1'000'000'000'000);
  for (const char* wrong :
       {"\"x\"", "\"\"", "\" \"", "\"1.5\"", "\"1e1\"", "\"_1\"", "\"1__0\"", "\"15.\"", "\".0\"", "\"- 3\""}) {
    EXPECT_EQ(With("count", wrong), "int_parsing") << wrong;
  }
  EXPECT_EQ(With("count", "1.5"), "int_from_float");
  EXPECT_EQ(With("count", "[]"), "int_type");
}

TEST(RequestModel, ANumberMayBeWrittenInManyWays) {
  for (const char* half : {"0.5", "5e-1", "\" +.5 \"", "\"5e-1\"", "\"0.5_0\""})
    EXPECT_EQ(With("share", half), 0.5) << half;
  EXPECT_EQ(With("share", "1"), 1.0);
  EXPECT_EQ(With("share", "\"1.\""), 1.0);
  EXPECT_EQ(With("share", "\"1e-999\""), 0.0);
  EXPECT_GT(With("share", "\"1e999\""), 1e300);
  EXPECT_EQ(With("share", "false"), 0.0);
  for (const char* wrong : {"\"x\"", "\"\"", "\"0x1\"", "\"1e\"", "\"_1\"", "\"+-1\"", "\"++1\""}) {
    EXPECT_EQ(With("share", wrong), "float_parsing") << wrong;
  }
  EXPECT_EQ(With("share", "{}"), "float_type");
}

TEST(RequestModel, ATruthMayBeWrittenInManyWays) {
  for (const char* yes : {"true", "1", "1.0", "\"YES\"", "\"on\"", "\"T\"", "\"y\"", "\"1\""}) {
    EXPECT_EQ(With("sources", yes), true) << yes;
  }
  for (const char* no : {"false", "0", "\"Off\"", "\"f\"", "\"n\"", "\"no\""})
    EXPECT_EQ(With("sources", no), false) << no;
  for (const char* wrong : {"2", "\"2\"", "\"\"", "\" true \""})
    EXPECT_EQ(With("sources", wrong), "bool_parsing") << wrong;
  for (const char* wrong : {"0.5", "[]"}) EXPECT_EQ(With("sources", wrong), "bool_type") << wrong;
}

TEST(RequestModel, AChoiceIsExactAndAListIsAList) {
  EXPECT_EQ(With("style", "\"concise\""), "concise");
  for (const char* wrong : {"\"Concise\"", "5", "[]", "\"\""})
    EXPECT_EQ(With("style", wrong), "literal_error") << wrong;
  EXPECT_EQ(With("kinds", R"(["a","b"])"), Json::parse(R"(["a","b"])"));
  EXPECT_EQ(With("kinds", "\"a\""), "list_type");
}

TEST(RequestModel, ABodyThatIsNoObjectIsShownBack) {
  for (const char* body : {"[]", "\"x\"", "5", "null"}) {
    const CheckedRequest checked = Check(body);
    EXPECT_EQ(checked.status, 422);
    EXPECT_EQ(checked.detail[0]["type"], "model_attributes_type");
    EXPECT_EQ(checked.detail[0]["loc"], Json::array({"body"}));
    EXPECT_EQ(checked.detail[0]["input"], Json::parse(body));
  }
}

TEST(RequestModel, OnlyWhatSaysItIsJsonOrNothingIsRead) {
  const std::string body = R"({"question":"a"})";
  for (const char* type : {"", "application/json", "Application/JSON; charset=utf-8", "application/vnd.x+json"}) {
    EXPECT_EQ(CheckBody(body, type, Fields()).status, 200) << type;
  }
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded"}) {
    const CheckedRequest checked = CheckBody(body, type, Fields());
    EXPECT_EQ(checked.status, 422) << type;
    EXPECT_EQ(checked.detail[0]["input"], body);
  }
}

TEST(RequestModel, BrokenJsonIsToldWithItsPlace) {
  EXPECT_EQ(Check("{\"question\" \"a\"}").detail,
            Json::parse(R"([{"type":"json_invalid","loc":["body",12],"msg":"JSON decode error","input":{},
                            "ctx":{"error":"Expecting ':' delimiter"}}])"));
}

TEST(RequestModel, WhatCannotBeReadAtAllIsASentence) {
  for (const std::string& body : {std::string("{\"question\":\"\xFF\"}"), std::string(100'000, '[')}) {
    const CheckedRequest checked = Check(body);
    EXPECT_EQ(checked.status, 400);
    EXPECT_EQ(checked.detail, "There was an error parsing the body");
  }
}

TEST(RequestModel, AQuerysFaultsHaveNoInputWhereNothingWasSent) {
  const std::vector<Field> fields = {Field::Required("query", FieldType::kString),
                                     Field::Optional("limit", FieldType::kInteger, 10)};
  const auto nothing = [](std::string_view) { return std::optional<std::string>(); };
  EXPECT_EQ(CheckQuery(nothing, fields).detail,
            Json::parse(R"([{"type":"missing","loc":["query","query"],"msg":"Field required","input":null}])"));
  const auto words = [](std::string_view name) { return std::optional<std::string>(name == "query" ? "" : "many"); };
  EXPECT_EQ(CheckQuery(words, fields).detail[0]["loc"], Json::parse(R"(["query","limit"])"));
  EXPECT_EQ(CheckQuery(words, fields).detail[0]["type"], "int_parsing");
}

// Texts with the position and message that Python 3.11's json.loads gives.
TEST(JsonFault, IsToldAsPythonTellsIt) {
  const struct {
    const char* text;
    std::int64_t position;
    const char* message;
  } cases[] = {
      {R"({"question": })", 13, "Expecting value"},
      {R"({"question": "a",})", 17, "Expecting property name enclosed in double quotes"},
      {R"({"a":1 "b"})", 7, "Expecting ',' delimiter"},
      {R"({"question":"abc)", 12, "Unterminated string starting at"},
      {"{\"q\":\"a\nb\"}", 7, "Invalid control character at"},
      {R"({"q":"\x"})", 6, "Invalid \\escape"},
      {R"({"q":"\u12"})", 7, "Invalid \\uXXXX escape"},
      {R"({"q":"\)", 5, "Unterminated string starting at"},
      {"{} x", 3, "Extra data"},
      {"{", 1, "Expecting property name enclosed in double quotes"},
      {" ", 1, "Expecting value"},
      {"[1,]", 3, "Expecting value"},
      {"[1", 2, "Expecting ',' delimiter"},
      {R"({"q":tru})", 5, "Expecting value"},
      {R"({q:1})", 1, "Expecting property name enclosed in double quotes"},
      {"{\"\u00e9\":\u00e9}", 5, "Expecting value"},
      {R"({"a":01})", 6, "Expecting ',' delimiter"},
      {R"({"a":1.})", 6, "Expecting ',' delimiter"},
      {R"({"a":1e})", 6, "Expecting ',' delimiter"},
      {R"({"a":-})", 5, "Expecting value"},
      {R"({"a":+1})", 5, "Expecting value"},
      {R"({"a":1,"b")", 10, "Expecting ':' delimiter"},
      {R"({"a":)", 5, "Expecting value"},
      {R"({"a":1}})", 7, "Extra data"},
  };
  for (const auto& one : cases) {
    const std::optional<JsonFault> fault = FindJsonFault(one.text);
    ASSERT_TRUE(fault) << one.text;
    EXPECT_EQ(fault->position, one.position) << one.text;
    EXPECT_EQ(fault->message, one.message) << one.text;
  }
}

TEST(JsonFault, JsonHasNone) {
  for (const char* text : {"{}", " [ ] ", R"({"a" : [1, -0.5e+3, "\u00e9\ud83d\ude00\n", true, false, null, {}]})",
                           "\xEF\xBB\xBF{}", "0", "\"x\""}) {
    EXPECT_FALSE(FindJsonFault(text)) << text;
    EXPECT_TRUE(Json::accept(text)) << text;
  }
}

TEST(JsonFault, HalfACodePointIsOne) {
  EXPECT_TRUE(FindJsonFault(R"("\ud800")"));
  EXPECT_TRUE(FindJsonFault(R"("\udc00")"));
  EXPECT_TRUE(FindJsonFault(R"("\ud800\u0041")"));
}

TEST(JsonFault, ANestingThatIsTooDeepIsOne) {
  const std::string open(kMaxJsonDepth, '[');
  const std::string closed(kMaxJsonDepth, ']');
  EXPECT_FALSE(FindJsonFault(open + closed));
  const std::optional<JsonFault> fault = FindJsonFault("[" + open + closed + "]");
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->too_deep);
}

}  // namespace
}  // namespace counsel::http
