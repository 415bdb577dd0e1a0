#include "chronology/dates.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <gtest/gtest.h>

namespace counsel::chronology {
namespace {

namespace fs = std::filesystem;

struct Labelled {
  std::size_t start = 0;
  std::size_t end = 0;
  std::string kind, value;
};

struct Sample {
  std::string text;
  std::vector<Labelled> dates;
};

Sample ReadSample(const fs::path& file) {
  std::ifstream in(file);
  const std::string marked((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  Sample sample;
  for (std::size_t at = 0; at < marked.size();) {
    const std::size_t open = marked.find("{{", at);
    sample.text += marked.substr(at, open == std::string::npos ? open : open - at);
    if (open == std::string::npos) break;
    const std::size_t bar = marked.find('|', open);
    const std::size_t close = marked.find("}}", bar);
    Labelled label;
    label.start = sample.text.size();
    sample.text += marked.substr(open + 2, bar - open - 2);
    label.end = sample.text.size();
    std::istringstream what(marked.substr(bar + 1, close - bar - 1));
    what >> label.kind >> label.value;
    sample.dates.push_back(label);
    at = close + 2;
  }
  return sample;
}

std::string Value(const DateFound& date) {
  if (!date.span) return "?";
  const bool about = (date.marks & (kResolved | kYearInferred)) != 0;
  std::string first = IsoDay(date.span->first);
  std::string last = IsoDay(date.span->last);
  if (date.kind != Kind::kBetween || date.precision == Precision::kMonth) {
    if (date.precision == Precision::kYear) first = last = first.substr(0, 4);
    if (date.precision != Precision::kDay) {
      first.resize(std::min<std::size_t>(first.size(), 7));
      last.resize(std::min<std::size_t>(last.size(), 7));
    }
  }
  return (about ? "~" : "") + (first == last ? first : first + ".." + last);
}

// "on 2024-03-05", "from 2024-01", "relative ?", of every date of a text, with "; " between.
std::string Read(std::string_view text, DatesContext context = {}) {
  SettleOrder(text, &context);
  std::string said;
  for (const DateFound& date : FindDates(text, &context)) {
    said += (said.empty() ? "" : "; ") + std::string(KindName(date.kind)) + " " + Value(date);
  }
  return said;
}

struct Tally {
  int labelled = 0, right = 0, invented = 0, wrong = 0;
};

Tally Compare(const std::string& folder, bool tell) {
  Tally tally;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(COUNSEL_TEST_DATA) / "chronology" / folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const Sample sample = ReadSample(file);
    DatesContext context;
    SettleOrder(sample.text, &context);
    const std::vector<DateFound> found = FindDates(sample.text, &context);
    tally.labelled += static_cast<int>(sample.dates.size());
    for (const Labelled& label : sample.dates) {
      const auto one = std::find_if(found.begin(), found.end(), [&](const DateFound& date) {
        return date.start < label.end && label.start < date.end;
      });
      const std::string want = label.kind + " " + label.value;
      const std::string got = one == found.end() ? "nothing" : std::string(KindName(one->kind)) + " " + Value(*one);
      if (want == got) ++tally.right;
      // A date that the text does not give: worse than none.
      const bool wrong_day = one != found.end() && one->span && Value(*one) != label.value;
      tally.wrong += wrong_day ? 1 : 0;
      if (want != got && tell) {
        std::cout << file.filename().string() << ": " << sample.text.substr(label.start, label.end - label.start)
                  << ": " << got << " for " << want << "\n";
      }
    }
    for (const DateFound& date : found) {
      const bool known = std::any_of(sample.dates.begin(), sample.dates.end(), [&](const Labelled& label) {
        return date.start < label.end && label.start < date.end;
      });
      if (known) continue;
      ++tally.invented;
      if (tell) {
        std::cout << file.filename().string() << ": invented: " << sample.text.substr(date.start, date.end - date.start)
                  << "\n";
      }
    }
  }
  std::cout << folder << ": " << tally.labelled << " dates, " << tally.right << " right, " << tally.wrong
            << " with another day, " << tally.invented << " invented\n";
  return tally;
}

TEST(Dates, OfLabelledDocumentsAreReadAndNoneIsInvented) {
  for (const char* folder : {"seen", "held_out"}) {
    if (std::string(folder) == "held_out" && std::getenv("COUNSEL_SEEN_ONLY") != nullptr) continue;
    const Tally tally = Compare(folder, std::getenv("COUNSEL_TELL") != nullptr);
    EXPECT_GE(tally.labelled, 140);
    EXPECT_GE(tally.right * 100, tally.labelled * 95) << folder;
    EXPECT_EQ(tally.invented, 0) << folder;
  }
}

TEST(Dates, AreReadInEveryUsualForm) {
  EXPECT_EQ(Read("on 3 March 2024."), "on 2024-03-03");
  EXPECT_EQ(Read("the 3rd day of March 2024"), "on 2024-03-03");
  EXPECT_EQ(Read("between 3 and 5 May 2024"), "between 2024-05-03..2024-05-05");
  EXPECT_EQ(Read("March 3rd, 2024"), "on 2024-03-03");
  EXPECT_EQ(Read("2024-03-03"), "on 2024-03-03");
  EXPECT_EQ(Read("Q3 2024"), "on 2024-07..2024-09");
  EXPECT_EQ(Read("by March 2024"), "before 2024-03");
  EXPECT_EQ(Read("31 February 2024"), "on 2024-02");
}

TEST(Dates, ThatCanBeReadInTwoWaysAreNotGuessed) {
  EXPECT_EQ(Read("on 03/04/2024"), "on ?");
  EXPECT_EQ(Read("on 03/04/2024 and on 25/04/2024"), "on 2024-04-03; on 2024-04-25");
  EXPECT_EQ(Read("on 03/04/2024 and on 04/25/2024"), "on 2024-03-04; on 2024-04-25");
  EXPECT_EQ(Read("on 03/04/2024, 25/04/2024 and 04/25/2024"), "on ?; on 2024-04-25; on 2024-04-25");
}

TEST(Dates, NumbersThatAreNoneAreLeft) {
  for (const char* text :
       {"12/5 of the shares", "clause 3.4.2024", "version 1.2.2024", "Companies Act 2006, section 5", "SI 2013/1383",
        "[2024] EWHC 12 (Ch)", "10.3.20.24", "in 2000 cases", "You may march on. May I?", "phone 020 7946 0958",
        "Ref AB-2024-03-04", "Flat 3, 5 May Street", "ISO 9001:2015", "a term of 12 months", "15/20/2024",
        "1/2/3/2024"}) {
    EXPECT_EQ(Read(text), "") << text;
  }
}

TEST(Dates, WithoutAYearHaveOneOnlyWhereTheTextGivesIt) {
  EXPECT_EQ(Read("On 3 March he wrote."), "on ?");
  EXPECT_EQ(Read("On 28 December 2023 he wrote. On 3 January she replied."), "on 2023-12-28; on ~2024-01-03");
}

TEST(Dates, ThatAreCountedNeedTheirBase) {
  EXPECT_EQ(Read("He left yesterday."), "relative ?");
  EXPECT_EQ(Read("Two weeks later he left."), "relative ?");
  EXPECT_EQ(Read("On 1 March 2024 he came. Two weeks later he left."), "on 2024-03-01; relative ~2024-03-15");
  EXPECT_EQ(Read("within 14 days of 1 March 2024"), "relative ~2024-03-15; on 2024-03-01");
  EXPECT_EQ(Read("one month after 31 January 2024"), "relative ~2024-02-29; on 2024-01-31");
  EXPECT_EQ(Read("5 working days after 1 March 2024"), "relative ?; on 2024-03-01");
}

}  // namespace
}  // namespace counsel::chronology
