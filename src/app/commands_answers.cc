// counsel ask, counsel search.
#include <cstdio>
#include <utility>

#include "app/answer_docx.h"
#include "app/commands.h"
#include "app/company_text.h"
#include "app/daemon_client.h"
#include "app/place_text.h"
#include "app/run_command.h"
#include "app/saved_reply.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

// A quote in a list of sources is shown up to this many characters; --json has all of it.
constexpr std::size_t kShownQuote = 300;
constexpr std::size_t kShownHeading = 100;

Json RequestBody(const AskOptions& options, const char* field) {
  Json body = {{field, options.question}, {"limit", options.limit}, {"min_relevance", options.min_relevance}};
  if (!options.matters.empty()) body["matter"] = options.matters;
  if (!options.session.empty()) body["session"] = options.session;
  if (!options.style.empty()) body["style"] = options.style;
  if (options.patience) body["patience_seconds"] = *options.patience;
  if (options.everywhere) body["everywhere"] = true;
  return body;
}

// Where it was looked, when Counsel chose that by a name in the question.
void PrintSearchedIn(const Json& searched_in) {
  if (!searched_in.is_object() || !searched_in["chosen"].get<bool>()) return;
  std::string names;
  for (const Json& document : searched_in["documents"]) {
    names += (names.empty() ? "" : ", ") + Printable(document["name"].get<std::string>(), kShownHeading);
  }
  const bool carried = searched_in.value("carried", false);
  std::printf("Searched in: %s%s (--everywhere searches all)\n", names.c_str(), carried ? ", as before" : "");
}

// On one line: a text's own line ends and indents are no part of what it says.
std::string Flowing(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c;
  }
  return line;
}

void PrintPlace(const Json& place, const std::string& label, std::size_t most) {
  std::string where = PlaceText(place);
  if (place["heading"] != "") where += ", under " + Printable(place["heading"].get<std::string>(), kShownHeading);
  std::printf("  %s %s\n      “%s”\n", label.c_str(), where.c_str(),
              Printable(Flowing(place["quote"].get<std::string>()), most).c_str());
}

void PrintPassages(const Json& passages, const char* title, std::size_t most) {
  if (passages.empty()) return;
  std::printf("\n%s\n", title);
  std::size_t shown = 0;
  for (const Json& passage : passages) {
    if (shown++ == most) break;
    PrintPlace(passage, "-", kShownQuote);
  }
}

void PrintCitations(const Json& citations) {
  if (citations.empty()) return;
  std::printf("\nSources, each checked to stand in the document:\n");
  for (const Json& citation : citations) {
    PrintPlace(citation, "[" + std::to_string(citation["n"].get<int>()) + "]", 0);
  }
}

void PrintDisagreements(const Json& disagreements) {
  if (disagreements.empty()) return;
  std::printf("\nDocuments and the register side by side:\n%s", DisagreementsText(disagreements, true).c_str());
}

void PrintContradictions(const Json& contradictions) {
  if (contradictions.empty()) return;
  std::printf("\nElsewhere another value is stated; see whether it is of the same thing:\n");
  for (const Json& both : contradictions) {
    for (const Json& side : both["sides"]) {
      std::printf("  ! %s: %s in %s\n", Printable(both["about"].get<std::string>()).c_str(),
                  Printable(Flowing(side["says"].get<std::string>())).c_str(), PlaceText(side["citation"]).c_str());
    }
  }
}

// The sentences that answer, verbatim: the first that anybody sees.
void PrintQuotes(const Json& quotes) {
  std::printf("From the documents, word for word:\n");
  int n = 0;
  for (const Json& quote : quotes) {
    std::string where = PlaceText(quote);
    if (quote["heading"] != "") where += ", under " + Printable(quote["heading"].get<std::string>(), kShownHeading);
    std::string text = Printable(Flowing(quote["quote"].get<std::string>()));
    const std::string lead_in = Flowing(quote["lead_in"].get<std::string>());
    if (!lead_in.empty()) text = Printable(lead_in, kShownQuote) + " … " + text;
    std::printf("  %d. “%s”\n     %s\n", ++n, text.c_str(), where.c_str());
  }
  std::fflush(stdout);
}

