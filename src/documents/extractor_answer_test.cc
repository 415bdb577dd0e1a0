// Answers of a reader that a document has taken over.
#include "documents/extractor_answer.h"

#include <string>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace counsel::documents {
namespace {

std::shared_ptr<const FileDescriptor> Said(const std::string& answer) {
  auto file = std::make_shared<const FileDescriptor>(::memfd_create("answer", MFD_CLOEXEC));
  EXPECT_EQ(::write(file->get(), answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
  return file;
}

// A sound answer, with one member more.
bool Taken(const std::string& member) {
  const std::string answer = R"({"media_type":"text/plain","text_bytes":4,"pages":[],"notes":[])" + member + "}\ntext";
  return ReadAnswer(Said(answer), "a.txt", ExtractionLimits()).has_value();
}

TEST(ExtractorAnswer, ListsWithinListsWithoutEndAreNeverMadeATree) {
  EXPECT_TRUE(Taken(R"(,"x":[[1,2],[3]])"));
  EXPECT_FALSE(Taken(",\"x\":" + std::string(10, '[') + std::string(10, ']')));
  EXPECT_TRUE(Taken(R"(,"x":"[[[[[[[[[[[[\"[[[[[[")")) << "not in a string";
}

TEST(ExtractorAnswer, MoreValuesThanAnyDocumentHasAreNeverMadeATree) {
  std::string list = ",\"x\":[1";
  for (int i = 0; i < 3'000'000; ++i) list += ",1";
  EXPECT_FALSE(Taken(list + "]"));
}

TEST(ExtractorAnswer, WhatWasNotReadBecomesANote) {
  const std::string answer =
      R"({"media_type":"text/plain","text_bytes":4,"pages":[],"notes":[],"unread":[["a picture","it is one","page 3"],)"
      R"(["a chart","",""]]})"
      "\ntext";
  const Result<ExtractedText> text = ReadAnswer(Said(answer), "a.txt", ExtractionLimits());
  ASSERT_TRUE(text);
  EXPECT_EQ(text->notes, (std::vector<std::string>{"Not read: a picture (page 3): it is one.", "Not read: a chart."}));
  EXPECT_FALSE(Taken(R"(,"unread":[["a"]])"));
  EXPECT_FALSE(Taken(R"(,"tail":9)"));
  EXPECT_FALSE(Taken(R"(,"page_labels":[[1,"a"]])")) << "there is no page";
}

TEST(ExtractorAnswer, ARefusalWithoutASentenceIsAFailureOfTheReader) {
  const Error kept = ReadRefusal(*Said(R"({"error":{"code":"too_large","message":"It is large.","next_step":""}})"
                                       "\n"),
                                 "a.txt");
  EXPECT_EQ(kept.message, "It is large.");
  const Error failed = ReadRefusal(*Said(R"({"error":{"code":"too_large","message":""}})"
                                         "\n"),
                                   "a.txt");
  EXPECT_EQ(failed.code, ErrorCode::kCorrupt);
  EXPECT_FALSE(failed.message.empty());
}

}  // namespace
}  // namespace counsel::documents
