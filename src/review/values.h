// Typed values of a text in one form: dates as 2025-04-01, sums with their currency, periods, rates, names of parties.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "review/wording.h"

namespace counsel::review {

// What a column asks for.
enum class Type {
  kText,     // the words that answer
  kDate,     // "2025-04-01"
  kSum,      // "GBP 12000", "GBP 1000 per month"
  kYesNo,    // "yes", "no"
  kClause,   // the sentence that provides for it
  kParty,    // a name: "Alpha Holdings Limited"
  kPeriod,   // "6 months"
  kPercent,  // "4.5 %"
};
[[nodiscard]] std::string_view TypeName(Type type);  // "text", "date", "sum", "yes/no", "clause", "party", …
[[nodiscard]] std::optional<Type> TypeNamed(std::string_view name);

struct Value {
  Value() = default;
  std::string text;       // in its one form; "": no value here
  std::size_t first = 0;  // words [first, last) of the document
  std::size_t last = 0;
  std::string unsure;  // why it may be another one: "day or month may come first"; "" when it is not
  [[nodiscard]] bool empty() const { return text.empty(); }
};

// The date, sum, period or rate that begins at word i; empty where none does, and for the other types.
[[nodiscard]] Value ValueAt(Type type, const Wording& wording, std::size_t i);

// The name that begins at word i: capitals, up to what no name has; at most 14 words.
[[nodiscard]] Value NameAt(const Wording& wording, std::size_t i);
// The name that stands before word `end` and belongs to it, as in: Alpha Limited (company number 1) (the "Tenant").
[[nodiscard]] Value NameBefore(const Wording& wording, std::size_t end);

// What a person typed as a value of this type, in its one form; empty when it is none.
[[nodiscard]] std::string Normalised(Type type, std::string_view typed);

}  // namespace counsel::review
