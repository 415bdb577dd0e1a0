// Mails repeat the mails before them: what is quoted counts behind the mail that said it first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace counsel::search {

// A passage that was found; best first.
struct QuotationCandidate {
  QuotationCandidate() = default;
  std::string_view document;
  std::string_view heading;  // path of the headings above it
  std::string_view text;
};

// Does it stand in what a mail repeats? Its lines begin with '>', or stand beneath "… wrote:" or "From: …" (the
// headings that readers give such lines: extractor/quotations.h).
[[nodiscard]] bool LooksQuoted(std::string_view heading, std::string_view text);

// Which of them repeat what others say: quotations nearly all of whose words stand, in their order, in passages of
// other documents that are no quotations, or in a quotation that is better placed.
[[nodiscard]] std::vector<bool> RepeatOthers(const std::vector<QuotationCandidate>& found);

}  // namespace counsel::search
