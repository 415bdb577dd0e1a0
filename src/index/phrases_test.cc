// Phrases of random passages, beside looking at every word of every passage.
#include "index/phrases.h"

#include <algorithm>

#include "index/index_fixture.h"

namespace counsel::index {
namespace {

class PhrasesTest : public IndexTest {
 protected:
  // Of a passage, how much the places count at which the words stand one after the other.
  static std::uint32_t TimesIn(const Passage& passage, const std::vector<std::string>& words) {
    std::uint32_t times = 0;
    for (std::uint32_t first = 0; first + words.size() <= passage.words.size(); ++first) {
      const bool crosses = first < kNameEnds && first + words.size() > kNameEnds;
      bool there = !crosses;
      for (std::uint32_t i = 0; i < words.size() && there; ++i) there = passage.words[first + i].first == words[i];
      if (there) times += first < kNameEnds ? 2 : 1;
    }
    return times;
  }

  // As they stand in some passage, or of any words.
  std::vector<std::string> RandomPhrase(const std::vector<Passage>& passages) {
    std::vector<std::string> phrase;
    const std::size_t size = 2 + Below(3);
    const Passage& passage = passages[Below(static_cast<std::uint32_t>(passages.size()))];
    const std::size_t first = Below(static_cast<std::uint32_t>(passage.words.size()));
    for (std::size_t i = 0; i < size; ++i) {
      const bool any = Below(6) == 0 || first + i >= passage.words.size();
      phrase.push_back(any ? "w" + std::to_string(Below(30)) : passage.words[first + i].first);
    }
    return phrase;
  }
};

TEST_F(PhrasesTest, TheyAreFoundWhereTheWordsStandOneAfterTheOther) {
  const std::vector<Passage> passages = RandomPassages(3'000);
  const Words words = Write(passages, "all");
  std::size_t with = 0;
  for (int round = 0; round < 300; ++round) {
    const std::vector<std::string> phrase = RandomPhrase(passages);
    std::vector<Range> visible = {{0, words.passages()}};
    if (round % 2 == 1) visible = RandomRanges(words.passages());
    std::vector<Posting> expected;
    for (const Range& range : visible) {
      for (std::uint32_t at = range.begin; at < range.end; ++at) {
        const std::uint32_t times = TimesIn(passages[at], phrase);
        if (times > 0) expected.push_back({at, times});
      }
    }
    std::vector<PostingList> lists;
    for (const std::string& word : phrase) lists.push_back(words.Find(word));
    std::vector<Posting> found;
    ASSERT_TRUE(FindPhrase(words, lists, visible, &found));
    ASSERT_EQ(found, expected);
    with += expected.empty() ? 0 : 1;
  }
  EXPECT_GT(with, 150U);
}

}  // namespace
}  // namespace counsel::index
