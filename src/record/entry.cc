#include "record/entry.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/ids.h"
#include "base/utf8.h"
#include "record/tree.h"

namespace counsel::record {
namespace {

// No text can hold these bytes: in it a quotation mark stands behind a backslash.
constexpr std::string_view kBeforeDigest = "{\"sha256\":\"";
constexpr std::size_t kDigest = 64;

std::string Digest(std::string_view salt, std::string_view text) {
  return HexOf(Sha256Of(salt, text));
}

// What is no longer there stays a digest.
void PutTexts(Json& json, const std::unordered_map<std::string, const std::string*>& texts) {
  if (!json.is_structured()) return;
  const auto digest = json.is_object() && json.size() == 1 ? json.find("sha256") : json.end();
  if (digest != json.end() && digest->is_string()) {
    const auto text = texts.find(digest->get<std::string>());
    if (text != texts.end()) json = Json{{"text", *text->second}};
    return;
  }
  for (Json& inner : json) PutTexts(inner, texts);
}

}  // namespace

Entry::Entry(std::string kind_in) : kind(std::move(kind_in)), salt_(NewToken()) {}

Json Entry::Text(std::string_view text) {
  if (text.empty()) return "";
  std::string valid = RepairUtf8(text);
  Json digest = {{"sha256", Digest(salt_, valid)}};
  texts_.push_back(std::move(valid));
  return digest;
}

Json Entry::TextsOf(const std::vector<std::string>& texts) {
  Json all = Json::array();
  for (const std::string& text : texts) all.push_back(Text(text));
  return all;
}

std::string Entry::DigestOf(std::string_view text) const {
  return Digest(salt_, RepairUtf8(text));
}

Sealed::Sealed(const Entry& entry, std::int64_t number, std::int64_t now) {
  Json json = {{"entry", number},        {"kind", entry.kind},
               {"person", entry.person}, {"program", "counsel " COUNSEL_VERSION},
               {"said", entry.said},     {"time", TimeText(now)}};
  if (entry.of > 0) json["of"] = entry.of;
  text = Canonical(json);
  texts.salt = entry.salt_;
  std::unordered_map<std::string, const std::string*> by_digest;
  for (const std::string& one : entry.texts_) by_digest.emplace(Digest(entry.salt_, one), &one);
  for (const std::string_view digest : DigestsIn(text)) {
    const auto found = by_digest.find(std::string(digest));
    if (found != by_digest.end()) texts.texts.push_back(*found->second);
  }
}

std::string Canonical(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string TimeText(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm utc{};
  char text[32] = "";
  if (::gmtime_r(&time, &utc) != nullptr) std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::vector<std::string_view> DigestsIn(std::string_view entry) {
  std::vector<std::string_view> digests;
  std::unordered_set<std::string_view> seen;
  for (std::size_t at = entry.find(kBeforeDigest); at != std::string_view::npos; at = entry.find(kBeforeDigest, at)) {
    at += kBeforeDigest.size();
    const std::string_view digest = entry.substr(at, kDigest);
    if (seen.insert(digest).second) digests.push_back(digest);
  }
  return digests;
}

std::string WrongTexts(std::string_view entry, const Texts& texts) {
  const std::vector<std::string_view> digests = DigestsIn(entry);
  if (digests.size() != texts.texts.size()) {
    return "It has " + std::to_string(texts.texts.size()) + " texts and names " + std::to_string(digests.size()) + ".";
  }
  for (std::size_t i = 0; i < digests.size(); ++i) {
    if (Digest(texts.salt, texts.texts[i]) != digests[i]) return "Text " + std::to_string(i + 1) + " was altered.";
  }
  return "";
}

bool BeginsWithNumber(std::string_view entry, std::int64_t number) {
  return entry.starts_with("{\"entry\":" + std::to_string(number) + ",\"kind\":\"");
}

bool IsDeletion(std::string_view entry) {
  constexpr std::string_view kKind = "\"kind\":\"";
  const std::size_t at = entry.find(kKind);
  return at != std::string_view::npos && entry.substr(at + kKind.size()).starts_with("deleted\"");
}

std::optional<std::vector<std::int64_t>> DeletedBy(std::string_view entry) {
  const Json json = Json::parse(entry, nullptr, false);
  if (!json.is_object() || !json.contains("said") || !json["said"].is_object()) return std::nullopt;
  const auto entries = json["said"].find("entries");
  if (entries == json["said"].end() || !entries->is_array()) return std::nullopt;
  std::vector<std::int64_t> numbers;
  for (const Json& number : *entries) {
    if (!number.is_number_integer()) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

Json Readable(std::string_view entry, const std::optional<Texts>& texts) {
  Json json = Json::parse(entry, nullptr, false);
  if (json.is_discarded()) return nullptr;
  if (!texts) return json;
  std::unordered_map<std::string, const std::string*> by_digest;
  for (const std::string& one : texts->texts) by_digest.emplace(Digest(texts->salt, one), &one);
  PutTexts(json, by_digest);
  return json;
}

std::string Packed(const std::vector<std::string>& texts) {
  std::string packed;
  for (const std::string& text : texts) packed += std::to_string(text.size()) + ":" + text;
  return packed;
}

Result<std::vector<std::string>> Unpacked(std::string_view packed) {
  std::vector<std::string> texts;
  while (!packed.empty()) {
    std::size_t size = 0;
    const char* const end = packed.data() + packed.size();
    const auto [behind, failed] = std::from_chars(packed.data(), end, size);
    const std::size_t rest = static_cast<std::size_t>(end - behind);
    if (failed != std::errc() || rest == 0 || *behind != ':' || rest - 1 < size) {
      return Fail(ErrorCode::kCorrupt, "The texts of an entry of the record are damaged.",
                  "See which: counsel record verify");
    }
    texts.emplace_back(behind + 1, size);
    packed.remove_prefix(packed.size() - rest + 1 + size);
  }
  return texts;
}

}  // namespace counsel::record
