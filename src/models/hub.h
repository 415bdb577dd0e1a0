// Models by their names on the Hugging Face hub: "hf.co/OWNER/REPO:QUANT" becomes an entry of the user's own catalogue.
//
// The hub is asked for what it documents: /api/models/OWNER/REPO (licence, whether a model is gated, what is in its
// GGUF), /api/models/OWNER/REPO/tree/main (files, sizes, SHA-256), and /OWNER/REPO/resolve/main/FILE for the bytes. All
// but FindOnHub is pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/catalogue.h"

namespace counsel::models {

inline constexpr std::string_view kHub = "https://huggingface.co";

struct HubName {
  HubName() = default;
  std::string owner;
  std::string repo;
  std::string quant;  // "Q4_K_M"; "" for the usual choice
};

// "hf.co/…", "huggingface.co/…", with or without "https://".
[[nodiscard]] bool IsHubName(std::string_view name);
// kInvalidArgument says how such a name looks.
[[nodiscard]] Result<HubName> ReadHubName(std::string_view name);

struct HubModel {
  HubModel() = default;
  std::string licence;  // "apache-2.0"; "" when the hub does not tell
  bool gated = false;   // it is given only to those who accepted terms there
  std::uint32_t context_tokens = 0;
  std::vector<ModelFile> files;  // one, or the parts of one in their order; digests and sizes as the hub tells them
};

// What the hub's two replies say of that model. kNotFound lists the kinds that the repository has.
[[nodiscard]] Result<HubModel> ReadHubModel(const HubName& name, std::string_view hub, std::string_view model_reply,
                                            std::string_view tree_reply);

// An entry, named for the repository and the kind: "qwen2.5-7b-instruct-q4_k_m".
[[nodiscard]] ModelEntry EntryOf(const HubName& name, const HubModel& model);
// As a catalogue has it, "[[model]]" and all.
[[nodiscard]] std::string TomlOf(const ModelEntry& entry);

// Asks the hub. Blocking. `hub`: kHub, or another that behaves like it (HF_ENDPOINT).
[[nodiscard]] Result<HubModel> FindOnHub(const HubName& name, std::string_view hub);

}  // namespace counsel::models
