// Words of random passages: what is left out changes nothing, and a merged segment is the segment of all.
#include "index/ranking.h"

#include <map>
#include <set>

#include "index/index_fixture.h"
#include "index/phrases.h"

namespace counsel::index {
namespace {

class RankingTest : public IndexTest {
 protected:
  std::vector<std::string> RandomPhrases() {
    std::vector<std::string> phrases;
    for (std::uint32_t i = 0, end = 1 + Below(9); i < end; ++i) phrases.push_back("w" + std::to_string(Below(310)));
    return phrases;
  }

  static Searched In(const Words& words, const std::vector<std::string>& phrases, std::vector<Range> visible) {
    Searched in;
    in.words = &words;
    for (const std::string& phrase : phrases) in.lists.push_back(words.Find(phrase));
    in.visible = std::move(visible);
    return in;
  }

  std::vector<double> RandomWeights(std::size_t count) {
    std::vector<double> weights;
    for (std::size_t i = 0; i < count; ++i) weights.push_back(kLeastWeight + Below(9000) / 1000.0);
    return weights;
  }
};

void ExpectSame(const std::vector<Scored>& a, const std::vector<Scored>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].passage, b[i].passage);
    EXPECT_EQ(a[i].score, b[i].score);
  }
}

TEST_F(RankingTest, WhatIsLeftOutChangesNothing) {
  const std::vector<Passage> passages = RandomPassages(9'000);
  const Words words = Write(passages, "all");
  for (int round = 0; round < 300; ++round) {
    const std::vector<std::string> phrases = RandomPhrases();
    std::vector<Range> visible = {{0, words.passages()}};
    if (round % 2 == 1) visible = RandomRanges(words.passages());
    const Searched in = In(words, phrases, visible);
    const std::vector<double> weights = RandomWeights(phrases.size());
    const std::size_t count = 1 + Below(150);
    Best pruned(count);
    Best all(count);
    ASSERT_TRUE(Rank(in, weights, &pruned));
    ASSERT_TRUE(RankAll(in, weights, &all));
    const std::vector<Scored> best = pruned.Take();
    ExpectSame(best, all.Take());
    std::vector<std::uint32_t> places;
    for (const Scored& one : best) places.push_back(words.Locate(one.passage));
    std::sort(places.begin(), places.end());
    std::vector<Score> scores;
    ASSERT_TRUE(ScoreThese(in, weights, places, &scores));
    for (const Scored& one : best) {
      const auto place = std::find(places.begin(), places.end(), words.Locate(one.passage));
      EXPECT_EQ(scores[static_cast<std::size_t>(place - places.begin())], one.score);
    }
  }
}

TEST_F(RankingTest, CountsAreThoseOfThePassages) {
  const std::vector<Passage> passages = RandomPassages(3'000);
  const Words words = Write(passages, "all");
  std::vector<std::set<std::string>> held;
  for (const Passage& passage : passages) {
    std::set<std::string>& words_of = held.emplace_back();
    for (const auto& [word, weight] : passage.words) words_of.insert(word);
  }
  for (int round = 0; round < 100; ++round) {
    const std::vector<Range> visible = RandomRanges(words.passages());
    const std::vector<std::string> phrases = RandomPhrases();
    const Searched in = In(words, phrases, visible);
    std::vector<std::uint64_t> with(phrases.size(), 0);
    std::uint64_t with_any = 0;
    for (const Range& range : visible) {
      for (std::uint32_t at = range.begin; at < range.end; ++at) {
        bool any = false;
        for (std::size_t i = 0; i < phrases.size(); ++i) {
          with[i] += held[at].count(phrases[i]);
          any = any || held[at].contains(phrases[i]);
        }
        with_any += any ? 1 : 0;
      }
    }
    for (std::size_t i = 0; i < phrases.size(); ++i) EXPECT_EQ(CountIn(in.lists[i], visible), with[i]);
    EXPECT_EQ(CountInAny(in.lists, visible), with_any);
  }
}

TEST_F(RankingTest, WallsAreRangesOfWhoseDocumentsThereAre) {
  const std::vector<Passage> passages = RandomPassages(2'000);
  const Words words = Write(passages, "all");
  ASSERT_EQ(words.passages(), passages.size());
  for (std::uint32_t i = 0; i < passages.size(); ++i) {
    EXPECT_EQ(words.IdOf(i), passages[i].id);
    EXPECT_EQ(words.Locate(passages[i].id), i);
  }
  EXPECT_EQ(words.Locate(passages.back().id + 1), kNoPassage);
  EXPECT_EQ(words.Locate(0), kNoPassage);
  const Range some = words.Within(passages[10].id, passages[20].id);
  EXPECT_EQ(some, (Range{10, 21}));
  for (const index::Run& run : words.runs()) {
    EXPECT_EQ(words.DocumentOf(run), passages[run.begin].document);
    EXPECT_EQ(run.scope, passages[run.begin].scope);
  }
}

TEST_F(RankingTest, AMergedSegmentIsTheSegmentOfWhatWasKept) {
  const std::vector<Passage> first = RandomPassages(1'500);
  const std::vector<Passage> second = RandomPassages(900, first.back().id + 1);
  const Words a = Write(first, "a");
  const Words b = Write(second, "b");
  const Kept parts[] = {{.words = &a, .ranges = RandomRanges(a.passages())},
                        {.words = &b, .ranges = RandomRanges(b.passages())}};
  std::vector<Passage> kept;
  for (const Range& range : parts[0].ranges) {
    kept.insert(kept.end(), first.begin() + range.begin, first.begin() + range.end);
  }
  for (const Range& range : parts[1].ranges) {
    kept.insert(kept.end(), second.begin() + range.begin, second.begin() + range.end);
  }
  Result<Written> written = MergeWords(parts, folder_ / "merged", 9, [] { return Result<void>(); });
  ASSERT_TRUE(written) << written.error().ToString();
  Result<Words> merged = Words::Open(folder_ / "merged", written->bytes, 9);
  ASSERT_TRUE(merged) << merged.error().ToString();
  const Words anew = Write(kept, "anew");
  ASSERT_EQ(merged->passages(), anew.passages());
  ASSERT_TRUE(merged->has_places());
  ASSERT_EQ(merged->words(), anew.words());
  for (std::uint32_t i = 0; i < anew.words(); ++i) {
    ASSERT_EQ(merged->WordAt(i), anew.WordAt(i));
    Cursor one(merged->ListAt(i));
    Cursor other(anew.ListAt(i));
    PlaceReader places(merged->ListAt(i));
    PlaceReader other_places(anew.ListAt(i));
    std::vector<std::uint32_t> where;
    std::vector<std::uint32_t> other_where;
    for (; other.passage() != kNoPassage; other.Next(), one.Next()) {
      ASSERT_EQ(one.passage(), other.passage());
      ASSERT_EQ(one.times(), other.times());
      ASSERT_TRUE(places.Read(one, &where) && other_places.Read(other, &other_where));
      ASSERT_EQ(where, other_where);
    }
    ASSERT_EQ(one.passage(), kNoPassage);
  }
  for (std::uint32_t i = 0; i < anew.passages(); ++i) {
    ASSERT_EQ(merged->IdOf(i), anew.IdOf(i));
    ASSERT_EQ(merged->lengths()[i], anew.lengths()[i]);
    ASSERT_EQ(merged->doubled()[i], anew.doubled()[i]);
  }
  for (const index::Run& run : merged->runs()) EXPECT_EQ(merged->DocumentOf(run), kept[run.begin].document);
}

TEST_F(RankingTest, OfEqualPassagesTheFirstOnesAreBest) {
  std::vector<Passage> passages = RandomPassages(5'000);
  for (Passage& passage : passages) {
    passage.words = {{"same", 1}};
    passage.length = 100;
  }
  const Words words = Write(passages, "same");
  Best best(10);
  ASSERT_TRUE(Rank(In(words, {"same"}, {{0, words.passages()}}), std::vector<double>{2.0}, &best));
  const std::vector<Scored> taken = best.Take();
  ASSERT_EQ(taken.size(), 10U);
  for (std::size_t i = 0; i < taken.size(); ++i) EXPECT_EQ(taken[i].passage, passages[i].id);
}

// Whatever a disk has made of the bytes, nothing is read outside of the file.
TEST_F(RankingTest, DamagedBytesAreToldOrHarmless) {
  const std::vector<Passage> passages = RandomPassages(2'000);
  WordsBuilder builder;
  for (const Passage& passage : passages) {
    builder.BeginPassage(passage.id, passage.scope, passage.document);
    AddWords(passage, &builder);
  }
  const Result<Written> written = builder.Write(folder_ / "whole", 7);
  ASSERT_TRUE(written);
  std::string bytes = *ReadFile(folder_ / "whole", 1U << 30);
  for (int round = 0; round < 200; ++round) {
    std::string damaged = bytes;
    for (std::uint32_t i = 0, end = 1 + Below(20); i < end; ++i) {
      damaged[random_() % damaged.size()] = static_cast<char>(random_());
    }
    ASSERT_TRUE(WriteFileAtomically(folder_ / "damaged", damaged));
    Result<Words> words = Words::Open(folder_ / "damaged", written->bytes, 7);
    if (!words) continue;
    for (int question = 0; question < 5; ++question) {
      const std::vector<std::string> phrases = RandomPhrases();
      const Searched in = In(*words, phrases, RandomRanges(words->passages()));
      Best best(50);
      (void)CountInAny(in.lists, in.visible);
      (void)Rank(in, RandomWeights(phrases.size()), &best);
      std::vector<Posting> found;
      if (words->has_places()) (void)FindPhrase(*words, in.lists, in.visible, &found);
    }
    const Kept part{.words = &*words, .ranges = {{0, words->passages()}}};
    (void)MergeWords(std::span(&part, 1), folder_ / ("merged" + std::to_string(round)), 7,
                     [] { return Result<void>(); });
  }
}

}  // namespace
}  // namespace counsel::index
