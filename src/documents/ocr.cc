#include "documents/ocr.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "base/format.h"
#include "base/judgement.h"
#include "base/offload.h"
#include "base/utf8.h"
#include "child/child.h"
#include "documents/extraction_order.h"
#include "documents/extractor_answer.h"

namespace counsel::documents {
namespace {

namespace asio = boost::asio;

// The pages of one document on their way through OCR. Shared by the coroutines that read them; io thread only.
struct Pages {
  Pages(asio::any_io_executor io_in, asio::thread_pool& threads_in)
      : io(std::move(io_in)), threads(threads_in), changed(io) {
    changed.expires_at(std::chrono::steady_clock::time_point::max());
  }
  asio::any_io_executor io;
  asio::thread_pool& threads;
  asio::steady_timer changed;  // cancelled when a page is done
  OcrOptions options;
  std::vector<int> wanted;
  std::size_t next = 0;
  int running = 0;
  int done = 0;
  std::map<int, RecognisedPage> recognised;
  std::vector<int> blank;
  std::map<int, Error> failed;
  std::optional<Error> not_installed;
  std::optional<Error> trouble;  // not a page's fault: the document is for another time
  std::function<void(int, int)> progress;
};

std::shared_ptr<ExtractionOrder> OrderOf(const ExtractionOrder& document, const OcrOptions& options, int page) {
  auto order = std::make_shared<ExtractionOrder>(document);
  order->readers = nullptr;  // it wants files that a fork does not see
  order->limits.time = options.page_time;
  order->time_setting = "ocr.seconds";
  order->nice = 10;  // it takes every processor there is: the models go first
  order->arguments = {"--task",       "ocr",
                      "--page",       std::to_string(page),
                      "--languages",  options.languages,
                      "--max-pixels", std::to_string(options.pixels)};
  return order;
}

asio::awaitable<Result<PageAnswer>> AskPage(std::shared_ptr<const ExtractionOrder> order, int page) {
  ASSIGN_OR_CO_RETURN(std::shared_ptr<const FileDescriptor> result, co_await RunExtractor(order));
  auto read = [&] { return ReadPageAnswer(*result, order->name, page); };
  Result<PageAnswer> answer = co_await Offload(order->threads, read);
  co_return answer;
}

// A text never changes: a page that could not be read for the machine's sake must not be missing from it for good.
bool ForAnotherTime(const Error& error, const OcrOptions& options) {
  const Judgement judgement = Judge(error);
  return judgement == Judgement::kLater || (judgement == Judgement::kSmaller && !options.take_what_there_is);
}

void Take(Pages& pages, int page, Result<PageAnswer> answer) {
  ++pages.done;
  if (!answer && ForAnotherTime(answer.error(), pages.options)) {
    if (!pages.trouble) pages.trouble = std::move(answer.error());
  } else if (!answer) {
    if (answer.error().code == ErrorCode::kUnsupported) pages.not_installed = answer.error();
    pages.failed.emplace(page, std::move(answer.error()));
  } else if (answer->better && !answer->text.empty()) {
    RecognisedPage& read = pages.recognised[page];
    read.text = std::move(answer->text);
    read.placed = std::move(answer->placed);
  } else if (answer->better) {
    pages.blank.push_back(page);
  }
  if (pages.progress) pages.progress(pages.done, static_cast<int>(pages.wanted.size()));
}

// Reads one page after the other until there is none left.
asio::awaitable<void> ReadOn(std::shared_ptr<Pages> pages, std::shared_ptr<const ExtractionOrder> document) {
  const auto over = [&] {
    return pages->not_installed || pages->trouble || (document->stop && document->stop->requested());
  };
  while (pages->next < pages->wanted.size() && !over()) {
    const int page = pages->wanted[pages->next++];
    const std::shared_ptr<const ExtractionOrder> order = OrderOf(*document, pages->options, page);
    Result<PageAnswer> answer = co_await AskPage(order, page);
    Take(*pages, page, std::move(answer));
  }
}

// One of those who read has no more to do, or could not go on.
void Left(Pages& pages, const std::exception_ptr& thrown) {
  --pages.running;
  pages.changed.cancel();
  if (!thrown || pages.trouble) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    pages.trouble = ThrownError(exception, "Reading pages by OCR failed");
  }
}

asio::awaitable<void> ReadPages(std::shared_ptr<Pages> pages, std::shared_ptr<const ExtractionOrder> document) {
  const int readers = std::max(1, std::min(pages->options.at_once, static_cast<int>(pages->wanted.size())));
  for (int i = 0; i < readers; ++i) {
    ++pages->running;
    asio::co_spawn(pages->io, ReadOn(pages, document),
                   [pages](const std::exception_ptr& thrown) { Left(*pages, thrown); });
  }
  while (pages->running > 0) {
    boost::system::error_code ignored;
    co_await pages->changed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

std::vector<int> Numbers(const std::map<int, Error>& failed) {
  std::vector<int> numbers;
  for (const auto& [page, error] : failed) numbers.push_back(page);
  return numbers;
}

// Why there is no text at all.
tl::unexpected<Error> NothingRead(const Pages& pages, const std::string& name) {
  if (pages.not_installed) {
    return Fail(ErrorCode::kUnsupported, "'" + name + "' is a scan. " + pages.not_installed->message,
                pages.not_installed->next_step);
  }
  if (!pages.failed.empty()) return Fail(pages.failed.begin()->second);
  return Fail(ErrorCode::kInvalidArgument, "'" + name + "' has no text, and text recognition (OCR) found none.",
              "If there is writing on it, scan it anew: 300 dots an inch, upright.");
}

void NotePages(const Pages& pages, std::size_t beyond, ExtractedText* text) {
  std::vector<int> read;
  double confidence = 0;
  for (const auto& [page, recognised] : pages.recognised) {
    read.push_back(page);
    confidence += recognised.placed.confidence;
  }
  if (!read.empty()) {
    const int mean = static_cast<int>(confidence / static_cast<double>(read.size()) + 0.5);
    const std::string how = " read by OCR (confidence " + std::to_string(mean) + " of 100)";
    text->notes.push_back(FormatPages(read, "was" + how, "were" + how));
  }
  if (pages.not_installed) {
    text->notes.push_back(FormatPages(pages.wanted, "has no text (a scan?)", "have no text (scans?)") + " " +
                          pages.not_installed->ToString());
  } else if (!pages.failed.empty()) {
    text->notes.push_back(FormatPages(Numbers(pages.failed), "could not be read by OCR", "could not be read by OCR") +
                          " " + pages.failed.begin()->second.message);
  }
  if (beyond > 0) {
    text->notes.push_back(std::to_string(beyond) + " further pages without text were not read: OCR reads " +
                          std::to_string(pages.options.pages) + " of a document (ocr.pages).");
  }
}

asio::awaitable<Result<ExtractedText>> ExtractAndRecognise(std::shared_ptr<ExtractionOrder> order, OcrOptions ocr,
                                                           std::function<void(int, int)> progress) {
  Extractor extractor(order->extractor, order->readers);
  auto extracting =
      Extract(order->io, order->threads, std::move(extractor), order->file, order->name, order->limits, order->stop);
  Result<ExtractedText> text = co_await std::move(extracting);
  if (text && text->needs_ocr.empty()) MarkPageLabels(&*text);
  if (!text || text->needs_ocr.empty()) co_return text;
  auto pages = std::make_shared<Pages>(order->io, order->threads);
  pages->options = std::move(ocr);
  pages->progress = std::move(progress);
  const auto most = static_cast<std::size_t>(std::max(0, pages->options.pages));
  const std::size_t beyond = text->needs_ocr.size() - std::min(most, text->needs_ocr.size());
  pages->wanted.assign(text->needs_ocr.begin(), text->needs_ocr.end() - static_cast<std::ptrdiff_t>(beyond));
  if (!pages->wanted.empty()) co_await ReadPages(pages, order);
  if (order->stop && order->stop->requested()) {
    co_return Fail(ErrorCode::kCancelled, "Reading '" + order->name + "' was stopped.");
  }
  if (pages->trouble) co_return Fail(std::move(*pages->trouble));
  CO_RETURN_IF_ERROR(PutPages(pages->recognised, order->name, order->limits.text_bytes, &*text));
  if (text->text.empty()) co_return NothingRead(*pages, order->name);
  NotePages(*pages, beyond, &*text);
  MarkPageLabels(&*text);
  text->needs_ocr.clear();
  co_return text;
}

// The words that whoever relies on a quotation should look at on the page.
void MarkUnsure(const OcrPage& page, std::vector<StructureSpan>* structure) {
  constexpr double kUnsure = 60;              // of 100
  constexpr std::size_t kMostOfPage = 2'000;  // a page of noise
  std::size_t marked = 0;
  for (const WordBox& word : page.placed.words) {
    if (word.confidence >= kUnsure || page.start + word.end > page.end || ++marked > kMostOfPage) continue;
    StructureSpan span;
    span.kind = "unsure";
    span.start = page.start + word.start;
    span.end = page.start + word.end;
    span.label = std::to_string(static_cast<int>(word.confidence));
    structure->push_back(std::move(span));
  }
}

// A sentence may run over the page's end: then one line end separates the pages, else a blank line.
std::string_view Separator(std::string_view before) {
  if (before.empty()) return "";
  return std::string_view(".!?:;").find(before.back()) != std::string_view::npos ? "\n\n" : "\n";
}

}  // namespace

asio::awaitable<Result<ExtractedText>> ExtractWithOcr(asio::any_io_executor io, asio::thread_pool& threads,
                                                      Extractor extractor, std::filesystem::path file, std::string name,
                                                      ExtractionLimits limits, OcrOptions ocr,
                                                      std::shared_ptr<ExtractionStop> stop,
                                                      std::function<void(int, int)> progress) {
  auto order = std::make_shared<ExtractionOrder>(std::move(io), threads);
  order->extractor = std::move(extractor.program);
  order->readers = std::move(extractor.readers);
  order->file = std::move(file);
  order->name = std::move(name);
  order->limits = limits;
  order->stop = std::move(stop);
  return ExtractAndRecognise(std::move(order), std::move(ocr), std::move(progress));
}

void MarkPageLabels(ExtractedText* text) {
  const std::int64_t end = text->tail >= 0 ? text->tail : CountCodePoints(text->text);
  const auto ordinal = [](int number) {
    const int ten = number % 100 / 10;
    const int one = number % 10;
    const char* ending = ten == 1 ? "th" : one == 1 ? "st" : one == 2 ? "nd" : one == 3 ? "rd" : "th";
    return std::to_string(number) + ending;
  };
  std::size_t at = 0;
  for (const auto& [page, label] : text->page_labels) {
    while (at < text->pages.size() && text->pages[at].page < page) ++at;
    if (at == text->pages.size() || text->pages[at].page != page) continue;
    StructureSpan span;
    span.kind = "page_label";
    span.start = text->pages[at].start;
    span.end = at + 1 < text->pages.size() ? text->pages[at + 1].start : end;
    span.label = label + " (" + ordinal(page) + " of the file)";
    if (span.end > span.start) text->structure.push_back(std::move(span));
  }
  std::stable_sort(text->structure.begin(), text->structure.end(),
                   [](const StructureSpan& a, const StructureSpan& b) { return a.start < b.start; });
}

Result<void> PutPages(const std::map<int, RecognisedPage>& recognised, const std::string& name,
                      std::size_t most_text_bytes, ExtractedText* text) {
  if (recognised.empty()) return {};
  std::string whole;
  std::int64_t characters = 0;
  std::vector<std::size_t> ends;  // of the pages' old texts, in bytes
  std::size_t at = 0;
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < text->pages.size(); ++i) {
    const bool last = i + 1 == text->pages.size();
    const std::int64_t next = last ? 0 : text->pages[i + 1].start;
    const std::size_t all = text->tail < 0 ? text->text.size() : ByteOffset(text->text, text->tail);
    at = last ? all : at + ByteOffset(std::string_view(text->text).substr(at), next - std::exchange(seen, next));
    ends.push_back(at);
  }
  const std::vector<PageStart> old_pages = text->pages;
  std::vector<StructureSpan> structure;
  std::size_t next_span = 0;
  // The spans that begin before code point `end` of the old text, `by` further on in the new one; those of a page that
  // was read anew are gone.
  const auto move_spans = [&](std::int64_t end, std::int64_t by, bool keep) {
    for (; next_span < text->structure.size() && text->structure[next_span].start < end; ++next_span) {
      StructureSpan span = std::move(text->structure[next_span]);
      span.start += by;
      span.end += by;
      if (keep) structure.push_back(std::move(span));
    }
  };
  std::size_t begin = text->pages.empty() ? 0 : ByteOffset(text->text, text->pages.front().start);
  for (std::size_t i = 0; i < text->pages.size(); ++i) {
    std::string_view own = std::string_view(text->text).substr(begin, ends[i] - std::min(begin, ends[i]));
    begin = ends[i];
    const auto found = recognised.find(text->pages[i].page);
    if (found != recognised.end()) own = found->second.text;
    own = own.substr(0, own.find_last_not_of(" \t\n") + 1);
    const std::string_view separator = own.empty() ? "" : Separator(whole);
    text->pages[i].start = characters + static_cast<std::int64_t>(separator.size());
    whole += separator;
    whole += own;
    characters += static_cast<std::int64_t>(separator.size()) + CountCodePoints(own);
    if (whole.size() > most_text_bytes) {
      return Fail(ErrorCode::kTooLarge,
                  "The text of '" + name + "' is longer than " + std::to_string(most_text_bytes >> 20) +
                      " MiB, the limit extraction.max_text_mb.",
                  "Split the document into smaller files, or raise that limit.");
    }
    const bool last = i + 1 == text->pages.size();
    const std::int64_t old_end = !last            ? old_pages[i + 1].start
                                 : text->tail < 0 ? std::numeric_limits<std::int64_t>::max()
                                                  : text->tail;
    move_spans(old_end, text->pages[i].start - old_pages[i].start, found == recognised.end());
    if (found == recognised.end()) continue;
    OcrPage page;
    page.start = text->pages[i].start;
    page.end = characters;
    page.placed = found->second.placed;
    MarkUnsure(page, &structure);
    text->ocr.push_back(std::move(page));
  }
  // A page without text begins where the text of the one before ends.
  for (PageStart& page : text->pages) page.start = std::min(page.start, characters);
  if (text->tail >= 0) {
    std::string_view rest = std::string_view(text->text).substr(ByteOffset(text->text, text->tail));
    const std::size_t blank = std::min(rest.find_first_not_of('\n'), rest.size());
    const std::int64_t rest_start = text->tail + static_cast<std::int64_t>(blank);
    rest.remove_prefix(blank);
    text->tail = characters;
    if (!whole.empty() && !rest.empty()) whole += "\n\n";
    move_spans(std::numeric_limits<std::int64_t>::max(), CountCodePoints(whole) - rest_start, true);
    whole += rest;
  }
  text->structure = std::move(structure);
  text->text = std::move(whole);
  return {};
}

asio::awaitable<Result<OcrReport>> AskOcr(asio::any_io_executor io, std::filesystem::path extractor) {
  const auto line = std::make_shared<std::string>();
  child::ChildOptions options;
  options.argv = {extractor.string(), "--ocr-report"};
  LimitExtraction(ExtractionLimits(), &options);
  options.on_stdout_line = [line](std::string_view said) { *line = said; };
  ASSIGN_OR_CO_RETURN(std::unique_ptr<child::Child> spawned, child::Child::Spawn(io, std::move(options)));
  const child::Exit exit = co_await spawned->Wait();
  const nlohmann::json said = nlohmann::json::parse(*line, nullptr, false);
  if (exit.kind != child::ExitKind::kExited || exit.status != 0 || !said.is_object()) {
    co_return Fail(ErrorCode::kInternal, "The document reader " + exit.ToString() + ".", "Run: ./run setup");
  }
  OcrReport report;
  report.version = said.value("version", "");
  report.folder = said.value("folder", "");
  for (const auto& language : said.value("languages", nlohmann::json::array())) {
    if (language.is_string()) report.languages.push_back(language.get<std::string>());
  }
  co_return report;
}

}  // namespace counsel::documents
