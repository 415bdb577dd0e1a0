// A reading of the register as a document: the raw JSON of a dossier with where and when it was read is its original,
// and its text is written from the typed dossier, one fact a line, each line naming the company and its number.
//
// All functions here are pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "companies_house/dossier.h"
#include "documents/extraction.h"

namespace counsel::companies_house {

// Of documents that came from the register, and of no others: no reader of files gives it.
inline constexpr std::string_view kEntryMediaType = "application/vnd.counsel.register-entry+json";

// The original's bytes, and the dossier again, without `remarks` and `requests`. kCorrupt.
[[nodiscard]] std::string WriteEntry(const Dossier& dossier);
[[nodiscard]] Result<Dossier> ReadEntry(std::string_view bytes);

// Nothing but when they were read differs.
[[nodiscard]] bool SameFacts(const Dossier& one, const Dossier& other);

// Unix seconds: the oldest of its parts.
[[nodiscard]] std::int64_t ReadAt(const Dossier& dossier);
// The first part that is older than it should be; an empty one's otherwise.
[[nodiscard]] Provenance OldestProblem(const Dossier& dossier);

enum class FactKind {
  kNumber,  // and name
  kStatus,
  kType,
  kIncorporated,
  kOffice,
  kBusiness,
  kFormerName,
  kAccounts,
  kStatement,
  kDirector,
  kSecretary,
  kMember,  // of a partnership
  kOfficer,
  kOwner,
  kCharge,
  kInsolvency,
  kFiling,
};

// One line of an entry's text.
struct Fact {
  Fact() = default;
  FactKind kind = FactKind::kNumber;
  bool summary = false;    // how many there are, or that there are none
  bool past = false;       // who resigned, what was satisfied
  std::string who;         // a person's name as it stands in the text; "" where there is none
  std::string text;        // a sentence
  std::int64_t start = 0;  // code points of the entry's text
  std::int64_t end = 0;
};

struct EntryText {
  EntryText() = default;
  documents::ExtractedText text;
  std::vector<Fact> facts;  // by start
};

// Whatever the register sent, a fact stays on its line: line ends and controls become blanks, signs that turn the
// direction of writing are left out, and what is longer than a name should be is cut.
[[nodiscard]] EntryText RenderEntry(const Dossier& dossier);

// "ACME LIMITED (company number 00445790)", as every line says it.
[[nodiscard]] std::string CompanyInText(const CompanyProfile& profile);
// "OKAFOR, Amelia" → "Amelia OKAFOR"; of a company or in another order: as it is.
[[nodiscard]] std::string OfficerInText(const Officer& officer);
// "2019-02-03" → "3 February 2019"; what is no date stays as it is.
[[nodiscard]] std::string DateInText(std::string_view date);
// On one line, without controls, at most `most` code points.
[[nodiscard]] std::string OnOneLine(std::string_view text, std::int64_t most = 300);
// A name for the document, as a file is named.
[[nodiscard]] std::string EntryName(const CompanyProfile& profile);

}  // namespace counsel::companies_house