// Each sentence that claims something, with its grade by word and by shape, and what differs.
void PrintGrades(const Json& sentences, const std::string& answer) {
  bool title = false;
  for (const Json& sentence : sentences) {
    if (!sentence["needs_support"].get<bool>()) continue;
    if (!title) std::printf("\nEach sentence, checked against the documents:\n");
    title = true;
    const std::string grade = sentence["grade"];
    const char* shown = grade == "supported" ? "● supported" : grade == "near" ? "◐ near" : "○ not supported";
    const std::size_t start = sentence["start"];
    const std::size_t end = sentence["end"];
    std::printf("  %s: %s\n", shown, Printable(answer.substr(start, end - start), kShownQuote).c_str());
    if (grade == "supported") continue;
    for (const Json& difference : sentence["differences"]) {
      std::printf("      %s\n", Printable(difference.get<std::string>(), kShownQuote).c_str());
    }
    if (sentence["differences"].empty())
      std::printf("      %s\n", Printable(sentence["why_not"].get<std::string>()).c_str());
  }
}

// After the streamed text: what was checked, and what could not be.
void PrintSources(const Json& done) {
  const std::string outcome = done["outcome"];
  const std::string answer = done["answer"];
  if (outcome == "no_evidence") {
    std::printf("%s\n", Printable(answer).c_str());
    PrintPassages(done["passages"], "The nearest passages:", 3);
    return;
  }
  PrintContradictions(done.value("contradictions", Json::array()));
  if (outcome == "quoted") {
    PrintDisagreements(done["disagreements"]);
    if (!done["quotes"].empty()) return;
    std::printf("%s\n", Printable(answer).c_str());
    PrintPassages(done["passages"], "Passages of the documents that come nearest to the question:", 5);
    return;
  }
  if (outcome == "unsupported" && !done["quotes"].empty()) {
    PrintGrades(done["sentences"], done["draft"].get<std::string>());
    std::printf("\nThe documents support no sentence of what the model wrote. Rely on what is quoted above.\n");
    return;
  }
  if (outcome == "unsupported") {
    std::printf("\n%s\n", Printable(answer).c_str());
    PrintCitations(done["citations"]);
    PrintPassages(done["passages"], "Passages of the documents that come nearest to the question:", 5);
    return;
  }
  PrintDisagreements(done["disagreements"]);
  PrintCitations(done["citations"]);
  PrintGrades(done["sentences"], answer);
  if (!done["left_out"].empty()) {
    std::printf("\n%zu further passages did not fit the model's context.\n", done["left_out"].size());
  }
}

// Shows a stage on the progress line until text comes.
void ShowStage(ProgressBar& bar, const Json& status) {
  const std::string stage = status.value("stage", "");
  const std::string model = status["model"].is_string() ? status["model"].get<std::string>() : "";
  const double progress = status.value("progress", 0.0);
  if (stage == "waiting") {
    const std::size_t before = status.value("before", std::size_t{0});
    return bar.Show(
        0, "waiting: " + std::to_string(before) + (before == 1 ? " question" : " questions") + " before yours");
  }
  bar.Show(progress, stage + (model.empty() ? "" : " " + model));
}

asio::awaitable<Result<Json>> StreamAnswer(EventReader& events, bool json) {
  ProgressBar bar;
  bool written = false;
  for (;;) {
    Result<std::optional<net::Event>> event = co_await events.Next();
    if (!event) co_return Fail(std::move(event.error()));
    if (!*event) co_return Fail(ErrorCode::kUnavailable, "The daemon ended before the answer did.", "Ask again.");
    const Json data = Json::parse((*event)->data, nullptr, false);
    if (!data.is_object()) continue;
    if ((*event)->name == "status" && !json) ShowStage(bar, data);
    if ((*event)->name == "quotes" && !json) {
      bar.Clear();
      PrintQuotes(data["quotes"]);
    }
    if ((*event)->name == "token" && !json) {
      bar.Clear();
      if (!written) std::printf("\nWritten from them by a model, not yet checked:\n");
      written = true;
      // A line break is wanted here; other control characters are not.
      std::string text = data.value("text", "");
      std::string line;
      for (const char c : text) {
        if (c == '\n') {
          std::printf("%s\n", Printable(line).c_str());
          line.clear();
        } else {
          line += c;
        }
      }
      std::fputs(Printable(line).c_str(), stdout);
      std::fflush(stdout);
    }
    if ((*event)->name == "error") co_return Fail(ErrorFromJson(data, 500));
    if ((*event)->name == "done") co_return data;
  }
}

