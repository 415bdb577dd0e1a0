#include "answers/called_by_role.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "answers/person_name.h"
#include "understanding/follow_up_words.h"

namespace counsel::answers {
namespace {

// Bytes before the bracket: a name, and an address at most.
constexpr std::size_t kLongestBefore = 80;
constexpr std::array<std::string_view, 5> kOpens = {"(the \"", "(the “", "(\"", "(“", "(hereinafter"};

}  // namespace

bool GivesRole(std::string_view text, std::string_view name) {
  std::vector<std::string> wanted = understanding::LowerWords(name);
  std::erase_if(wanted, [](const std::string& word) { return IsPersonTitle(word); });
  if (wanted.empty()) return false;
  for (const std::string_view opens : kOpens) {
    for (std::size_t at = text.find(opens); at != std::string_view::npos; at = text.find(opens, at + 1)) {
      std::string_view before = text.substr(0, at);
      if (before.size() > kLongestBefore) before.remove_prefix(before.size() - kLongestBefore);
      // Of one party alone.
      for (const std::string_view end : {")", " and ", "\n", " between "}) {
        if (const std::size_t last = before.rfind(end); last != std::string_view::npos) {
          before.remove_prefix(last + end.size());
        }
      }
      const std::vector<std::string> there = understanding::LowerWords(before);
      if (std::all_of(wanted.begin(), wanted.end(), [&there](const std::string& word) {
            return std::find(there.begin(), there.end(), word) != there.end();
          })) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace counsel::answers
