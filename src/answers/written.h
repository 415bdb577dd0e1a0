// What a generator was given and what it wrote, for who wants to have it written again (http/replay_routes.cc).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/model_client.h"

namespace counsel::answers {

struct Written {
  Written() = default;
  std::vector<models::ChatMessage> prompt;
  std::uint32_t max_tokens = 0;
  std::uint32_t seed = 0;
  std::string text;                 // as it was streamed
  bool alone = false;               // nobody else had the model's server meanwhile
  std::uint32_t cached_tokens = 0;  // of the prompt, which the server had read before
  std::string engine;               // the server's build; "": not told
  std::vector<std::string> flags;   // of the server
};

}  // namespace counsel::answers
