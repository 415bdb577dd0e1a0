#include "models/model_replies.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/json_bounds.h"
#include "base/utf8.h"

namespace counsel::models {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kMostDimensions = 16384;
constexpr std::int64_t kLongestSaid = 500;  // code points of a server's own words that are passed on

// "The server of 'chat'", "'firm-gpu' at gpu.firm.example".
std::string ServerOf(const ModelEntry& model) {
  return model.remote ? "'" + model.name + "' at " + model.remote->host() : "The server of '" + model.name + "'";
}

// A member, or null when there is none or this is no object.
const Json& Member(const Json& json, const char* name) {
  static const Json none;
  if (!json.is_object()) return none;
  const auto found = json.find(name);
  return found == json.end() ? none : *found;
}

// A whole number that is not negative; 0 for anything else.
std::uint32_t Count(const Json& json) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return json.is_number_unsigned() ? static_cast<std::uint32_t>(std::min(json.get<std::uint64_t>(), kMost)) : 0;
}

// {"error": {"message"}} or {"error": "…"}, shortened.
std::string SaidIn(const Json& json) {
  const Json& error = Member(json, "error");
  const Json& message = error.is_string() ? error : Member(error, "message");
  if (!message.is_string()) return "";
  return std::string(SliceCodePoints(message.get_ref<const std::string&>(), 0, kLongestSaid));
}

std::optional<std::vector<float>> FromBase64(const std::string& text) {
  const std::optional<std::string> bytes = DecodeBase64(text);
  if (!bytes || bytes->size() % sizeof(float) != 0) return std::nullopt;
  std::vector<float> vector(bytes->size() / sizeof(float));
  std::memcpy(vector.data(), bytes->data(), bytes->size());
  return vector;
}

std::optional<std::vector<float>> FromNumbers(const Json& numbers) {
  std::vector<float> vector;
  for (const Json& number : numbers) {
    if (!number.is_number()) return std::nullopt;
    const auto value = number.get<double>();
    if (std::abs(value) > std::numeric_limits<float>::max()) return std::nullopt;
    vector.push_back(static_cast<float>(value));
  }
  return vector;
}

// Appends one vector of the reply; false when it is no vector of `dimensions` finite numbers (0: any number of them).
bool AppendVector(const Json& embedding, std::uint32_t* dimensions, std::vector<float>* values) {
  std::optional<std::vector<float>> vector;
  if (embedding.is_string()) vector = FromBase64(embedding.get_ref<const std::string&>());
  if (embedding.is_array() && embedding.size() <= kMostDimensions) vector = FromNumbers(embedding);
  if (!vector || vector->empty() || vector->size() > kMostDimensions) return false;
  if (*dimensions == 0) *dimensions = static_cast<std::uint32_t>(vector->size());
  if (vector->size() != *dimensions) return false;
  for (const float value : *vector) {
    if (!std::isfinite(value)) return false;
  }
  values->insert(values->end(), vector->begin(), vector->end());
  return true;
}

// Brings the last vector to unit length; a vector of zeros stays.
void NormalizeLast(std::uint32_t dimensions, std::vector<float>* values) {
  const auto begin = values->end() - static_cast<std::ptrdiff_t>(dimensions);
  double sum = 0;
  for (auto value = begin; value != values->end(); ++value) sum += static_cast<double>(*value) * *value;
  if (sum <= 0) return;
  const double scale = 1 / std::sqrt(sum);
  for (auto value = begin; value != values->end(); ++value) *value = static_cast<float>(*value * scale);
}

}  // namespace

Error UnexpectedReply(const ModelEntry& model, const std::string& what) {
  return {ErrorCode::kUnavailable, ServerOf(model) + " gave an unexpected reply: " + what + ".",
          "Ask again; if it repeats, unload the model: counsel unload"};
}

Result<Json> ParseReply(const ModelEntry& model, std::string_view body) {
  if (!JsonFits(body)) return Fail(UnexpectedReply(model, "JSON of too many values"));
  Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return Fail(UnexpectedReply(model, "no JSON object"));
  return json;
}

Error RefusedReply(const ModelEntry& model, int status, std::string_view body) {
  const Json json = JsonFits(body) ? Json::parse(body, nullptr, false) : Json();
  const std::string said = SaidIn(json);
  const std::optional<RemoteServer>& remote = model.remote;
  // Its fallback can do better than ask again later.
  if (remote && !remote->fallback.empty() && (status == 429 || status == 503)) {
    return {ErrorCode::kUnavailable, ServerOf(model) + " is busy."};
  }
  // counsel-remote's own words for a server that it could not ask.
  if (remote && (status == 502 || status == 504) && !said.empty()) {
    return {ErrorCode::kUnavailable, ServerOf(model) + ": " + said};
  }
  const ErrorCode code = status == 400                    ? ErrorCode::kInvalidArgument
                         : status == 501                  ? ErrorCode::kUnsupported
                         : status == 503 || status == 429 ? ErrorCode::kOverloaded
                                                          : ErrorCode::kUnavailable;
  return {code,
          "'" + model.name + "' refused the request (status " + std::to_string(status) + ")" +
              (said.empty() ? "." : ": " + said),
          ""};
}

