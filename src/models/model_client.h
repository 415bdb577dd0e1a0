// What a leased model can be asked: the few requests the rest of Counsel needs, in the servers' own shapes. Each call
// runs under the caller's lease and fails with the lease's own reason when the process dies; what a reply may be is
// said in model_replies.h.
//
// Threads: io thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "models/model_replies.h"
#include "models/pool.h"

namespace counsel::models {

// `query`: the model's query prefix is put before each text.
[[nodiscard]] boost::asio::awaitable<Result<Embeddings>> Embed(const Lease& lease,
                                                               const std::vector<std::string>& texts, bool query);

// Of a reranker: how well each text answers the query; larger is better, and it is no probability. One number a text.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<double>>> Score(const Lease& lease, const std::string& query,
                                                                        const std::vector<std::string>& texts);

struct ChatMessage {
  ChatMessage() = default;
  ChatMessage(std::string role_in, std::string content_in) : role(std::move(role_in)), content(std::move(content_in)) {}
  std::string role;
  std::string content;
};

// Number of tokens of each text (no special tokens added).
[[nodiscard]] boost::asio::awaitable<Result<std::vector<std::uint32_t>>> CountTokens(
    const Lease& lease, const std::vector<std::string>& texts);

// The prompt that the model's own chat template makes of the messages.
[[nodiscard]] boost::asio::awaitable<Result<std::string>> ApplyTemplate(const Lease& lease,
                                                                        const std::vector<ChatMessage>& messages);

struct ChatOptions {
  ChatOptions() = default;
  std::uint32_t max_tokens = 500;
  double temperature = 0.0;
  std::uint32_t seed = 1;  // told to a server of this machine
  bool read_anew = false;  // nothing of the prompt is taken from what the server has read before
};

// Told of each piece of text as it comes; the view lives until the returned awaitable completes, and no further piece
// is read before that (a slow listener holds the model back, nothing is queued).
using OnText = std::function<boost::asio::awaitable<Result<void>>(std::string_view)>;

// Streams a chat completion: `on_text` for each piece of text; an error of its own ends the stream and is returned.
[[nodiscard]] boost::asio::awaitable<Result<ChatEnd>> Chat(const Lease& lease, const std::vector<ChatMessage>& messages,
                                                           const ChatOptions& options, OnText on_text);

// Why a request to the lease's endpoint failed: lost() when the process has died or is about to be noticed dead (waits
// up to 1 s for that), else `failure` itself.
[[nodiscard]] boost::asio::awaitable<Error> ExplainFailure(const Lease& lease, Error failure);

}  // namespace counsel::models
