// What a document states about a company in the set phrases of legal documents: its number, its registered office, who
// holds an office in it. Pure.
//
// A statement is read only where the phrase binds it to a company's name with no other company between; what is said of
// the past ("formerly", "resigned") or of a change is none.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "answers/company_mentions.h"

namespace counsel::answers {

enum class StatedKind { kNumber, kOffice, kDirector, kSecretary, kMember };

struct StatedFact {
  StatedFact() = default;
  StatedKind kind = StatedKind::kNumber;
  std::size_t mention = 0;  // the company it is said of, among the mentions
  // Bytes of the text: what is stated ("1 Old Street, London"), and what shows of whom ("ACME LIMITED whose …").
  std::size_t value_start = 0;
  std::size_t value_end = 0;
  std::size_t start = 0;
  std::size_t end = 0;
};

// `mentions`: FindCompanies of the text. Numbers are read of every company, the rest of the company itself and of its
// former names.
[[nodiscard]] std::vector<StatedFact> FindStatedNumbers(const WordedText& text,
                                                        const std::vector<CompanyMention>& mentions);
[[nodiscard]] std::vector<StatedFact> FindStatedOffices(const WordedText& text,
                                                        const std::vector<CompanyMention>& mentions);
[[nodiscard]] std::vector<StatedFact> FindStatedOfficers(const WordedText& text,
                                                         const std::vector<CompanyMention>& mentions);

// Do words [first, last) speak of what was or will be: "formerly", "resigned", "changed"? Not where a former name is
// given beside a name.
[[nodiscard]] bool SpeaksOfChange(const WordedText& text, const std::vector<CompanyMention>& mentions,
                                  std::size_t first, std::size_t last);

// Do words [first, last), behind a company's name, only describe it: its number, kind, law, addresses, what it is
// called from here on? Then what follows is still said of it.
[[nodiscard]] bool DescribesOnly(const WordedText& text, const std::vector<CompanyMention>& mentions, std::size_t first,
                                 std::size_t last);
// The last company named before word `i`, asides left out, with nothing between that could be about another.
[[nodiscard]] std::optional<std::size_t> CompanyDescribedAt(const WordedText& text,
                                                            const std::vector<CompanyMention>& mentions, std::size_t i);

}  // namespace counsel::answers