Result<Embeddings> ReadEmbeddings(const ModelEntry& model, const Json& reply, std::size_t texts) {
  const Json& data = Member(reply, "data");
  if (!data.is_array() || data.size() != texts) return Fail(UnexpectedReply(model, "not one vector a text"));
  Embeddings embeddings;
  embeddings.dimensions = model.dimensions;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const Json& item = data[i];
    const Json& index = Member(item, "index");
    if ((!index.is_null() && index != i) ||
        !AppendVector(Member(item, "embedding"), &embeddings.dimensions, &embeddings.values)) {
      return Fail(UnexpectedReply(model, "a vector of another size or order, or of what are no numbers"));
    }
    // Our own servers have done that.
    if (model.remote && model.normalize) NormalizeLast(embeddings.dimensions, &embeddings.values);
    // A GGUF embedder's server does not say these.
    embeddings.tokens.push_back(Count(Member(item, "tokens")));
    embeddings.truncated.push_back(Member(item, "truncated") == true);
  }
  return embeddings;
}

Result<std::vector<double>> ReadScores(const ModelEntry& model, const Json& reply, std::size_t texts) {
  const Json& results = Member(reply, "results");
  std::vector<double> scores(texts, std::numeric_limits<double>::quiet_NaN());
  if (!results.is_array() || results.size() != texts) return Fail(UnexpectedReply(model, "not one score a text"));
  for (const Json& one : results) {
    const Json& index = Member(one, "index");
    const Json& score = Member(one, "relevance_score");
    if (!index.is_number_unsigned() || index.get<std::uint64_t>() >= texts || !score.is_number()) {
      return Fail(UnexpectedReply(model, "a score of no text, or none"));
    }
    scores[index.get<std::size_t>()] = score.get<double>();
  }
  const auto finite = [](double score) { return std::isfinite(score); };
  if (!std::all_of(scores.begin(), scores.end(), finite)) return Fail(UnexpectedReply(model, "a text without a score"));
  return scores;
}

Result<std::vector<std::uint32_t>> ReadCounts(const ModelEntry& model, const Json& reply, std::size_t texts) {
  const Json& counted = Member(reply, "counts");
  if (!counted.is_array() || counted.size() != texts) return Fail(UnexpectedReply(model, "not one count a text"));
  std::vector<std::uint32_t> counts;
  for (const Json& one : counted) {
    if (!one.is_number_unsigned()) return Fail(UnexpectedReply(model, "a count that is no number"));
    counts.push_back(Count(one));
  }
  return counts;
}

Result<std::uint32_t> ReadTokenCount(const ModelEntry& model, const Json& reply) {
  const Json& tokens = Member(reply, "tokens");
  if (!tokens.is_array()) return Fail(UnexpectedReply(model, "no tokens"));
  return static_cast<std::uint32_t>(tokens.size());
}

Result<std::string> ReadChatEvent(const ModelEntry& model, std::string_view data, ChatEnd* end) {
  if (data.empty()) return std::string();  // some servers keep a connection alive so
  const Result<Json> json = ParseReply(model, data);
  if (!json) return Fail(json.error());
  if (json->contains("error") && !Member(*json, "error").is_null()) return Fail(RefusedReply(model, 500, data));
  if (const Json& usage = Member(*json, "usage"); usage.is_object()) {
    end->prompt_tokens = Count(Member(usage, "prompt_tokens"));
    end->completion_tokens = Count(Member(usage, "completion_tokens"));
  }
  if (const Json& timings = Member(*json, "timings"); timings.is_object()) {
    end->read_tokens = Count(Member(timings, "prompt_n"));
    const Json& milliseconds = Member(timings, "prompt_ms");
    end->read_seconds = milliseconds.is_number() ? std::max(0.0, milliseconds.get<double>()) / 1000 : 0;
  }
  constexpr std::size_t kLongestEngine = 100;
  if (const Json& engine = Member(*json, "system_fingerprint"); engine.is_string()) {
    end->engine = engine.get<std::string>().substr(0, kLongestEngine);
  }
  const Json& choices = Member(*json, "choices");
  if (!choices.is_array() || choices.empty()) return std::string();
  if (const Json& reason = Member(choices[0], "finish_reason"); reason.is_string()) {
    end->finish_reason = reason.get<std::string>();
  }
  const Json& content = Member(Member(choices[0], "delta"), "content");
  if (content.is_string()) return content.get<std::string>();
  if (!content.is_null()) return Fail(UnexpectedReply(model, "a piece of text that is none"));
  return std::string();
}

}  // namespace counsel::models
