#include "word/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::word {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kAnswer =
    "## Short answer\n"
    "The rent is £1,450 a month [1]. It may increase twice [2]. **Pets** are allowed [1].\n"
    "- The deposit is held by the agent [1].";

Json Sentence(const std::string& text, const char* grade, Json differences = Json::array(), bool claims = true) {
  const std::size_t start = std::string_view(kAnswer).find(text);
  return {{"start", start},
          {"end", start + text.size()},
          {"needs_support", claims},
          {"grade", grade},
          {"differences", std::move(differences)},
          {"why_not", ""}};
}

Json Source(const char* quote, const std::string& sentence) {
  const std::size_t start = std::string_view(kAnswer).find(sentence);
  return {{"n", 1},
          {"document", "d1"},
          {"name", {{"text", "lease.docx"}}},
          {"inside", ""},
          {"page", 2},
          {"start", 10},
          {"end", 60},
          {"heading", {{"text", "3. Rent"}}},
          {"quote", {{"text", quote}}},
          {"supported", true},
          {"answer_start", start},
          {"answer_end", start + 5}};
}

Asked WrittenAnswer() {
  Asked asked;
  asked.number = 12;
  asked.entry = {{"entry", 12},
                 {"kind", "question"},
                 {"person", {{"account", "anna"}}},
                 {"program", "counsel 0.1.0"},
                 {"time", "2026-11-30T22:45:00Z"}};
  asked.entry["said"] = {{"question", {{"text", "What is the rent?"}}},
                         {"outcome", "answered"},
                         {"matters", {{{"text", "Alder"}}}},
                         {"answer", {{"text", kAnswer}}},
                         {"notes", Json::array()},
                         {"model", {{"name", "qwen"}}}};
  Json& said = asked.entry["said"];
  said["sentences"] = {Sentence("Short answer", "unsupported", Json::array(), false),
                       Sentence("The rent is £1,450 a month [1].", "supported"),
                       Sentence("It may increase twice [2].", "near", {{{"text", "not in the source: 'twice'"}}}),
                       Sentence("**Pets** are allowed [1].", "unsupported", {{{"text", "the source adds: 'no'"}}}),
                       Sentence("The deposit is held by the agent [1].", "supported")};
  said["citations"] = {Source("The rent of Alder House is £1,450 a month.", "The rent is"),
                       Source("The rent may increase once.", "It may increase"),
                       Source("The deposit is held by the agent.", "The deposit")};
  return asked;
}

TEST(AnswersInWord, AFootnoteStandsBehindWhatWasCheckedAndNothingElse) {
  const std::string bytes = AnswersInWord({WrittenAnswer()}, AnswerOptions()).Docx();
  EXPECT_THAT(bytes, HasSubstr("<w:pStyle w:val=\"Heading2\"/></w:pPr><w:r><w:t xml:space=\"preserve\">Short answer<"));
  EXPECT_THAT(bytes,
              HasSubstr("lease.docx, under “3. Rent”, page 2, characters 10–60: “The rent of Alder House is £1,450 a "
                        "month.”"));
  EXPECT_THAT(bytes, HasSubstr("Near (not in the source: 'twice'): lease.docx"));
  EXPECT_THAT(bytes, HasSubstr(">Pets are allowed.</w:t>"));
  EXPECT_THAT(bytes, HasSubstr(" [Not supported: the source adds: 'no']</w:t></w:r><"));
  EXPECT_THAT(bytes, Not(HasSubstr("[1]")));
  EXPECT_THAT(bytes, HasSubstr("<w:footnoteReference w:id=\"3\"/>"));
  EXPECT_THAT(bytes, Not(HasSubstr("<w:footnoteReference w:id=\"4\"/>")));
  EXPECT_THAT(bytes,
              HasSubstr("Asked 2026-11-30 22:45 UTC by anna. Entry 12 of the record, in Alder, written by qwen"));
}

TEST(AnswersInWord, WhatIsNotSupportedCanBeLeftOutAndThatIsSaid) {
  AnswerOptions options;
  options.checked_only = true;
  const std::string bytes = AnswersInWord({WrittenAnswer()}, options).Docx();
  EXPECT_THAT(bytes, Not(HasSubstr("Pets")));
  EXPECT_THAT(bytes, HasSubstr("One sentence that the documents do not support was left out."));
  EXPECT_THAT(bytes, HasSubstr("The deposit is held by the agent."));
}

TEST(AnswersInWord, QuotesHaveAFootnoteEach) {
  Asked asked = WrittenAnswer();
  Json& said = asked.entry["said"];
  said["outcome"] = "quoted";
  said["sentences"] = Json::array();
  said["quotes"] = said["citations"];
  const std::string bytes = AnswersInWord({asked}, AnswerOptions()).Docx();
  EXPECT_THAT(bytes,
              HasSubstr("“The rent may increase once.”</w:t></w:r><w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/>"
                        "</w:rPr><w:footnoteReference w:id=\"2\"/>"));
  EXPECT_THAT(bytes, Not(HasSubstr("Pets")));
}

TEST(AnswersInWord, WhatNothingSupportsIsSaidToBeSo) {
  Asked asked = WrittenAnswer();
  Json& said = asked.entry["said"];
  said["outcome"] = "unsupported";
  said["draft"] = said["answer"];
  said["answer"] = {{"text", "The documents support no sentence. Nearest: “The rent is £1,450.” [1]"}};
  said["citations"] = {Source("The rent is £1,450.", "## Short")};
  said["citations"][0]["answer_start"] = 44;
  said["citations"][0]["answer_end"] = 69;
  const std::string bytes = AnswersInWord({asked}, AnswerOptions()).Docx();
  EXPECT_THAT(bytes, HasSubstr("<w:footnoteReference w:id=\"1\"/>"));
  EXPECT_THAT(bytes, Not(HasSubstr("<w:footnoteReference w:id=\"2\"/>")));
  EXPECT_THAT(bytes, HasSubstr("What the model wrote, and the documents do not support"));
}

TEST(AnswersInWord, DeletedTextsAndOddEntriesAreNoFault) {
  Asked gone = WrittenAnswer();
  gone.texts = false;
  EXPECT_THAT(AnswersInWord({gone, Asked()}, AnswerOptions()).Docx(), HasSubstr("Its texts were deleted"));
}

}  // namespace
}  // namespace counsel::word
