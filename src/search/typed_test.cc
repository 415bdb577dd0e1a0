// Phrases and what must not be there: what is read of a text, and what is found.
#include "search/typed.h"

#include "search/search_fixture.h"

namespace counsel::search {
namespace {

using Texts = std::vector<std::string>;

TEST(ReadTyped, TakesPhrasesAndWhatMustNotBeThere) {
  const Typed typed = ReadTyped("termination \"for convenience\" -draft -\"side letter\" notice");
  EXPECT_EQ(typed.phrases, Texts{"for convenience"});
  EXPECT_EQ(typed.without, (Texts{"draft", "side letter"}));
  EXPECT_EQ(typed.rest, "termination \"for convenience\"   notice");
  EXPECT_EQ(ReadTyped("the \"Tenant\" of \"64250\"").phrases, (Texts{"Tenant", "64250"}));
  EXPECT_EQ(ReadTyped("\xE2\x80\x9Ctime is of the essence\xE2\x80\x9D").phrases, Texts{"time is of the essence"});
}

TEST(ReadTyped, LeavesOtherHyphensAndMarksAlone) {
  for (const std::string text : {"a non-exclusive licence", "rent - and deposit", "-5 degrees", "an open \" mark", "",
                                 "-", "\"\"", "\" \"", "GPL-3"}) {
    const Typed typed = ReadTyped(text);
    EXPECT_TRUE(typed.phrases.empty() && typed.without.empty()) << text;
    EXPECT_EQ(typed.rest, text);
  }
}

TEST(CheckTyped, RefusesWhatAsksForNothing) {
  for (const std::string text :
       {"-draft", "-draft -\"side letter\"", "\"\"", "\" \" -draft", "\xE2\x80\x9C\xE2\x80\x9D"}) {
    const Result<void> checked = CheckTyped(text);
    ASSERT_FALSE(checked) << text;
    EXPECT_FALSE(checked.error().next_step.empty());
  }
  for (const std::string text : {"rent -draft", "\"rent\"", "5", "?", "Café", "\"\" rent"})
    EXPECT_TRUE(CheckTyped(text)) << text;
}

class TypedTest : public SearchTest {
 protected:
  Texts Found(const std::string& text) {
    Result<std::vector<Hit>> hits = SearchTyped(*db_, Ask(text));
    EXPECT_TRUE(hits) << hits.error().ToString();
    Texts texts;
    for (const Hit& hit : *hits) texts.push_back(hit.text);
    std::sort(texts.begin(), texts.end());
    return texts;
  }
};

TEST_F(TypedTest, OnlyPassagesWithThePhraseAndWithoutTheWordAreFound) {
  const Texts texts = {"The tenant pays the rent of the house.",
                       "The rent of the house is what each tenant of it pays.",
                       "The tenant pays the rent of the draft."};
  Add("d", 1, texts);
  EXPECT_EQ(Found("tenant").size(), 3U);
  EXPECT_EQ(Found("\"tenant pays\""), (Texts{texts[2], texts[0]}));
  EXPECT_EQ(Found("\"tenant pays\" -draft"), Texts{texts[0]});
  EXPECT_EQ(Found("rent -\"pays the rent\""), Texts{texts[1]});
  EXPECT_TRUE(Found("rent -tenant").empty());
  // One word, one number.
  EXPECT_EQ(Found("house \"draft\""), Texts{texts[2]});
  EXPECT_EQ(Found("\"each\" rent"), Texts{texts[1]});
  // A phrase that stands nowhere.
  EXPECT_EQ(Found("\"rent tenant\"").size(), 3U);
}

}  // namespace
}  // namespace counsel::search
