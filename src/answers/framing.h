// What stands around a question in its prompt.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace counsel::answers {

// kConcise: one or two sentences. kDetailed: up to five, with conditions and exceptions. kTechnical: in the terms of
// the law, with section numbers. kMemo: question, short answer, reasons, what is not known.
enum class AnswerStyle { kConcise, kDetailed, kTechnical, kMemo };

// A question that was answered before.
struct Exchange {
  Exchange() = default;
  Exchange(std::string question_in, std::string answer_in)
      : question(std::move(question_in)), answer(std::move(answer_in)) {}
  std::string question;
  std::string answer;
};

struct Framing {
  Framing() = default;
  AnswerStyle style = AnswerStyle::kConcise;
  std::string background;         // of the case, one line; "" for none
  std::vector<Exchange> earlier;  // oldest first; left out when not one passage fits beside them
};

}  // namespace counsel::answers
