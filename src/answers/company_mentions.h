// The companies that a document names, as far as one company is concerned: which of the names are its own, which are
// another's. Pure.
//
// It errs towards "another's": what is not surely its own says nothing about it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "answers/worded_text.h"

namespace counsel::answers {

enum class LegalForm { kNone, kLimited, kPlc, kLlp, kOther };

// A name as names are compared: "The Glen & Sons Company Ltd." and "GLEN AND SONS CO LIMITED" are one.
struct CompanyName {
  CompanyName() = default;
  std::vector<std::string> words;  // without the form, unless that is kOther
  LegalForm form = LegalForm::kNone;
  friend bool operator==(const CompanyName&, const CompanyName&) = default;
};
[[nodiscard]] CompanyName CanonicalName(std::string_view name);

enum class Whose { kOurs, kFormer, kAnother };

struct CompanyMention {
  CompanyMention() = default;
  std::size_t first = 0;  // words [first, last), with the legal form
  std::size_t last = 0;
  CompanyName name;
  Whose whose = Whose::kAnother;
  std::size_t former = 0;  // kFormer: which of the former names
  bool whole = false;      // with its legal form, where the name has one
  bool aside = false;      // "(formerly known as …)": said of the name before it
};

// "ACME LIMITED's": what follows is something of it.
[[nodiscard]] bool IsPossessive(const WordedText& text, const CompanyMention& mention);

// By their place. Names without a legal form are found only of the company itself.
[[nodiscard]] std::vector<CompanyMention> FindCompanies(const WordedText& text, const CompanyName& name,
                                                        const std::vector<CompanyName>& former_names);

}  // namespace counsel::answers
