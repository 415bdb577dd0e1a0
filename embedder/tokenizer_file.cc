#include "tokenizer_file.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include <nlohmann/json.hpp>

namespace counsel::embedder {
namespace {

using Json = nlohmann::json;
using Ids = std::unordered_map<std::string_view, std::int64_t>;

[[nodiscard]] tl::unexpected<Error> Corrupt(const std::string& what) {
  return Fail(ErrorCode::kCorrupt, "The tokenizer file is not valid: " + what + ".", "Download the model again.");
}

[[nodiscard]] tl::unexpected<Error> Unsupported(const std::string& what) {
  return Fail(ErrorCode::kUnsupported, "The tokenizer file needs " + what + ", which counsel-embedder does not have.",
              "Use a BERT model with a WordPiece tokenizer.");
}

// The member `key` of an object; null when there is none.
const Json& At(const Json& object, const char* key) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(key);
  return found == object.end() ? null : *found;
}

std::string TypeOf(const Json& part) {
  const Json& type = At(part, "type");
  return type.is_string() ? type.get<std::string>() : "";
}

std::optional<std::int64_t> AsId(const Json& value) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() >= static_cast<std::uint64_t>(kMaxVocabulary)) {
    return std::nullopt;
  }
  return value.get<std::int64_t>();
}

Result<void> ReadNormalizer(const Json& part, TokenizerFile* out) {
  if (TypeOf(part) != "BertNormalizer") return Unsupported("a normalizer other than BertNormalizer");
  for (const auto& [key, flag] : {std::pair{"clean_text", &out->normalizer.clean_text},
                                  std::pair{"handle_chinese_chars", &out->normalizer.handle_chinese_chars},
                                  std::pair{"lowercase", &out->normalizer.lowercase}}) {
    if (!At(part, key).is_boolean()) return Corrupt(std::string("normalizer.") + key + " is not true or false");
    *flag = At(part, key).get<bool>();
  }
  const Json& strip_accents = At(part, "strip_accents");
  if (!strip_accents.is_null() && !strip_accents.is_boolean()) {
    return Corrupt("normalizer.strip_accents is not true, false or null");
  }
  out->normalizer.strip_accents = strip_accents.is_null() ? out->normalizer.lowercase : strip_accents.get<bool>();
  return {};
}

Result<void> ReadModel(const Json& part, TokenizerFile* out) {
  // Old files have no model.type.
  if (!At(part, "type").is_null() && TypeOf(part) != "WordPiece") return Unsupported("a model other than WordPiece");
  const Json& prefix = At(part, "continuing_subword_prefix");
  const Json& longest = At(part, "max_input_chars_per_word");
  const Json& vocabulary = At(part, "vocab");
  if (!prefix.is_string()) return Corrupt("model.continuing_subword_prefix is missing");
  if (!longest.is_number_unsigned() || longest.get<std::uint64_t>() > 10'000) {
    return Corrupt("model.max_input_chars_per_word is not a number up to 10000");
  }
  if (!vocabulary.is_object() || vocabulary.empty()) return Corrupt("model.vocab is missing");
  out->continuing_subword_prefix = prefix.get<std::string>();
  out->max_input_chars_per_word = longest.get<std::size_t>();
  out->vocabulary.reserve(vocabulary.size());
  for (const auto& [word, value] : vocabulary.items()) {
    const std::optional<std::int64_t> id = AsId(value);
    if (!id) return Corrupt("a token of model.vocab has no proper id");
    out->vocabulary.emplace_back(word, *id);
  }
  return {};
}

Result<void> ReadAddedTokens(const Json& part, const Ids& ids, TokenizerFile* out) {
  if (part.is_null()) return {};
  if (!part.is_array()) return Corrupt("added_tokens is not a list");
  const auto flag = [](const Json& token, const char* key) { return At(token, key) == Json(true); };
  for (const Json& entry : part) {
    const Json& content = At(entry, "content");
    const std::optional<std::int64_t> id = AsId(At(entry, "id"));
    if (!content.is_string() || !id) return Corrupt("an added token has no content or no id");
    AddedToken token{content.get<std::string>(), *id, flag(entry, "lstrip"), flag(entry, "rstrip"),
                     flag(entry, "normalized")};
    // What a word is to the reference needs a property that neither table of ours has.
    if (flag(entry, "single_word")) return Unsupported("an added token that matches whole words only");
    if (token.normalized) token.content = out->normalizer.Normalize(token.content);
    if (token.content.empty()) return Corrupt("an added token is empty");
    const auto known = ids.find(content.get_ref<const std::string&>());
    if (known != ids.end() && known->second != *id) return Corrupt("an added token has two ids");
    out->added_tokens.push_back(std::move(token));
  }
  return {};
}

// The one id of a special token that post_processor.single names.
std::optional<std::int64_t> TemplateId(const Json& part, const Json& step) {
  const Json& name = At(At(step, "SpecialToken"), "id");
  if (!name.is_string()) return std::nullopt;
  const Json& ids = At(At(At(part, "special_tokens"), name.get_ref<const std::string&>().c_str()), "ids");
  return ids.is_array() && ids.size() == 1 ? AsId(ids[0]) : std::nullopt;
}

Result<void> ReadPostProcessor(const Json& part, TokenizerFile* out) {
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;
  if (TypeOf(part) == "TemplateProcessing") {
    const Json& single = At(part, "single");
    if (!single.is_array() || single.size() != 3 || At(single[1], "Sequence").is_null()) {
      return Unsupported("a template other than [CLS] text [SEP]");
    }
    first = TemplateId(part, single[0]);
    last = TemplateId(part, single[2]);
  } else if (TypeOf(part) == "BertProcessing") {
    const auto second = [](const Json& pair) {
      return pair.is_array() && pair.size() == 2 ? AsId(pair[1]) : std::nullopt;
    };
    first = second(At(part, "cls"));
    last = second(At(part, "sep"));
  } else {
    return Unsupported("a post-processor other than TemplateProcessing and BertProcessing");
  }
  if (!first || !last) return Corrupt("post_processor has no ids for the special tokens");
  out->first = *first;
  out->last = *last;
  return {};
}

}  // namespace

Result<TokenizerFile> ParseTokenizerFile(std::string_view json) {
  const Json root = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return Corrupt("it is not a JSON object");
  TokenizerFile file;
  if (auto read = ReadModel(At(root, "model"), &file); !read) return Fail(read.error());
  if (auto read = ReadNormalizer(At(root, "normalizer"), &file); !read) return Fail(read.error());
  if (TypeOf(At(root, "pre_tokenizer")) != "BertPreTokenizer") {
    return Unsupported("a pre-tokenizer other than BertPreTokenizer");
  }
  Ids ids;
  for (const auto& [word, id] : file.vocabulary) ids.emplace(word, id);
  if (auto read = ReadAddedTokens(At(root, "added_tokens"), ids, &file); !read) return Fail(read.error());
  if (auto read = ReadPostProcessor(At(root, "post_processor"), &file); !read) return Fail(read.error());

  const Json& unknown = At(At(root, "model"), "unk_token");
  const auto id = unknown.is_string() ? ids.find(unknown.get_ref<const std::string&>()) : ids.end();
  if (id == ids.end()) return Corrupt("model.vocab lacks the unknown token");
  file.unknown = id->second;
  return file;
}

}  // namespace counsel::embedder
