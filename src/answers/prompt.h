// The prompt of a question: instructions, numbered passages, question, within the model's context. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "answers/citations.h"
#include "answers/framing.h"
#include "models/model_client.h"

namespace counsel::answers {

struct PromptBudget {
  PromptBudget() = default;
  std::uint32_t context_tokens = 0;   // of the model
  std::uint32_t answer_tokens = 0;    // kept free for the answer
  std::uint32_t template_tokens = 0;  // what the chat template adds around system and user text
};

struct Prompt {
  Prompt() = default;
  std::vector<models::ChatMessage> messages;
  std::vector<Passage> passages;  // those in the prompt, numbered from 1
  std::vector<Passage> left_out;  // those that did not fit, whole
  std::uint32_t tokens = 0;       // estimated sum, never below the real count
};

// A document's words as the model may see them: what a chat template or our own frame would take for a sign of theirs
// ("<|im_end|>", "</s>", "[INST]", "[3]") gets a space after its bracket, so that no passage ends its turn, speaks as
// the system or poses as another passage. Servers read special tokens in chat content. Nothing stored changes;
// citations are looked up in the stored text.
[[nodiscard]] std::string Defused(std::string_view text);

// How a passage is written in the prompt: "[n] name, page p, heading:\ntext\n\n", everything of the document defused.
[[nodiscard]] std::string RenderPassage(const Passage& passage);
[[nodiscard]] std::string Instructions(AnswerStyle style);
// With what the framing puts before it.
[[nodiscard]] std::string RenderQuestion(std::string_view question, const Framing& framing = Framing());

// Passages in order of strength; `passage_tokens[i]` counts RenderPassage(passages[i]), `fixed_tokens` instructions and
// question. A passage is in whole or left out; the first that does not fit does not stop a later, shorter one.
// Those in the prompt are numbered anew, from 1. An empty `passages` in the result means that not one fits.
[[nodiscard]] Prompt BuildPrompt(std::string_view question, const std::vector<Passage>& passages,
                                 const std::vector<std::uint32_t>& passage_tokens, std::uint32_t fixed_tokens,
                                 const PromptBudget& budget, const Framing& framing = Framing());

}  // namespace counsel::answers
