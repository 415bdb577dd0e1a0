// What is read and written between Counsel and the other machine: addresses, JSON, keys. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace counsel::remote {

// "https://host/v1/", "https://host/v1" and "https://host" are all "https://host": what paths are put behind.
[[nodiscard]] std::string RootOf(std::string_view url);

// The body with its member "model" replaced; kInvalidArgument when it is no JSON object.
[[nodiscard]] Result<std::string> WithModel(const std::string& body, const std::string& model);

struct TokenizeRequest {
  std::string text;
  bool add_special = false;
};
// llama-server's shape: {"content", "add_special"}.
[[nodiscard]] Result<TokenizeRequest> ReadTokenizeRequest(const std::string& body);
// One body that llama-server and vLLM both understand.
[[nodiscard]] std::string FormatTokenizeRequest(const TokenizeRequest& request, const std::string& model);
// A reply of either in llama-server's shape, {"tokens": [ids]}, with ids of 0 when only the number was said; nothing
// when it says neither, or what cannot be: none of a text that is not empty, or more than MostTokens.
[[nodiscard]] std::optional<std::string> AsTokens(const std::string& reply, std::string_view text);
// At least as many tokens as any tokenizer makes of the text that covers a byte or more with each: one a byte, and one
// for the mark that some put in front.
[[nodiscard]] std::size_t MostTokens(std::string_view text);
// {"tokens": [0, …], "estimated": true}: so many.
[[nodiscard]] std::string FormatEstimate(std::size_t count);

// {"error": {"code", "message", "type"}} as llama-server has it.
[[nodiscard]] std::string FormatError(int status, std::string_view message);

// A key as it stands in a file or a variable: without the space around it. kUnauthenticated when nothing is left or it
// holds what no header may.
[[nodiscard]] Result<Secret> CheckKey(std::string_view text);

}  // namespace counsel::remote
