// What model servers answer, read: ours, llama-server, and other machines' servers, which may answer anything. Pure;
// any thread.
//
// A reply that is not what it should be is kUnavailable with a sentence that names its server, so that a remote model's
// fallback is asked; none takes more memory than kMostReplyBytes and JsonBounds let it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "models/catalogue.h"

namespace counsel::models {

// Of one reply, or of what is kept of one that says what went wrong. The largest that makes sense, 32 vectors of 16,384
// numbers in decimal, has 10 MiB.
inline constexpr std::size_t kMostReplyBytes = std::size_t{16} << 20;

[[nodiscard]] Error UnexpectedReply(const ModelEntry& model, const std::string& what);

// An object.
[[nodiscard]] Result<nlohmann::json> ParseReply(const ModelEntry& model, std::string_view body);

// What a reply with another status than 200 means; `body` may say: {"error": {"message"}}.
[[nodiscard]] Error RefusedReply(const ModelEntry& model, int status, std::string_view body);

struct Embeddings {
  Embeddings() = default;
  std::uint32_t dimensions = 0;
  std::vector<float> values;          // texts × dimensions, row-major, each row of unit length
  std::vector<std::uint32_t> tokens;  // per text
  std::vector<bool> truncated;        // per text: longer than the model reads
};
// Of /v1/embeddings: as many vectors as there were texts, in their order, all of finite numbers and one size, the
// model's if it states one.
[[nodiscard]] Result<Embeddings> ReadEmbeddings(const ModelEntry& model, const nlohmann::json& reply,
                                                std::size_t texts);

// Of /v1/rerank: a finite score of each text, in the order of the texts.
[[nodiscard]] Result<std::vector<double>> ReadScores(const ModelEntry& model, const nlohmann::json& reply,
                                                     std::size_t texts);
// Of counsel-embedder's /count-tokens: one a text.
[[nodiscard]] Result<std::vector<std::uint32_t>> ReadCounts(const ModelEntry& model, const nlohmann::json& reply,
                                                            std::size_t texts);
// Of /tokenize: how many there are.
[[nodiscard]] Result<std::uint32_t> ReadTokenCount(const ModelEntry& model, const nlohmann::json& reply);

struct ChatEnd {
  ChatEnd() = default;
  std::string finish_reason;  // "stop", "length"
  std::uint32_t prompt_tokens = 0;
  std::uint32_t completion_tokens = 0;
  // Of the prompt, what was read anew and not found in the slot's cache, as llama-server tells it; 0: not told.
  std::uint32_t read_tokens = 0;
  std::string engine;  // its build ("b7200-1a2b3c"), at most 100 bytes; "": not told
  double read_seconds = 0;
};
// One event of a chat's stream: the text in it, maybe "". What it says of the end goes into `end`.
[[nodiscard]] Result<std::string> ReadChatEvent(const ModelEntry& model, std::string_view data, ChatEnd* end);

}  // namespace counsel::models
