// How a model's server is started: its program, arguments and environment, and the progress it prints. Pure.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "child/child.h"
#include "models/catalogue.h"
#include "models/plan.h"

namespace counsel::models {

struct ServerPrograms {
  std::filesystem::path llama_server;
  std::filesystem::path embedder;
  std::filesystem::path remote;  // counsel-remote
};

struct Threads {
  unsigned all = 1;
  unsigned writing = 1;  // of them, one text (writing_threads.h)
};

// The descriptor from which counsel-remote reads a key that is in a variable of ours (RemoteServer::key_env).
inline constexpr int kKeyDescriptor = 3;

// The flags of llama-server that decide how much memory it takes: the same for the server and for the planner.
// Contexts, slots, prompt cache, batches, style, then the plan's own flags, then the entry's, which win.
[[nodiscard]] std::vector<std::string> EngineFlags(const ModelEntry& entry, const Plan& plan);

// Served by counsel-embedder: an ONNX model with its tokenizer.
[[nodiscard]] bool IsOnnx(const ModelEntry& entry);

// A GGUF is served by llama-server, an ONNX model by counsel-embedder, a remote one by counsel-remote; all listen on
// the unix socket `socket`. A key in a variable is for the caller to hand over, on kKeyDescriptor.
[[nodiscard]] child::ChildOptions ServerCommand(const ServerPrograms& programs, const Catalogue& catalogue,
                                                const ModelEntry& entry, const Plan& plan, const std::string& socket,
                                                Threads threads);

// The whole environment of a model server, and of whoever asks the engine what it sees: "NAME=value".
[[nodiscard]] std::vector<std::string> ServerEnvironment();

// What a line of the child's stdout says of its load: 0..1; 1 is ready. Nothing for other lines. The lines are those of
// llama-server as a router's child: cmd_child_to_router:state:{"state": …, "payload": {"value": …}}.
[[nodiscard]] std::optional<double> ProgressOf(std::string_view line);

// What a llama-server has taken of devices so far, by the lines of its stderr at --verbosity 4: "load_tensors:
// Vulkan0 model buffer size = 92.10 MiB".
class DeviceBuffers {
 public:
  // Other lines, and buffers that are not on one of `devices` ("CPU_Mapped", "Vulkan_Host"), are passed over.
  void TakeLine(std::string_view line, const std::map<std::string, std::uint64_t>& devices);
  // Bytes by device; devices without a buffer are left out.
  [[nodiscard]] std::map<std::string, std::uint64_t> total() const;

 private:
  std::map<std::string, std::uint64_t> kept_;
  std::map<std::string, std::uint64_t> compute_;  // reserved anew now and then, in place of the former
};

// The end of a server that we did not ask for.
struct ServerEnd {
  child::Exit exit;
  // Its output. Nothing of it but phrases that we know is looked for and none is shown: it may hold a prompt's text. Of
  // counsel-remote, which is ours, what libcurl said is shown.
  std::string_view last_words;
  bool was_ready = false;
  bool memory_ran_out = false;  // the kernel has killed a process for lack of memory meanwhile
};

// What it means for a user: a damaged file (kCorrupt), host or device memory that ran out (kOutOfMemory), a kill or a
// crash (kUnavailable).
[[nodiscard]] Error ExplainEnd(const Catalogue& catalogue, const ModelEntry& entry, const ServerEnd& end);

}  // namespace counsel::models
