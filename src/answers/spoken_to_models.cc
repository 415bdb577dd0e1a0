#include "answers/spoken_to_models.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "text/sentences.h"

namespace counsel::answers {
namespace {

// In small letters. What a contract may say too ("on your instructions", "reply within 7 days") is not among them.
constexpr std::array<std::string_view, 42> kSigns = {"<|",
                                                     "|>",
                                                     "[inst]",
                                                     "[/inst]",
                                                     "<<sys>>",
                                                     "</s>",
                                                     "language model",
                                                     "chatbot",
                                                     "system prompt",
                                                     "note to the assistant",
                                                     "note to the ai",
                                                     "ai assistant",
                                                     "ignore the above",
                                                     "ignore all of the above",
                                                     "ignore everything above",
                                                     "ignore all previous",
                                                     "ignore previous",
                                                     "ignore any previous",
                                                     "ignore your instructions",
                                                     "ignore all instructions",
                                                     "ignore the clauses",
                                                     "disregard the above",
                                                     "disregard your",
                                                     "disregard all previous",
                                                     "disregard previous",
                                                     "forget your instructions",
                                                     "forget the above",
                                                     "override your instructions",
                                                     "answer every question",
                                                     "answer all questions with",
                                                     "answer any question with",
                                                     "end your answer",
                                                     "begin your answer",
                                                     "start your answer",
                                                     "your answer must",
                                                     "include in your answer",
                                                     "for automatic readers",
                                                     "for automated readers",
                                                     "to automatic readers",
                                                     "for all summaries",
                                                     "when summarising this",
                                                     "when summarizing this"};
constexpr std::array<std::string_view, 4> kSpeakers = {"system:", "assistant:", "### instruction", "### response"};

std::string Lower(std::string_view text) {
  std::string lower;
  // One blank for any white space: a line may end within a sign.
  for (const char c : text) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (blank && !lower.empty() && lower.back() == ' ') continue;
    lower += blank ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return lower;
}

bool SpeaksToAModel(std::string_view sentence) {
  const std::string lower = Lower(sentence);
  return std::any_of(kSigns.begin(), kSigns.end(),
                     [&lower](std::string_view sign) { return lower.find(sign) != std::string::npos; }) ||
         std::any_of(kSpeakers.begin(), kSpeakers.end(),
                     [&lower](std::string_view speaker) { return lower.starts_with(speaker); });
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> SpokenToModels(std::string_view text) {
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (const text::Sentence& sentence : text::SplitSentences(text)) {
    if (!ranges.empty() && sentence.start < ranges.back().second) continue;
    if (!SpeaksToAModel(text.substr(sentence.start, sentence.end - sentence.start))) continue;
    const std::size_t blank = text.find("\n\n", sentence.end);
    ranges.emplace_back(sentence.start, blank == std::string_view::npos ? text.size() : blank);
  }
  return ranges;
}

bool IsSpokenToModels(std::string_view text, std::size_t start, std::size_t end) {
  const auto ranges = SpokenToModels(text);
  return std::any_of(ranges.begin(), ranges.end(),
                     [start, end](const auto& range) { return start < range.second && range.first < end; });
}

}  // namespace counsel::answers
