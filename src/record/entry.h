// One entry of the record: what is said of one act, as canonical JSON whose texts are digests (docs/record.md). The
// texts are kept beside it, so that they can be deleted while the digests stay. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace counsel::record {

using Json = nlohmann::json;

// What can be read of an entry as long as nothing that it quotes was deleted.
struct Texts {
  Texts() = default;
  std::string salt;                // 64 hexadecimal characters, of this entry alone: short texts cannot be guessed
  std::vector<std::string> texts;  // each once, in the order in which the entry has their digests
};

// An entry that is being written.
class Entry {
 public:
  explicit Entry(std::string kind_in);

  // What stands in the entry in the place of a text: {"sha256": of salt and text}; "" for an empty one.
  [[nodiscard]] Json Text(std::string_view text);
  [[nodiscard]] Json TextsOf(const std::vector<std::string>& texts);
  // Of a text that is kept elsewhere, in its document: the digest alone, of salt and text.
  [[nodiscard]] std::string DigestOf(std::string_view text) const;

  std::string kind;     // "question", "reviewed", "corrected", "signed_off", "exported", "deleted"
  std::int64_t of = 0;  // number of the entry that it is about; 0: none
  std::string owner;    // whose it is, for lists: "user", or a person with a token
  Json person;          // {"account": …} or {"token": …}; null: not known
  Json said = Json::object();
  std::vector<std::string> documents;  // ids of those whose words may be in the texts: they go together
  std::vector<std::string> matters;    // names: likewise

 private:
  friend struct Sealed;
  std::string salt_;
  std::vector<std::string> texts_;
};

// An entry that has its place: nothing of it changes any more.
struct Sealed {
  // `now`: unix seconds.
  Sealed(const Entry& entry, std::int64_t number, std::int64_t now);
  std::string text;  // canonical
  Texts texts;
};

// Members sorted by name, no blanks, UTF-8 as it is.
[[nodiscard]] std::string Canonical(const Json& json);

// "2026-11-30T22:45:00Z".
[[nodiscard]] std::string TimeText(std::int64_t unix_seconds);

// The digests of texts in a canonical entry, each once, in their order.
[[nodiscard]] std::vector<std::string_view> DigestsIn(std::string_view entry);

// Why `texts` are not those of the entry; "" when they are.
[[nodiscard]] std::string WrongTexts(std::string_view entry, const Texts& texts);

// A canonical entry begins with its number and kind: {"entry":12,"kind":"question".
[[nodiscard]] bool BeginsWithNumber(std::string_view entry, std::int64_t number);
[[nodiscard]] bool IsDeletion(std::string_view entry);
// Numbers of the entries whose texts went, by an entry of kind "deleted". Nothing: it cannot be read.
[[nodiscard]] std::optional<std::vector<std::int64_t>> DeletedBy(std::string_view entry);

// The entry as JSON with {"text": …} in the place of each digest whose text is there; null when it is none.
[[nodiscard]] Json Readable(std::string_view entry, const std::optional<Texts>& texts);

// Several texts as one: each behind its length in bytes and a colon.
[[nodiscard]] std::string Packed(const std::vector<std::string>& texts);
// kCorrupt.
[[nodiscard]] Result<std::vector<std::string>> Unpacked(std::string_view packed);

}  // namespace counsel::record
