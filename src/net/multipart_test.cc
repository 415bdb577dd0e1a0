#include "net/multipart.h"

#include <vector>

#include <gmock/gmock.h>

namespace counsel::net {
namespace {

using ::testing::ElementsAre;

struct Part {
  std::string name, file_name, content_type, bytes;
  bool operator==(const Part& other) const = default;
};

std::ostream& operator<<(std::ostream& out, const Part& part) {
  return out << part.name << "|" << part.file_name << "|" << part.content_type << "|" << part.bytes;
}

// The parts of the body, which comes in three pieces.
Result<std::vector<Part>> Parse(std::string_view body, std::size_t first = 0, std::size_t second = 0) {
  std::vector<Part> parts;
  MultipartParser parser(
      "xyz",
      [&](const PartHead& head) {
        parts.push_back({head.name, head.file_name, head.content_type, ""});
        return Result<void>();
      },
      [&](std::string_view bytes) {
        parts.back().bytes += bytes;
        return Result<void>();
      });
  for (const std::string_view piece :
       {body.substr(0, first), body.substr(first, second - first), body.substr(second)}) {
    if (const Result<void> fed = parser.Feed(piece); !fed) return Fail(fed.error());
  }
  if (const Result<void> finished = parser.Finish(); !finished) return Fail(finished.error());
  return parts;
}

std::string OnePart(const std::string& disposition) {
  return "--xyz\r\nContent-Disposition: " + disposition + "\r\n\r\nbytes\r\n--xyz--";
}

TEST(MultipartTest, AFormReadsTheSameWhereverItIsCut) {
  const std::string body =
      "preamble\r\n--xyz\r\nContent-Disposition: form-data; name=\"matter\"\r\n\r\nA v B\r\n"
      "--xyz \t\r\ncontent-type: text/plain\r\ncontent-disposition: form-data; name=f; filename=\"a.txt\"\r\n\r\n"
      "\r\n--xy\r\n-xyz\r\n\r\n--xyz\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--xyz--\r\nepilogue "
      "--xyz";
  const std::vector<Part> expected = {
      {"matter", "", "", "A v B"}, {"f", "a.txt", "text/plain", "\r\n--xy\r\n-xyz\r\n"}, {"empty", "", "", ""}};
  for (std::size_t first = 0; first <= body.size(); ++first) {
    for (std::size_t second = first; second <= body.size(); ++second) {
      const Result<std::vector<Part>> parts = Parse(body, first, second);
      ASSERT_TRUE(parts) << parts.error().message;
      ASSERT_EQ(*parts, expected) << first << " " << second;
    }
  }
}

TEST(MultipartTest, OnlyTheLastComponentOfAFileNameIsKept) {
  const std::vector<std::pair<std::string, std::string>> names = {{"\"a.txt\"", "a.txt"},
                                                                  {"plain.txt", "plain.txt"},
                                                                  {"\"../../etc/passwd\"", "passwd"},
                                                                  {"\"C:\\Users\\x.pdf\"", "x.pdf"},
                                                                  {"\"a\\\"b;c.txt\"", "a\"b;c.txt"},
                                                                  {"\"..\"", ""},
                                                                  {"\"x/\"", ""},
                                                                  {"\"t\tab\x01.txt\"", "tab.txt"},
                                                                  {"\"\xff.txt\"", "\xEF\xBF\xBD.txt"},
                                                                  {"\"never ends", "never ends"}};
  for (const auto& [sent, kept] : names) {
    const Result<std::vector<Part>> parts = Parse(OnePart("form-data; name=\"f\"; filename=" + sent));
    ASSERT_TRUE(parts) << sent;
    EXPECT_THAT(*parts, ElementsAre(Part{"f", kept, "", "bytes"})) << sent;
  }
}

TEST(MultipartTest, MalformedFormsAreInvalid) {
  const std::string head = "--xyz\r\nContent-Disposition: form-data; name=f\r\n\r\n";
  for (const std::string& body :
       {std::string(), std::string("--xyz"), head, head + "bytes", head + "bytes\r\n--xyz",
        head + "bytes\r\n--xyzQ\r\n", std::string("--xyz\r\n\r\nno head\r\n--xyz--"), OnePart("form-data"),
        OnePart("attachment; name=f"), std::string("--xyz\r\nno colon\r\n\r\n\r\n--xyz--"),
        "--xyz\r\nX: " + std::string(9000, 'x'), "--xyz" + std::string(9000, ' ')}) {
    const Result<std::vector<Part>> parts = Parse(body);
    ASSERT_FALSE(parts) << body.substr(0, 80);
    EXPECT_EQ(parts.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(MultipartTest, AnErrorOfACallbackEndsTheParse) {
  MultipartParser parser(
      "xyz", [](const PartHead&) { return Result<void>(Fail(ErrorCode::kNoSpace, "full")); },
      [](std::string_view) { return Result<void>(); });
  const Result<void> fed = parser.Feed(OnePart("form-data; name=f"));
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, ErrorCode::kNoSpace);
}

TEST(MultipartTest, BytesArePassedOnWithoutBeingHeld) {
  std::size_t passed = 0;
  MultipartParser parser(
      "xyz", [](const PartHead&) { return Result<void>(); },
      [&](std::string_view bytes) {
        passed += bytes.size();
        return Result<void>();
      });
  ASSERT_TRUE(parser.Feed("--xyz\r\nContent-Disposition: form-data; name=f\r\n\r\n"));
  ASSERT_TRUE(parser.Feed(std::string(100'000, 'x')));
  EXPECT_GT(passed, 99'900U);
}

TEST(BoundaryTest, TheBoundaryIsFound) {
  EXPECT_EQ(BoundaryOf("multipart/form-data; boundary=abc").value(), "abc");
  EXPECT_EQ(BoundaryOf("Multipart/Form-Data;charset=x; BOUNDARY=\"a;b c\"").value(), "a;b c");
  for (const std::string& type :
       {std::string("text/plain; boundary=x"), std::string("multipart/form-data"),
        std::string("multipart/form-data; boundary="), "multipart/form-data; boundary=" + std::string(71, 'x')}) {
    const Result<std::string> boundary = BoundaryOf(type);
    ASSERT_FALSE(boundary) << type;
    EXPECT_EQ(boundary.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace counsel::net
