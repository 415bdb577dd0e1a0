// Real files through the real counsel-extract.
#include "documents/extraction.h"

#include <csignal>
#include <fstream>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/ids.h"
#include "base/judgement.h"
#include "base/utf8.h"
#include "documents/ocr.h"
#include "documents/sandbox_report.h"
#include "documents/small_pdf.h"

namespace counsel::documents {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Extraction : public testing::Test {
 protected:
  Extraction() : folder_(fs::temp_directory_path() / ("counsel-extraction-" + NewId())) {
    fs::create_directories(folder_);
    extractor_ = fs::read_symlink("/proc/self/exe").parent_path() / "counsel-extract";
  }
  ~Extraction() override { fs::remove_all(folder_); }

  fs::path Write(const std::string& bytes) {
    const fs::path path = folder_ / NewId();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  // By a process of its own, and by the fork of a zygote: the same comes of it.
  Result<ExtractedText> ExtractFile(const fs::path& path, const std::string& name,
                                    std::shared_ptr<ExtractionStop> stop = nullptr) {
    Result<ExtractedText> alone = ExtractBy(extractor_, path, name, stop);
    if (stop || scripted_) return alone;
    const Result<ExtractedText> forked =
        ExtractBy(Extractor(extractor_, std::make_shared<Readers>(io_.get_executor())), path, name, nullptr);
    EXPECT_EQ(alone ? alone->text : alone.error().message, forked ? forked->text : forked.error().message);
    return alone;
  }

  Result<ExtractedText> ExtractBy(Extractor extractor, const fs::path& path, const std::string& name,
                                  std::shared_ptr<ExtractionStop> stop) {
    std::optional<Result<ExtractedText>> result;
    auto extracting = Extract(io_.get_executor(), threads_, std::move(extractor), path, name, limits_, std::move(stop));
    asio::co_spawn(io_, std::move(extracting), [&](const std::exception_ptr& thrown, Result<ExtractedText> outcome) {
      if (thrown) std::rethrow_exception(thrown);
      result.emplace(std::move(outcome));
    });
    io_.restart();
    io_.run();
    return std::move(*result);
  }

  Result<ExtractedText> Extracted(const std::string& bytes, const std::string& name = "lease.txt") {
    return ExtractFile(Write(bytes), name);
  }

  // A stand-in for counsel-extract.
  void UseScript(const std::string& body) {
    scripted_ = true;
    extractor_ = folder_ / "script";
    std::ofstream(extractor_) << "#!/bin/sh\n" << body << "\n";
    fs::permissions(extractor_, fs::perms::owner_all);
  }

  fs::path folder_;
  fs::path extractor_;
  bool scripted_ = false;  // extractor_ is a stand-in
  ExtractionLimits limits_;
  asio::io_context io_;  // outlives the threads, which still hold its executor when a result is there
  asio::thread_pool threads_{1};
};

std::string CodeAndMessage(const Result<ExtractedText>& result) {
  if (result) return "text: " + result->text.substr(0, 200);
  return std::string(ErrorCodeName(result.error().code)) + ": " + result.error().message;
}

TEST_F(Extraction, Utf8TextStaysAsWritten) {
  const Result<ExtractedText> text = Extracted("The \xE2\x80\x9CLicensee\xE2\x80\x9D pays\n\n\xC2\xA3 5. e\xCC\x81\n");
  ASSERT_TRUE(text) << CodeAndMessage(text);
  EXPECT_EQ(text->text, "The \xE2\x80\x9CLicensee\xE2\x80\x9D pays\n\n\xC2\xA3 5. e\xCC\x81\n");
  EXPECT_EQ(text->media_type, "text/plain");
  EXPECT_THAT(text->pages, IsEmpty());
  EXPECT_THAT(text->notes, IsEmpty());
}

TEST_F(Extraction, LineEndsBecomeNewlinesAndControlCharactersVanish) {
  const std::string filler(400, 'x');
  const Result<ExtractedText> text = Extracted("a\r\nb\rc\fd\te\x01" + filler);
  ASSERT_TRUE(text) << CodeAndMessage(text);
  EXPECT_EQ(text->text, "a\nb\nc\nd\te" + filler);
}

TEST_F(Extraction, AByteOrderMarkTellsTheEncodingAndIsNotText) {
  EXPECT_EQ(Extracted("\xEF\xBB\xBFhello")->text, "hello");
  EXPECT_EQ(Extracted(std::string("\xFF\xFEh\0\xA3\0=\xD8\0\xDE", 10))->text, "h\xC2\xA3\xF0\x9F\x98\x80");
  EXPECT_EQ(Extracted(std::string("\xFE\xFF\0h\0\xA3", 6))->text, "h\xC2\xA3");
}

TEST_F(Extraction, OldWesternTextIsReadAsWindows1252AndSaysSo) {
  const Result<ExtractedText> text = Extracted("Fee: \x80 5, said the \x93Licensor\x94, caf\xE9 owner of the premises");
  ASSERT_TRUE(text) << CodeAndMessage(text);
  EXPECT_EQ(text->text,
            "Fee: \xE2\x82\xAC 5, said the \xE2\x80\x9CLicensor\xE2\x80\x9D, caf\xC3\xA9 owner of the premises");
  EXPECT_THAT(text->notes, ElementsAre(HasSubstr("Windows-1252")));
}

TEST_F(Extraction, MarkdownIsToldByItsName) {
  EXPECT_EQ(Extracted("# Terms\n", "Terms.MD")->media_type, "text/markdown");
}

TEST_F(Extraction, WhatIsNotTextIsRefusedWithASentence) {
  EXPECT_EQ(CodeAndMessage(Extracted(std::string("MZ\0\1\2\3", 6), "a.exe")),
            "unsupported: 'a.exe' is not a document that Counsel can read (it holds binary data).");
  EXPECT_EQ(CodeAndMessage(Extracted("PK\x03\x04whatever", "a.docx")), "corrupt: 'a.docx' is a damaged ZIP file.");
  EXPECT_EQ(CodeAndMessage(Extracted("\x81\x8D\x8F\x90\x9D", "a.txt")),
            "unsupported: The character encoding of 'a.txt' is not known.");
  EXPECT_EQ(CodeAndMessage(Extracted("", "a.txt")), "invalid_argument: 'a.txt' is empty.");
  EXPECT_EQ(CodeAndMessage(Extracted(" \n\xC2\xA0\n", "a.txt")),
            "invalid_argument: 'a.txt' holds no text, only white space.");
}

TEST_F(Extraction, APdfGivesItsTextPageByPage) {
  const Result<ExtractedText> text = Extracted(
      SmallPdf({{"The licence runs", "for three years."}, {"Second page, in which"}, {"the sentence ends."}}), "a.pdf");
  ASSERT_TRUE(text) << CodeAndMessage(text);
  EXPECT_EQ(text->media_type, "application/pdf");
  EXPECT_EQ(text->text, "The licence runs\nfor three years.\n\nSecond page, in which\nthe sentence ends.");
  ASSERT_EQ(text->pages.size(), 3U);
  EXPECT_EQ(text->pages[1].page, 2);
  EXPECT_EQ(SliceCodePoints(text->text, text->pages[1].start, text->pages[1].start + 6), "Second");
  EXPECT_EQ(SliceCodePoints(text->text, text->pages[2].start, text->pages[2].start + 3), "the");
}

TEST_F(Extraction, APdfIsToldByItsContentNotItsName) {
  EXPECT_EQ(Extracted(SmallPdf({{"Hello"}}), "a.txt")->media_type, "application/pdf");
}

TEST_F(Extraction, PagesWithoutTextAreNamedAsThoseThatNeedOcr) {
  const Result<ExtractedText> text = Extracted(SmallPdf({{}, {"Hello."}, {}, {}}), "a.pdf");
  ASSERT_TRUE(text) << CodeAndMessage(text);
  EXPECT_THAT(text->needs_ocr, ElementsAre(1, 2, 3, 4)) << "page 2 has so little that the rest may be a picture";
  EXPECT_EQ(text->pages.size(), 4U);
}

TEST_F(Extraction, APdfWithoutAnyTextIsForOcrToRead) {
  const Result<ExtractedText> text = Extracted(SmallPdf({{}, {}}), "scan.pdf");
  ASSERT_TRUE(text) << CodeAndMessage(text);
  EXPECT_EQ(text->text, "");
  EXPECT_THAT(text->needs_ocr, ElementsAre(1, 2));
}

// RC4, 40 bits; the user's password is "secret".
TEST_F(Extraction, APdfWithAPasswordIsRefused) {
  const std::string pdf = SmallPdf(
      {{"Hello."}}, "/Encrypt 6 0 R /ID [<000102030405060708090A0B0C0D0E0F> <000102030405060708090A0B0C0D0E0F>]",
      "<< /Filter /Standard /V 1 /R 2 /P -4 /O <92FE0F4454AD4C9644693F33C07CB54F587DCE1E2682FE9ECEA6107A1EF630DD>"
      " /U <A2D98DD93474875EC95C60445C51FE1DF35FFAAC7DA1BACA629058B1C08A8E39> >>");
  EXPECT_EQ(CodeAndMessage(Extracted(pdf, "a.pdf")), "permission_denied: 'a.pdf' is protected by a password.");
}

TEST_F(Extraction, ATruncatedPdfGivesTextOrAnError) {
  const std::string pdf = SmallPdf({{"Hello there."}, {"Another page."}});
  int errors = 0;
  for (std::size_t size = 5; size < pdf.size(); size += 100) {
    const Result<ExtractedText> text = Extracted(pdf.substr(0, size), "a.pdf");
    if (!text) ++errors;
    EXPECT_TRUE(text ? !text->text.empty() : text.error().message.starts_with("'a.pdf'")) << CodeAndMessage(text);
  }
  EXPECT_GT(errors, 0);
}

TEST_F(Extraction, TooManyPagesAreRefusedWithTheLimit) {
  const std::vector<std::vector<std::string>> pages(5001);
  EXPECT_EQ(CodeAndMessage(Extracted(SmallPdf(pages), "a.pdf")),
            "too_large: 'a.pdf' has more than 5000 pages, the limit extraction.max_pages.");
}

TEST_F(Extraction, LimitsOnInputAndTextAreStated) {
  limits_.input_bytes = 1 << 20;
  EXPECT_EQ(CodeAndMessage(Extracted(std::string((1 << 20) + 1, 'a'), "a.txt")),
            "too_large: 'a.txt' is larger than 1 MiB, the limit extraction.max_file_mb.");
  limits_.text_bytes = 1 << 20;
  limits_.input_bytes = 8 << 20;
  EXPECT_EQ(CodeAndMessage(Extracted(std::string((1 << 20) + 1, 'a'), "a.txt")),
            "too_large: The text of 'a.txt' is longer than 1 MiB, the limit extraction.max_text_mb.");
}

TEST_F(Extraction, AMissingFileOrProgramIsSaid) {
  EXPECT_THAT(CodeAndMessage(ExtractFile(folder_ / "none", "a.txt")), HasSubstr("not_found: "));
  extractor_ = folder_ / "none";
  EXPECT_THAT(CodeAndMessage(Extracted("hello")), HasSubstr("unavailable: "));
}

TEST_F(Extraction, AnExtractorThatNeverEndsIsStoppedAtTheDeadline) {
  UseScript("while :; do :; done");
  limits_.time = std::chrono::seconds(1);
  EXPECT_EQ(CodeAndMessage(Extracted("hello", "a.txt")),
            "too_large: 'a.txt' could not be read within 1 seconds, the limit extraction.seconds.");
}

TEST_F(Extraction, WhoStartedItCanStopIt) {
  UseScript("while :; do :; done");
  auto stop = std::make_shared<ExtractionStop>();
  std::optional<Result<ExtractedText>> result;
  asio::co_spawn(io_, Extract(io_.get_executor(), threads_, extractor_, Write("hello"), "a.txt", limits_, stop),
                 [&](const std::exception_ptr&, Result<ExtractedText> outcome) { result.emplace(std::move(outcome)); });
  while (!result) {
    io_.run_one_for(std::chrono::milliseconds(20));
    stop->Request();
  }
  EXPECT_EQ(CodeAndMessage(*result), "cancelled: Reading 'a.txt' was stopped.");
}

// How a reader ends, what is said, and whether the document is tried again.
TEST_F(Extraction, ADocumentsOwnFaultIsPermanentAndAnothersIsNot) {
  struct Case {
    const char* script;
    Judgement judgement;
    const char* said;
  };
  for (const Case& one : {
           Case{"kill -SEGV $$", Judgement::kPermanent, "corrupt: 'a.txt' could not be read: the document reader fai"},
           Case{"exit 1", Judgement::kPermanent, "corrupt: 'a.txt' could not be read: the document reader failed on"},
           Case{"kill -SYS $$", Judgement::kPermanent, "corrupt: 'a.txt' could not be read: it made the document re"},
           Case{"kill -XCPU $$", Judgement::kPermanent, "too_large: 'a.txt' could not be read within 120 seconds, the"},
           Case{"kill -XFSZ $$", Judgement::kPermanent, "too_large: The text of 'a.txt' is longer than"},
           Case{"echo std::bad_alloc >&2; kill -ABRT $$", Judgement::kPermanent, "too_large: 'a.txt' could not be re"},
           Case{"kill -KILL $$", Judgement::kSmaller, "out_of_memory: 'a.txt' could not be read: its reader was kil"},
           Case{"echo 'error while loading shared libraries' >&2; exit 127", Judgement::kLater,
                "unavailable: The docu"},
       }) {
    UseScript(one.script);
    const Result<ExtractedText> text = Extracted("hello", "a.txt");
    EXPECT_THAT(CodeAndMessage(text), testing::StartsWith(one.said)) << one.script;
    ASSERT_FALSE(text);
    EXPECT_EQ(Judge(text.error()), one.judgement) << one.script;
  }
}

// A text never changes: what is missing from it is missing for good.
TEST_F(Extraction, APageWhoseReaderWasKilledIsReadAnotherTimeAndNotedAtTheLastTry) {
  UseScript(
      "case \"$*\" in *\"--task ocr\"*) kill -KILL $$ ;; esac\n"
      R"(printf '{"media_type":"a","text_bytes":4,"pages":[[1,0],[2,4]],"notes":[],"needs_ocr":[2]}\ntext' >&4)");
  OcrOptions ocr;
  const auto read = [&] {
    std::optional<Result<ExtractedText>> result;
    asio::co_spawn(
        io_,
        ExtractWithOcr(io_.get_executor(), threads_, extractor_, Write("x"), "a.pdf", limits_, ocr, nullptr, nullptr),
        [&](const std::exception_ptr&, Result<ExtractedText> text) { result.emplace(std::move(text)); });
    io_.restart();
    io_.run();
    return std::move(*result);
  };
  const Result<ExtractedText> first = read();
  ASSERT_FALSE(first) << first->text;
  EXPECT_EQ(Judge(first.error()), Judgement::kSmaller) << first.error().message;
  ocr.take_what_there_is = true;
  const Result<ExtractedText> last = read();
  ASSERT_TRUE(last) << CodeAndMessage(last);
  EXPECT_THAT(last->notes, ElementsAre(HasSubstr("could not be read by OCR")));
}

// As while counsel-extract is replaced: gone, empty, written at this moment, no program at all.
TEST_F(Extraction, AReaderThatIsBeingReplacedIsNoFaultOfTheDocument) {
  UseScript("exit 0");
  const fs::path gone = folder_ / "none";
  const fs::path half = folder_ / "half";
  std::ofstream(half) << "\x7f"
                      << "ELF";
  fs::permissions(half, fs::perms::owner_all);
  const fs::path busy = folder_ / "busy";
  std::ofstream writing(busy);
  writing << "#!/bin/sh\n" << std::flush;
  fs::permissions(busy, fs::perms::owner_all);
  const fs::path later = folder_ / "later";
  std::ofstream(later) << "#!/bin/sh\n";
  for (const fs::path& reader : {gone, half, busy, later}) {
    extractor_ = reader;
    const Result<ExtractedText> text = Extracted("hello", "a.txt");
    ASSERT_FALSE(text) << reader;
    EXPECT_EQ(Judge(text.error()), Judgement::kLater) << reader << ": " << text.error().message;
    EXPECT_FALSE(text.error().next_step.empty()) << reader;
  }
}

TEST_F(Extraction, TheReaderSaysHowItIsConfined) {
  std::optional<Result<SandboxReport>> said;
  asio::co_spawn(io_, AskSandbox(io_.get_executor(), extractor_, limits_),
                 [&](const std::exception_ptr&, Result<SandboxReport> report) { said.emplace(std::move(report)); });
  io_.run();
  ASSERT_TRUE(said->has_value()) << said->error().message;
  EXPECT_TRUE((*said)->confined);
  std::vector<std::string> names;
  for (const SandboxLayer& layer : (*said)->layers) names.push_back(layer.name);
  EXPECT_THAT(names, ElementsAre("limits", "privileges", "namespaces", "files", "system calls"));
  EXPECT_THAT((*said)->layers[0].detail, HasSubstr("processor time 122 s, output 344 MiB"));
}

TEST_F(Extraction, AFloodOfOutputIsCutOff) {
  UseScript("exec cat /dev/zero >&4");
  limits_.text_bytes = 1 << 20;
  EXPECT_FALSE(Extracted("hello", "a.txt"));
}

TEST_F(Extraction, AnAnswerIsCheckedLikeAnyInput) {
  for (const char* answer :
       {"", "{}\\ntext", "nonsense", R"({"media_type":"text/plain","text_bytes":4,"pages":[],"notes":[]}\n)",
        R"({"media_type":"text/plain","text_bytes":0,"pages":[],"notes":[]}\n)",
        R"({"media_type":"text/plain","text_bytes":1,"pages":[],"notes":[]}\n\377)",
        R"({"media_type":"text/plain","text_bytes":4,"pages":[[2,0],[1,0]],"notes":[]}\ntext)",
        R"({"media_type":"text/plain","text_bytes":4,"pages":[[1,9]],"notes":[]}\ntext)",
        R"({"media_type":"text/plain","text_bytes":4,"pages":[[1,-1]],"notes":[]}\ntext)",
        R"({"media_type":"text/plain","text_bytes":4,"pages":[1],"notes":[]}\ntext)",
        R"({"media_type":7,"text_bytes":4,"pages":[],"notes":[]}\ntext)",
        R"({"media_type":"a","text_bytes":4,"pages":[],"notes":[],"structure":[["heading",1,0,5,""]]}\ntext)",
        R"({"media_type":"a","text_bytes":4,"pages":[],"notes":[],"structure":[["other",1,0,4,""]]}\ntext)",
        R"({"media_type":"a","text_bytes":4,"pages":[],"notes":[],"embedded":[["n","t",2]]}\ntext)",
        R"({"media_type":"a","text_bytes":4,"pages":[],"notes":[],"embedded":[["n","t",-1]]}\ntextx)"}) {
    UseScript("printf '" + std::string(answer) + "' >&4");
    EXPECT_THAT(CodeAndMessage(Extracted("hello", "a.txt")), HasSubstr("corrupt: 'a.txt'")) << answer;
  }
  UseScript(R"(printf '{"media_type":"text/plain","text_bytes":4,"pages":[[1,0],[2,4]],"notes":["n"]}\ntext' >&4)");
  EXPECT_EQ(CodeAndMessage(Extracted("hello", "a.txt")), "text: text");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(Extraction, MemoryIsLimited) {
  limits_.memory_bytes = std::uint64_t{128} << 20;
  limits_.text_bytes = std::uint64_t{256} << 20;
  EXPECT_THAT(CodeAndMessage(Extracted(std::string(std::size_t{100} << 20, 'a'), "a.txt")),
              HasSubstr("needs more memory than 128 MiB, the limit extraction.memory_mb."));
}
#endif

}  // namespace
}  // namespace counsel::documents
