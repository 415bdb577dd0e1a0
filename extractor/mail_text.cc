#include "extractor/mail_text.h"

#include <algorithm>
#include <utility>

namespace counsel::extractor {

std::string Unflowed(std::string_view text, bool delete_space) {
  std::string whole;
  std::size_t last_depth = 0;
  bool open = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t depth = std::min(line.find_first_not_of('>'), line.size());
    std::string_view content = line.substr(depth);
    if (content.starts_with(' ')) content.remove_prefix(1);
    const bool signature = content == "-- ";
    if (open && depth == last_depth && !signature) {
      whole += content;
    } else {
      if (open) whole += '\n';
      whole += std::string(line.substr(0, depth)) + (depth > 0 ? " " : "");
      whole += content;
    }
    open = content.ends_with(' ') && !signature;
    last_depth = depth;
    if (open && delete_space) whole.pop_back();
    if (!open) whole += '\n';
  }
  return whole;
}

std::set<std::string> WordsOf(std::string_view text) {
  constexpr std::size_t kMost = 100'000;  // the beginning tells enough
  std::set<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= text.size() && words.size() < kMost; ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    const bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c < 0;
    if (letter) word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (letter || word.empty()) continue;
    words.insert(std::exchange(word, std::string()));
  }
  return words;
}

double ShareOf(const std::set<std::string>& whole, const std::set<std::string>& part) {
  if (whole.empty()) return 1;
  const auto have =
      std::count_if(whole.begin(), whole.end(), [&part](const std::string& word) { return part.contains(word); });
  return static_cast<double>(have) / static_cast<double>(whole.size());
}

}  // namespace counsel::extractor
