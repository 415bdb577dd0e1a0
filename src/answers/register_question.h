// Which facts of the register a question asks for, and of which company. Pure.
//
// A question is understood only when every word of it is: the company, the topic, and the small words around them. One
// word too many ("have the directors signed the lease?") and it is left to the documents.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "companies_house/register_entry.h"

namespace counsel::answers {

struct KnownCompany {
  KnownCompany() = default;
  KnownCompany(std::string number_in, std::string name_in) : number(std::move(number_in)), name(std::move(name_in)) {}
  std::string number, name;
};

struct RegisterQuestion {
  RegisterQuestion() = default;
  std::size_t company = 0;                       // of those that were given
  std::vector<companies_house::FactKind> kinds;  // in the order of an entry's text; empty: see beyond
  bool past = false;                             // asks for those that were
  bool present = false;                          // asks for those that are, and no others
  bool count = false;                            // only how many
  // Words that may be a person's name: the facts of that person are asked for. Folded.
  std::vector<std::string> who;
  // What the register does not tell ("turnover"); "" where it does.
  std::string beyond;
};

// Companies of the same number count once. Nothing when the question is not understood.
[[nodiscard]] std::optional<RegisterQuestion> UnderstandQuestion(std::string_view question,
                                                                 const std::vector<KnownCompany>& companies);

// The facts that answer it, in their order; empty when it names a person that the facts do not name in one way.
[[nodiscard]] std::vector<companies_house::Fact> ChooseFacts(const RegisterQuestion& question,
                                                             const std::vector<companies_house::Fact>& facts);

// Lower case, without accents and apostrophes, split at what is no letter or digit.
[[nodiscard]] std::vector<std::string> PlainWords(std::string_view text);

}  // namespace counsel::answers
