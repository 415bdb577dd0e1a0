#include "added_tokens.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "reference_unicode.h"

namespace counsel::embedder {
namespace {

std::size_t SpaceAtStart(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t next = 0; next < text.size(); end = next) {
    if (!IsWhitespace(NextCodePoint(text, &next))) break;
  }
  return end;
}

// Where the white space at the end of `text` begins.
std::size_t SpaceAtEnd(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0) {
    std::size_t previous = begin - 1;
    while (previous > 0 && (static_cast<unsigned char>(text[previous]) & 0xC0) == 0x80) --previous;
    std::size_t position = previous;
    if (!IsWhitespace(NextCodePoint(text, &position))) break;
    begin = previous;
  }
  return begin;
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::stable_sort(tokens_.begin(), tokens_.end(),
                   [](const AddedToken& a, const AddedToken& b) { return a.content.size() > b.content.size(); });
  for (const AddedToken& token : tokens_) begins_[static_cast<unsigned char>(token.content.front())] = true;
}

const AddedToken* AddedTokens::MatchAt(std::string_view text, std::size_t position) const {
  if (!begins_[static_cast<unsigned char>(text[position])]) return nullptr;
  const std::string_view rest = text.substr(position);
  const auto found = std::find_if(tokens_.begin(), tokens_.end(),
                                  [&](const AddedToken& token) { return rest.starts_with(token.content); });
  return found == tokens_.end() ? nullptr : &*found;
}

std::vector<AddedTokens::Piece> AddedTokens::Split(std::string_view text) const {
  std::vector<Piece> pieces;
  std::size_t done = 0;  // everything before it is in a piece
  for (std::size_t i = 0; i < text.size();) {
    const AddedToken* token = MatchAt(text, i);
    if (token == nullptr) {
      ++i;
      continue;
    }
    std::size_t begin = i;
    std::size_t end = i + token->content.size();
    i = end;
    if (token->lstrip) begin = std::max(SpaceAtEnd(text.substr(0, begin)), done);
    if (token->rstrip) end += SpaceAtStart(text.substr(end));
    if (done < begin) pieces.push_back({text.substr(done, begin - done), std::nullopt});
    pieces.push_back({text.substr(begin, end - begin), token->id});
    done = end;
  }
  if (done < text.size()) pieces.push_back({text.substr(done), std::nullopt});
  return pieces;
}

}  // namespace counsel::embedder
