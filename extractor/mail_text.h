// The text of mails: lines that were broken for the way, words to compare two versions of one text by.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace counsel::extractor {

// A paragraph was broken into lines that end in a blank (RFC 3676). `delete_space`: those blanks are none of it.
[[nodiscard]] std::string Unflowed(std::string_view text, bool delete_space);

// Its words in small letters.
[[nodiscard]] std::set<std::string> WordsOf(std::string_view text);
// Of the words of `whole`, the share that `part` has too.
[[nodiscard]] double ShareOf(const std::set<std::string>& whole, const std::set<std::string>& part);

}  // namespace counsel::extractor
