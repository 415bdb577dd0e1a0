// The judge: whether sources prove a sentence, in both directions. Start here.
//
// A sentence is *supported* when everything in it that can change a meaning has a counterpart in one place of one
// source (numbers, modals, negation, conditions, who does what to whom, the content words by stem or synonym), and when
// nothing of that place that restricts it was left out. It is *near* when all that agrees but a word or two have no
// counterpart, which are named. All else is *unsupported*: what the rules do not know is no proof. docs/answers.md
// tells the rules.
//
// Pure; English only: a sentence in another language is unsupported, and told as such.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::judging {

enum class Grade { kUnsupported, kNear, kSupported };
[[nodiscard]] std::string_view GradeName(Grade grade);  // "supported", "near", "unsupported"

inline constexpr std::size_t kMaxSentenceWords = 120;

// A passage of a document. The text must outlive the Sources made of it.
struct Source {
  std::string name;     // of the document
  std::string heading;  // where the passage stands: "4. Tenant's obligations"
  std::string_view text;
  bool defines = false;  // what it calls things counts, and no sentence rests on it
};

struct Verdict {
  Grade grade = Grade::kUnsupported;
  std::vector<std::string> differences;  // "not in the source: 'structural'", "the source adds: 'without consent'"
  std::string reason;                    // why it is not supported, in one sentence; "" when it is
  std::size_t source = 0;                // that was compared: of what is quoted
  std::size_t start = 0, end = 0;        // bytes of that source's text: whole sentences; empty when nothing compares
};

// Passages, read once and compared with many sentences.
class Sources {
 public:
  explicit Sources(const std::vector<Source>& sources);
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;
  ~Sources();

  // `among`: indices of the sources that count; empty: all. `sentence` is without citation marks and Markdown.
  [[nodiscard]] Verdict Judge(std::string_view sentence, const std::vector<std::size_t>& among = {}) const;

 private:
  struct Read;
  std::unique_ptr<Read> read_;
};

}  // namespace counsel::judging
