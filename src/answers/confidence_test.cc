#include "answers/confidence.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

Passage PassageOf(int n, double relevance) {
  Passage passage;
  passage.n = n;
  passage.relevance = relevance;
  return passage;
}

AnswerSentence Sentence(bool supported, bool needs_support = true) {
  AnswerSentence sentence;
  sentence.supported = supported;
  sentence.needs_support = needs_support;
  return sentence;
}

Citation Cites(int n) {
  Citation citation;
  citation.n = n;
  return citation;
}

// Two passages, the second one weaker; every sentence cites the first.
Answer Answered(std::vector<AnswerSentence> sentences) {
  Answer answer;
  answer.outcome = Outcome::kAnswered;
  answer.passages = {PassageOf(1, 0.8), PassageOf(2, 0.4)};
  for (const AnswerSentence& sentence : sentences) {
    if (sentence.supported) answer.resolved.citations.push_back(Cites(1));
  }
  answer.resolved.sentences = std::move(sentences);
  return answer;
}

TEST(Confidence, IsNothingWithoutEvidenceHoweverNearThePassages) {
  Answer answer = Answered({});
  answer.outcome = Outcome::kNoEvidence;
  EXPECT_EQ(Confidence(answer), 0);
  EXPECT_EQ(Confidence(Answer()), 0);
}

TEST(Confidence, IsTheRelevanceWhenEverySentenceIsSupported) {
  EXPECT_DOUBLE_EQ(Confidence(Answered({Sentence(true), Sentence(true)})), 0.8);
}

TEST(Confidence, FallsWithEachSentenceThatIsNotSupported) {
  const double all = Confidence(Answered({Sentence(true), Sentence(true)}));
  const double half = Confidence(Answered({Sentence(true), Sentence(false)}));
  const double third = Confidence(Answered({Sentence(true), Sentence(false), Sentence(false)}));
  const double none = Confidence(Answered({Sentence(false)}));
  EXPECT_GT(all, half);
  EXPECT_GT(half, third);
  EXPECT_GT(third, none);
  EXPECT_DOUBLE_EQ(half, 0.5);
  EXPECT_DOUBLE_EQ(none, 0.2);
}

TEST(Confidence, CountsANearSentenceHalf) {
  AnswerSentence near = Sentence(false);
  near.grade = judging::Grade::kNear;
  EXPECT_DOUBLE_EQ(Confidence(Answered({Sentence(true), near})),
                   Confidence(Answered({Sentence(true), Sentence(true)})) * (1 + 3 * 0.75) / 4);
}

TEST(Confidence, RisesAndFallsWithThePassagesThatAreCited) {
  Answer answer = Answered({Sentence(true)});
  answer.resolved.citations = {Cites(2)};
  EXPECT_DOUBLE_EQ(Confidence(answer), 0.4);
  answer.passages[1].relevance = 0.6;
  EXPECT_DOUBLE_EQ(Confidence(answer), 0.6);
}

TEST(Confidence, DoesNotCountWhatClaimsNothing) {
  EXPECT_DOUBLE_EQ(Confidence(Answered({Sentence(true), Sentence(false, false)})), 0.8);
}

}  // namespace
}  // namespace counsel::answers
