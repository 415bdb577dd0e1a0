// By what names others may call those of whom a document speaks: "we" in a policy is the insurer, "my sister" is Agnes
// Pallister, "the Supplier" Hollin Foods Limited. Pure.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace counsel::judging {

// Per stem of a word ("we", "sister", "supplier") the stems that may stand for it, with a space around each. A word
// that stands for two is not in it.
using CalledNames = std::unordered_map<std::string, std::string>;
[[nodiscard]] CalledNames NamesOf(const std::vector<std::string_view>& passages);
// "Confidential Information", defined between quotation marks: by the stem of its last word its first one, where no
// other term of the document ends so.
[[nodiscard]] CalledNames TermsOf(const std::vector<std::string_view>& passages);

// "brother", "niece", "husband": before a name it only tells who that is.
[[nodiscard]] bool IsKin(std::string_view stem);

}  // namespace counsel::judging