asio::awaitable<int> Ask(const Settings& settings, const AskOptions& options) {
  if (!options.docx.file.empty()) {
    if (const Result<void> free = CheckNewFile(options.docx.file); !free) co_return ReportError(free.error());
  }
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const Json body = RequestBody(options, "question");
  Result<net::ReplyStream> stream = co_await daemon->Stream("POST", "/api/ask", body);
  if (!stream) co_return ReportError(stream.error());
  EventReader events(std::move(*stream));
  Result<Json> done = co_await StreamAnswer(events, options.json);
  if (!done) {
    if (!options.json) std::printf("\n");
    co_return ReportError(done.error());
  }
  if (options.json) {
    std::printf("%s\n", done->dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  } else {
    const std::string outcome = (*done)["outcome"];
    if (outcome != "no_evidence" && outcome != "quoted") std::printf("\n");
    PrintSources(*done);
    if ((*done).contains("searched_in") && (*done)["searched_in"].is_object()) {
      std::printf("\n");
      PrintSearchedIn((*done)["searched_in"]);
    }
    for (const Json& note : (*done)["notes"]) std::printf("\n%s\n", Printable(note.get<std::string>()).c_str());
  }
  if (options.docx.file.empty()) co_return kExitOk;
  const Json& record = (*done)["record"];
  if (!record.is_number()) {
    co_return ReportError(Error(ErrorCode::kUnavailable,
                                "The answer is not in the record, which the Word document is "
                                "written from.",
                                "Ask again."));
  }
  const std::string number = record.dump();
  const Result<void> saved = co_await SaveAnswer(*daemon, number, options.docx);
  if (!saved) co_return ReportError(saved.error());
  if (!options.json) std::printf("\n");
  if (!options.json) PrintSaved(options.docx);
  co_return kExitOk;
}

std::string Why(const Json& why) {
  std::string text;
  if (why["place"].is_string()) text = "the place " + Printable(why["place"].get<std::string>(), kShownHeading) + ", ";
  if (!why["keyword_rank"].is_null()) {
    text += "keywords #" + std::to_string(why["keyword_rank"].get<int>()) + " (";
    bool first = true;
    for (const Json& term : why["matched_terms"]) {
      text += (first ? "" : ", ") + term.get<std::string>();
      first = false;
    }
    text += ")";
  }
  if (!why["vector_rank"].is_null()) {
    text += (text.empty() ? "" : ", ") + std::string("meaning #") + std::to_string(why["vector_rank"].get<int>());
  }
  char cosine[32];
  std::snprintf(cosine, sizeof cosine, ", cosine %.2f", why["cosine"].get<double>());
  return text + cosine;
}

asio::awaitable<int> Search(const Settings& settings, const AskOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const Json body = RequestBody(options, "query");
  Result<Json> reply = co_await daemon->Call("POST", "/api/search", body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    std::printf("%s\n", reply->dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    co_return kExitOk;
  }
  const Json& hits = (*reply)["hits"];
  PrintSearchedIn((*reply)["searched_in"]);
  if (hits.empty()) std::printf("Nothing found.\n");
  int n = 0;
  for (const Json& hit : hits) {
    std::printf("%2d. %s  relevance %.2f\n", ++n, PlaceText(hit).c_str(), hit["relevance"].get<double>());
    if (hit["heading"] != "")
      std::printf("    %s\n", Printable(hit["heading"].get<std::string>(), kShownHeading).c_str());
    std::printf("    “%s”\n    found by %s\n", Printable(hit["quote"].get<std::string>(), kShownQuote).c_str(),
                Why(hit["why"]).c_str());
  }
  co_return kExitOk;
}

}  // namespace

int AskCommand(const Settings& settings, const AskOptions& options) {
  return RunCommand(Ask(settings, options));
}

int SearchCommand(const Settings& settings, const AskOptions& options) {
  return RunCommand(Search(settings, options));
}

}  // namespace counsel::app
