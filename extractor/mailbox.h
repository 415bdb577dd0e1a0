// Many mails in one file (mbox): each begins with a line "From …" behind an empty one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace counsel::extractor {

// The mails, "From …" left out; views into `bytes`. More than `most` are not looked for: then there is one more.
[[nodiscard]] std::vector<std::string_view> SplitMailbox(std::string_view bytes, std::size_t most);

// The line "From …" that a mail of SplitMailbox stands behind: where it begins in `bytes`.
[[nodiscard]] std::size_t MailBegins(std::string_view bytes, std::string_view mail);

// As it was before it was put into the mailbox: ">From" at a line's beginning loses a mark.
[[nodiscard]] std::string UnquoteFrom(std::string_view mail);

}  // namespace counsel::extractor
