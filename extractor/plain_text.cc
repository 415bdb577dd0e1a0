// Plain text and Markdown, in any encoding.
#include "extractor/document.h"
#include "extractor/encoding.h"

namespace counsel::extractor {
namespace {

bool EndsWithAnyCase(std::string_view name, std::string_view ending) {
  if (name.size() < ending.size()) return false;
  name.remove_prefix(name.size() - ending.size());
  for (std::size_t i = 0; i < ending.size(); ++i) {
    const char c = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    if (c != ending[i]) return false;
  }
  return true;
}

// "## Fees" with blank lines around it, and another mark that only Markdown has: '#' begins comments elsewhere.
bool ReadsLikeMarkdown(std::string_view text) {
  text = text.substr(0, std::size_t{64} << 10);
  bool heading = false;
  bool blank_before = true;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::size_t marks = std::min(line.find_first_not_of('#'), line.size());
    const bool blank_after = end + 1 >= text.size() || text[end + 1] == '\n';
    heading |= blank_before && blank_after && marks >= 1 && marks <= 6 && marks < line.size() && line[marks] == ' ';
    blank_before = line.empty();
    begin = end + 1;
  }
  const auto has = [text](std::string_view mark) { return text.find(mark) != std::string_view::npos; };
  return heading && (has("](") || has("**") || has("\n```") || has("\n|--") || has("\n| --") || has("\n- "));
}

}  // namespace

Result<Document> ReadPlainText(std::string_view bytes, const std::string& name, const Limits& limits) {
  Document document;
  Result<std::string> text = Decode(bytes, name, "", &document.notes);
  if (!text) return Fail(std::move(text.error()));
  if (text->size() > limits.text_bytes) return TextTooLong(name, limits.text_bytes);
  if (!HasText(*text)) return NoText(name);
  const bool called_markdown = EndsWithAnyCase(name, ".md") || EndsWithAnyCase(name, ".markdown");
  document.media_type = called_markdown || ReadsLikeMarkdown(*text) ? "text/markdown" : "text/plain";
  document.text = std::move(*text);
  return document;
}

}  // namespace counsel::extractor
