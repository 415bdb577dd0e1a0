// The judge on labelled sentences: tests/data/claims and claims_more, and with COUNSEL_CLAIMS=FOLDER on another set;
// prints the tables.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "judging/judging.h"
#include "text/sentences.h"

namespace counsel::judging {
namespace {

namespace fs = std::filesystem;

// docs/answers.md has the tables.
struct Bounds {
  const char* folder;
  int false_supported, false_near, true_supported;
};
// Of 487 and 604 false, 452 and 601 true sentences.
constexpr Bounds kBounds[] = {{"claims", 0, 10, 300}, {"claims_more", 0, 12, 310}};

struct Row {
  int all = 0, supported = 0, near = 0;
};

std::string TextOf(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Of this thread: another process on the machine does not count.
double ProcessorMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// A document as search would hand it out: passages of some 3,000 bytes, cut between paragraphs, else between lines.
std::vector<Source> PassagesOf(const std::string& name, const std::string& text) {
  constexpr std::size_t kBytes = 3000;
  std::vector<Source> sources;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.size(), at + kBytes);
    if (end < text.size()) {
      std::size_t cut = text.rfind("\n\n", end);
      if (cut == std::string::npos || cut <= at) cut = text.rfind('\n', end);
      if (cut != std::string::npos && cut > at) end = cut;
    }
    sources.push_back({name, "", std::string_view(text).substr(at, end - at)});
    at = end;
  }
  return sources;
}

struct Measured {
  std::map<std::string, std::map<std::string, Row>> table;  // by document, by label
  std::vector<double> milliseconds;
  int false_supported = 0, false_near = 0;
};

Measured Measure(const fs::path& folder, const char* show) {
  Measured measured;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::unique_ptr<Sources>> sources;
  std::ifstream file(folder / "claims.jsonl");
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json json = nlohmann::json::parse(line);
    const std::string document = json["document"];
    if (!sources[document]) {
      texts[document] = TextOf(folder / "docs" / document);
      sources[document] = std::make_unique<Sources>(PassagesOf(document, texts[document]));
    }
    nlohmann::json parts = json.contains("parts") ? json["parts"] : nlohmann::json::array({json});
    for (const auto& part : parts) {
      const std::string sentence = part["sentence"];
      const std::string label = part["label"];
      const double began = ProcessorMilliseconds();
      const Verdict verdict = sources[document]->Judge(sentence);
      measured.milliseconds.push_back(ProcessorMilliseconds() - began);
      const bool partly = json.contains("parts");
      for (const std::string& name : {document, std::string("all")}) {
        Row& row = measured.table[name][label + (partly ? " half" : "")];
        ++row.all;
        row.supported += verdict.grade == Grade::kSupported ? 1 : 0;
        row.near += verdict.grade == Grade::kNear ? 1 : 0;
      }
      const bool wrong = label == "false" ? verdict.grade != Grade::kUnsupported : verdict.grade != Grade::kSupported;
      measured.false_supported += label == "false" && verdict.grade == Grade::kSupported ? 1 : 0;
      measured.false_near += label == "false" && verdict.grade == Grade::kNear ? 1 : 0;
      if (show == nullptr || (!wrong && std::getenv("COUNSEL_CLAIMS_ALL") == nullptr) ||
          document.find(show) == std::string::npos)
        continue;
      std::printf("%s %s -> %s: %s\n", json["id"].get<std::string>().c_str(), label.c_str(),
                  std::string(GradeName(verdict.grade)).c_str(), sentence.c_str());
      for (const std::string& difference : verdict.differences) std::printf("      %s\n", difference.c_str());
      if (verdict.differences.empty()) std::printf("      %s\n", verdict.reason.c_str());
      std::printf("      > %s\n",
                  texts[document].empty()
                      ? ""
                      : std::string(PassagesOf(document, texts[document])[verdict.source].text.substr(
                                        verdict.start, std::min<std::size_t>(verdict.end - verdict.start, 400)))
                            .c_str());
    }
  }
  for (const auto& [document, labels] : measured.table) {
    for (const auto& [label, row] : labels) {
      std::printf("  %-24s %-11s %3d: supported %3d (%4.1f %%), near %3d (%4.1f %%)\n", document.c_str(), label.c_str(),
                  row.all, row.supported, 100.0 * row.supported / row.all, row.near, 100.0 * row.near / row.all);
    }
  }
  std::sort(measured.milliseconds.begin(), measured.milliseconds.end());
  if (!measured.milliseconds.empty()) {
    const auto at = [&](double share) {
      return measured
          .milliseconds[static_cast<std::size_t>(share * static_cast<double>(measured.milliseconds.size() - 1))];
    };
    std::printf("  a sentence: p50 %.2f ms, p95 %.2f ms of processor time\n", at(0.5), at(0.95));
  }
  return measured;
}

TEST(Claims, TheSetOfTheEnvironmentIsMeasured) {
  const char* folder = std::getenv("COUNSEL_CLAIMS");
  if (folder == nullptr) GTEST_SKIP() << "COUNSEL_CLAIMS names a folder with claims.jsonl and docs";
  (void)Measure(folder, std::getenv("COUNSEL_CLAIMS_SHOW"));
}

// Kinds of documents that were not in sight when the first rules were made.
TEST(Claims, OfOtherKindsOfDocumentsTheFalseAreNotSupported) {
  for (const Bounds& bounds : kBounds) {
    const Measured measured = Measure(fs::path(COUNSEL_TEST_DATA) / bounds.folder, std::getenv("COUNSEL_CLAIMS_SHOW"));
    EXPECT_LE(measured.false_supported, bounds.false_supported);
    EXPECT_LE(measured.false_near, bounds.false_near);
    EXPECT_GE(measured.table.at("all").at("true").supported, bounds.true_supported);
  }
}

}  // namespace
}  // namespace counsel::judging
