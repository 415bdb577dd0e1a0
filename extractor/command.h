// What the command line of counsel-extract, or an order to its zygote, says.
#pragma once

#include <string>
#include <vector>

#include "extractor/answer.h"
#include "extractor/sandbox/sandbox.h"

namespace counsel::extractor {

struct Command {
  Command() = default;
  Order order;
  sandbox::Policy policy;  // its limits; 0 leaves what whoever started us has set
  int nice = 0;
};

// False: they are no command.
[[nodiscard]] bool Parse(const std::vector<std::string>& arguments, Command* command);

// Takes the document's name out of the file that the answer goes to; where there is none, or only writing, it stays
// "document".
void TakeName(std::string* name);

}  // namespace counsel::extractor
