// The parts of a question that name a document: "Consider the NDA between X and Y; …", "in the Motorola agreement",
// "according to lease.pdf". Which document is meant is another matter. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "understanding/name_words.h"

namespace counsel::understanding {

struct Naming {
  Naming() = default;
  // Bytes of the question that go when it is asked inside that document: the name, with what leads to it ("in the …").
  std::size_t start = 0;
  std::size_t end = 0;
  // Of the name alone.
  std::size_t name_start = 0;
  std::size_t name_end = 0;
  std::vector<std::string> words;  // folded, distinct, none of them empty of meaning; "unit 9" is one
  // Those of them without which a document is another one: "side" and "letter" of "the Motorola NDA side letter", which
  // is no NDA.
  std::vector<std::string> needed;
  // Nothing in it is certain to be a name ("the lease", "the insurance policy"): all of its words must be in the
  // document's own name.
  bool strict = false;
  bool of_what = false;  // known by what follows: "the Code of Conduct"; one such word is in the document's own name
  bool distinctive = false;  // a word that is no kind of document begins with a capital, or it leads the question
  bool leading = false;      // "Consider X; …": nothing but the name of a document stands there
  bool kept = false;         // the question goes on to have it: "What is the term of the tenancy?"
  bool subject = false;      // something must stand in its place: "Does the Motorola NDA allow …"
};

// In the order in which they stand; they do not overlap.
[[nodiscard]] std::vector<Naming> FindNamings(std::string_view question);

// The question without them, "it" where one was a subject.
[[nodiscard]] std::string Without(std::string_view question, const std::vector<Naming>& namings);

}  // namespace counsel::understanding
