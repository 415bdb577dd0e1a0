#include "messages.h"

#include <bit>
#include <charconv>

#include <nlohmann/json.hpp>

#include "base/json_bounds.h"

namespace counsel::embedder {
namespace {

using Json = nlohmann::json;

[[nodiscard]] tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

Result<Json> ParseObject(std::string_view body) {
  if (!JsonFits(body)) return Invalid("The body holds more than a million values, or is nested more than 100 deep.");
  Json root = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return Invalid("The body is not a JSON object in UTF-8.");
  return root;
}

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = (group << 8) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out.push_back(i + k <= bytes.size() ? kDigits[(group >> (18 - 6 * k)) & 63U] : '=');
    }
  }
  return out;
}

std::string LittleEndianBytes(std::span<const float> values) {
  std::string out;
  out.reserve(values.size() * sizeof(float));
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((bits >> shift) & 0xFFU));
  }
  return out;
}

template <class Number>
void AppendNumber(Number number, std::string* out) {
  char digits[32];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number);  // the shortest that reads back equal
  out->append(digits, end.ptr);
}

template <class Number>
void AppendArray(std::span<const Number> numbers, std::string* out) {
  out->push_back('[');
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendNumber(numbers[i], out);
  }
  out->push_back(']');
}

Result<void> ReadTexts(const Json& input, std::size_t max_texts, std::vector<std::string>* texts) {
  if (input.is_string()) {
    texts->push_back(input.get<std::string>());
    return {};
  }
  if (!input.is_array() || input.empty()) return Invalid("'input' must be a text or a list of texts.");
  if (input.size() > max_texts) {
    return Fail(ErrorCode::kTooLarge,
                "'input' has " + std::to_string(input.size()) + " texts, at most " + std::to_string(max_texts) +
                    " are allowed in one request.",
                "Send several requests.");
  }
  texts->reserve(input.size());
  for (const Json& text : input) {
    if (!text.is_string()) return Invalid("'input' must be a text or a list of texts; token ids are not accepted.");
    texts->push_back(text.get<std::string>());
  }
  return {};
}

}  // namespace

Result<EmbeddingsRequest> ParseEmbeddingsRequest(std::string_view body, std::size_t max_texts) {
  const Result<Json> root = ParseObject(body);
  if (!root) return Fail(root.error());
  EmbeddingsRequest request;
  if (!root->contains("input")) return Invalid("'input' is missing.");
  if (auto read = ReadTexts((*root)["input"], max_texts, &request.texts); !read) return Fail(read.error());
  const Json format = root->value("encoding_format", Json("float"));
  if (format != "float" && format != "base64") return Invalid("'encoding_format' must be \"float\" or \"base64\".");
  request.format = format == "base64" ? VectorFormat::kBase64 : VectorFormat::kFloat;
  const Json model = root->value("model", Json(""));
  if (!model.is_string()) return Invalid("'model' must be a text.");
  request.model = model.get<std::string>();
  if (root->contains("dimensions") && !(*root)["dimensions"].is_null()) {
    return Invalid("'dimensions' is not supported: a vector has the length that the model gives it.");
  }
  return request;
}

Result<TokenizeRequest> ParseTokenizeRequest(std::string_view body) {
  const Result<Json> root = ParseObject(body);
  if (!root) return Fail(root.error());
  const Json content = root->value("content", Json());
  if (!content.is_string()) return Invalid("'content' must be a text.");
  const Json add_special = root->value("add_special", Json(false));
  if (!add_special.is_boolean()) return Invalid("'add_special' must be true or false.");
  TokenizeRequest request;
  request.text = content.get<std::string>();
  request.add_special = add_special.get<bool>();
  return request;
}

Result<std::vector<std::string>> ParseCountRequest(std::string_view body, std::size_t max_texts) {
  const Result<Json> root = ParseObject(body);
  if (!root) return Fail(root.error());
  if (!root->contains("input")) return Invalid("'input' is missing.");
  std::vector<std::string> texts;
  if (auto read = ReadTexts((*root)["input"], max_texts, &texts); !read) return Fail(read.error());
  return texts;
}

EmbeddingPart FormatEmbedding(std::size_t index, const TextVector& vector, VectorFormat format) {
  EmbeddingPart part;
  part.tokens = vector.tokens;
  part.json = R"({"object":"embedding","index":)";
  AppendNumber(index, &part.json);
  part.json += R"(,"embedding":)";
  if (format == VectorFormat::kBase64) {
    part.json += '"' + Base64(LittleEndianBytes(vector.values)) + '"';
  } else {
    AppendArray(std::span<const float>(vector.values), &part.json);
  }
  part.json += R"(,"tokens":)";
  AppendNumber(vector.tokens, &part.json);
  part.json += R"(,"truncated":)";
  part.json += vector.truncated ? "true}" : "false}";
  return part;
}

std::string FormatEmbeddings(std::span<const EmbeddingPart> parts, std::string_view model) {
  std::size_t tokens = 0;
  std::string json = R"({"object":"list","data":[)";
  for (const EmbeddingPart& part : parts) {
    if (tokens > 0) json += ',';
    json += part.json;
    tokens += part.tokens;
  }
  json += R"(],"model":)" + Json(model).dump() + R"(,"usage":{"prompt_tokens":)";
  AppendNumber(tokens, &json);
  json += R"(,"total_tokens":)";
  AppendNumber(tokens, &json);
  json += "}}";
  return json;
}

std::string FormatTokens(std::span<const std::int64_t> tokens) {
  std::string json = R"({"tokens":)";
  AppendArray(tokens, &json);
  json += '}';
  return json;
}

std::string FormatCounts(std::span<const std::size_t> counts) {
  std::string json = R"({"counts":)";
  AppendArray(counts, &json);
  json += '}';
  return json;
}

std::string FormatError(int status, std::string_view message) {
  const char* type = status == 503 ? "unavailable_error" : status >= 500 ? "server_error" : "invalid_request_error";
  const Json json = {{"error", {{"code", status}, {"message", message}, {"type", type}}}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace counsel::embedder
