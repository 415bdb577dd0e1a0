#include "answers/prompt.h"

#include <algorithm>
#include <cctype>

#include "base/utf8.h"

namespace counsel::answers {
namespace {

// Texts are counted one by one; tokens may split otherwise where they meet.
constexpr std::uint32_t kTokensPerSeam = 2;
constexpr std::int64_t kMaxLabelCodePoints = 120;

bool IsAsciiLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// '<' that may open a sign: "<|im_end|>", "</s>", "<s>", "<<SYS>>", "<start_of_turn>", "<｜User｜>".
bool OpensTag(std::string_view rest) {
  if (rest.size() < 2) return false;
  const char next = rest[1];
  return next == '|' || next == '/' || next == '<' || next == '!' || IsAsciiLetter(next) ||
         rest.substr(1, 3) == "\uff5c";
}

// '[' that may open a sign or a number of ours: "[INST]", "[/INST]", "[TOOL_CALLS]", "[3]".
bool OpensBracketSign(std::string_view rest) {
  if (rest.size() < 2) return false;
  std::size_t i = rest[1] == '/' ? 2 : 1;
  const std::size_t first = i;
  while (i < rest.size() && (std::isupper(static_cast<unsigned char>(rest[i])) != 0 || rest[i] == '_')) ++i;
  if (i > first && i < rest.size() && rest[i] == ']') return true;
  return std::isdigit(static_cast<unsigned char>(rest[1])) != 0;
}

// One line of a document's own name or heading.
std::string Label(std::string_view text) {
  std::string line = Defused(SliceCodePoints(text, 0, std::min(kMaxLabelCodePoints, CountCodePoints(text))));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return line;
}

}  // namespace

std::string Defused(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    out.push_back(text[i]);
    const std::string_view rest = text.substr(i);
    if ((text[i] == '<' && OpensTag(rest)) || (text[i] == '[' && OpensBracketSign(rest))) out.push_back(' ');
  }
  return out;
}

std::string RenderPassage(const Passage& passage) {
  std::string out = "[" + std::to_string(passage.n) + "] " + Label(passage.name);
  if (passage.page > 0) out += ", page " + std::to_string(passage.page);
  if (!passage.heading.empty()) out += ", " + Label(passage.heading);
  out += ":\n";
  out += Defused(passage.text);
  out += "\n\n";
  return out;
}

std::string Instructions(AnswerStyle style) {
  // Short: a model of 135 million parameters forgets or numbers its way through longer ones.
  const char* manner = "Answer in one or two sentences, in the words of the passages";
  if (style == AnswerStyle::kDetailed) {
    manner = "Answer in two to five sentences, in the words of the passages, with conditions and exceptions";
  } else if (style == AnswerStyle::kTechnical) {
    manner = "Answer in one to three sentences, in the legal terms of the passages, with their section numbers";
  } else if (style == AnswerStyle::kMemo) {
    manner =
        "Write a short memorandum under four headings: Question; Short answer (one sentence); Reasons (a sentence for "
        "each rule, condition and exception, in the words of the passages); Not known (what the passages do not say)";
  }
  // It is not told that it may decline: whether there is an answer was judged before it is asked, and what it writes is
  // judged after. Told so, Qwen 1.5B declined two of four questions whose answer stood before it.
  return "You answer questions about legal documents from the numbered passages only. " + std::string(manner) +
         ": copy numbers, \"not\", \"may\", \"must\" and conditions exactly. After each sentence write the number of "
         "its "
         "passage, like [1].";
}

std::string RenderQuestion(std::string_view question, const Framing& framing) {
  std::string out;
  if (!framing.earlier.empty()) out += "Asked before:\n";
  for (const Exchange& exchange : framing.earlier) {
    out += "Question: " + Defused(exchange.question) + "\nAnswer: " + Defused(exchange.answer) + "\n";
  }
  if (!framing.earlier.empty()) out += "\n";
  if (!framing.background.empty()) out += "The case: " + Label(framing.background) + ".\n";
  out += "Question: " + Defused(question) + "\nAnswer:";
  return out;
}

Prompt BuildPrompt(std::string_view question, const std::vector<Passage>& passages,
                   const std::vector<std::uint32_t>& passage_tokens, std::uint32_t fixed_tokens,
                   const PromptBudget& budget, const Framing& framing) {
  Prompt prompt;
  std::uint64_t tokens = std::uint64_t{fixed_tokens} + budget.template_tokens + std::uint64_t{2} * kTokensPerSeam;
  const std::uint64_t limit =
      budget.context_tokens > budget.answer_tokens ? budget.context_tokens - budget.answer_tokens : 0;
  std::string user = "Passages:\n\n";
  for (std::size_t i = 0; i < passages.size(); ++i) {
    // A passage without a count is taken at the most it can be: a token per byte.
    const std::uint64_t own = i < passage_tokens.size() ? passage_tokens[i] : RenderPassage(passages[i]).size();
    if (tokens + own + kTokensPerSeam > limit) {
      prompt.left_out.push_back(passages[i]);
      continue;
    }
    tokens += own + kTokensPerSeam;
    prompt.passages.push_back(passages[i]);
    prompt.passages.back().n = static_cast<int>(prompt.passages.size());
    user += RenderPassage(prompt.passages.back());
  }
  user += RenderQuestion(question, framing);
  prompt.messages.emplace_back("system", Instructions(framing.style));
  prompt.messages.emplace_back("user", std::move(user));
  prompt.tokens = static_cast<std::uint32_t>(tokens);
  return prompt;
}

}  // namespace counsel::answers
