#include "models/model_server.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "outgoing/outgoing.h"

namespace counsel::models {
namespace {

// Tokens that are read before texts that are being written get their next word, and before a client that has left is
// noticed. Upstream's 2048 read no faster.
constexpr const char* kBatchTokens = "512";

// Prompt cache in MiB; upstream's default of 8192 would be most of a small machine.
constexpr const char* kPromptCacheMiB = "256";

// Copies of a slot's state to go back to, for models whose state cannot be rolled back; upstream's default of 32 for
// each slot can be many times the context's own size.
constexpr const char* kContextCheckpoints = "2";

std::vector<std::string> LlamaArguments(const std::string& program, const std::string& file, const ModelEntry& entry,
                                        const Plan& plan, const std::string& socket, Threads threads) {
  std::vector<std::string> argv = {program,
                                   "--model",
                                   file,
                                   "--host",
                                   socket,
                                   "--alias",
                                   entry.name,
                                   "--threads",
                                   std::to_string(threads.writing),
                                   "--threads-batch",
                                   std::to_string(threads.all),
                                   "--no-warmup",
                                   "--fit",
                                   "off",
                                   "--offline"};
  // Only this says what the buffers on a device take: some 20 kB at the start and 2 kB a request.
  if (!plan.claim.device_bytes.empty()) argv.insert(argv.end(), {"--verbosity", "4"});
  // Last, so that an entry's own flags win.
  const std::vector<std::string> flags = EngineFlags(entry, plan);
  argv.insert(argv.end(), flags.begin(), flags.end());
  return argv;
}

child::ChildOptions RemoteCommand(const std::filesystem::path& program, const RemoteServer& remote,
                                  const std::string& socket) {
  child::ChildOptions options;
  options.argv = {program.string(), "--socket",        socket,
                  "--url",          remote.url,        "--model",
                  remote.model,     "--stall-seconds", std::to_string(remote.stall_seconds)};
  const auto add = [&options](const char* name, const std::string& value) {
    if (!value.empty()) options.argv.insert(options.argv.end(), {name, value});
  };
  add("--key-file", remote.key_file.string());
  add("--key-fd", remote.key_env.empty() ? "" : std::to_string(kKeyDescriptor));
  add("--ca-file", remote.ca_file.string());
  options.environment = {"LC_ALL=C.UTF-8"};
  for (std::string& variable : outgoing::ProxyVariables()) options.environment.push_back(std::move(variable));
  return options;
}

// Ours, which ends with a line "counsel-remote: WORD: detail".
std::optional<std::string> LastWordsOfRemote(std::string_view words) {
  constexpr std::string_view kMark = "counsel-remote: ";
  const std::size_t at = words.rfind(kMark);
  if (at == std::string_view::npos) return std::nullopt;
  std::string line(words.substr(at + kMark.size(), 300));
  line.resize(std::min(line.size(), line.find('\n')));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, ' ');
  return line;
}

Error ExplainRemoteEnd(const ModelEntry& entry, const ServerEnd& end) {
  const RemoteServer& remote = *entry.remote;
  const std::string who = "The server at " + remote.host() + ", which has '" + entry.name + "', ";
  const std::string key = !remote.key_file.empty() ? remote.key_file.string()
                          : remote.key_env.empty() ? "(none is set: key_file or key_env in the catalogue)"
                                                   : "the variable " + remote.key_env;
  const std::string said = LastWordsOfRemote(end.last_words).value_or("");
  const std::size_t colon = said.find(": ");
  const std::string word = said.substr(0, colon);
  const std::string detail = colon == std::string::npos ? "" : ": " + said.substr(colon + 2);
  if (word == "key refused")
    return {ErrorCode::kPermissionDenied, who + "refused the key.", "Check the key: " + key + "."};
  if (word == "no key")
    return {ErrorCode::kPermissionDenied, "There is no key for " + remote.host() + ".", "Put it there: " + key + "."};
  if (word == "others can read the key") {
    return {ErrorCode::kPermissionDenied, "Others can read the key in " + remote.key_file.string() + ".",
            "Run: chmod 600 " + remote.key_file.string()};
  }
  if (word == "certificate not trusted") {
    return {ErrorCode::kPermissionDenied, who + "has a certificate that is not trusted" + detail + ".",
            "If it is your own server's, name its authority's certificate as ca_file in the catalogue."};
  }
  if (word == "loading") {
    return {ErrorCode::kUnavailable, who + "is still loading its model.", "Ask again later."};
  }
  if (word == "unreachable") {
    return {ErrorCode::kUnavailable,
            who + (end.was_ready ? "does not answer any more" : "cannot be reached") + detail + ".",
            "Check that it runs and that this machine reaches it."};
  }
  if (word == "leads elsewhere" || word == "no model server" || word == "no address") {
    return {ErrorCode::kUnavailable, who + "is no OpenAI-compatible server at that address" + detail + ".",
            "Check its url in the catalogue."};
  }
  return {ErrorCode::kUnavailable,
          "The connection to " + remote.host() + " for '" + entry.name + "' " + end.exit.ToString() + ".",
          "It will be made again at the next request."};
}

bool Mentions(std::string_view words, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [words](std::string_view phrase) { return words.find(phrase) != std::string_view::npos; });
}

}  // namespace

std::vector<std::string> EngineFlags(const ModelEntry& entry, const Plan& plan) {
  const std::uint64_t tokens = plan.context_tokens > 0 ? plan.context_tokens : entry.context_tokens;
  const std::uint64_t slots = std::max<std::uint64_t>(plan.slots, 1);
  const std::string context = std::to_string(tokens);
  // A shared context (--kv-unified) would overflow for all at once, and a request that was given up holds its part of
  // it until the server has noticed.
  std::vector<std::string> flags = {"--ctx-size",       std::to_string(tokens * slots),
                                    "--parallel",       std::to_string(slots),
                                    "--no-kv-unified",  "--cache-ram",
                                    kPromptCacheMiB,    "--ctx-checkpoints",
                                    kContextCheckpoints};
  if (entry.role == Role::kGenerator) {
    flags.insert(flags.end(), {"--batch-size", kBatchTokens});
  } else if (entry.role == Role::kEmbedder) {
    flags.insert(flags.end(), {"--embedding", "--pooling", entry.pooling == Pooling::kCls ? "cls" : "mean"});
  } else {
    flags.emplace_back("--rerank");
  }
  // A text, or a question and a text, is read in one batch, so a batch must hold the longest.
  if (entry.role != Role::kGenerator) {
    flags.insert(flags.end(), {"--batch-size", context, "--ubatch-size", context});
  }
  if (plan.style == LoadStyle::kQuick) flags.emplace_back("--no-repack");
  flags.insert(flags.end(), plan.flags.begin(), plan.flags.end());
  flags.insert(flags.end(), entry.flags.begin(), entry.flags.end());
  return flags;
}

bool IsOnnx(const ModelEntry& entry) {
  return entry.files.size() > 1 && std::string_view(entry.files[0].path).ends_with(".onnx");
}

child::ChildOptions ServerCommand(const ServerPrograms& programs, const Catalogue& catalogue, const ModelEntry& entry,
                                  const Plan& plan, const std::string& socket, Threads threads) {
  if (entry.remote) return RemoteCommand(programs.remote, *entry.remote, socket);
  child::ChildOptions options;
  const std::string file = catalogue.PathOf(entry.files[0]).string();
  if (IsOnnx(entry)) {
    options.argv = {programs.embedder.string(),
                    "--model",
                    file,
                    "--tokenizer",
                    catalogue.PathOf(entry.files[1]).string(),
                    "--socket",
                    socket,
                    "--pooling",
                    entry.pooling == Pooling::kCls ? "cls" : "mean",
                    "--max-tokens",
                    std::to_string(entry.context_tokens),
                    "--threads",
                    std::to_string(threads.all)};
    if (!entry.normalize) options.argv.emplace_back("--no-normalize");
  } else {
    options.argv = LlamaArguments(programs.llama_server.string(), file, entry, plan, socket, threads);
  }
  options.environment = ServerEnvironment();
  // A plug-in's search path may end in the folder it is run in.
  options.folder = "/";
  // The router's child prints its progress and ends with its stdin.
  options.environment.emplace_back("LLAMA_SERVER_ROUTER_PORT=1");
  return options;
}

std::vector<std::string> ServerEnvironment() {
  std::vector<std::string> environment = {"LC_ALL=C.UTF-8",
                                          // A crash would call a debugger, where one is installed.
                                          "GGML_NO_BACKTRACE=1"};
  // Which devices a GPU driver shows, where it finds its parts and keeps what it compiled.
  for (const char* name : {"GGML_VK_VISIBLE_DEVICES", "GGML_VK_FORCE_MAX_BUFFER_SIZE", "VK_DRIVER_FILES",
                           "VK_ICD_FILENAMES", "XDG_DATA_DIRS", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER",
                           "CUDA_CACHE_PATH", "LD_LIBRARY_PATH", "HOME", "XDG_CACHE_HOME"}) {
    if (const char* value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
  }
  return environment;
}

std::optional<double> ProgressOf(std::string_view line) {
  constexpr std::string_view kMark = "cmd_child_to_router:state:";
  if (line.substr(0, kMark.size()) != kMark) return std::nullopt;
  const nlohmann::json json = nlohmann::json::parse(line.substr(kMark.size()), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto state = json.find("state");
  if (state == json.end() || !state->is_string()) return std::nullopt;
  if (*state == "ready" || *state == "loaded") return 1.0;
  const auto payload = json.find("payload");
  if (payload == json.end() || !payload->is_object()) return 0.0;
  const auto value = payload->find("value");
  if (value == payload->end() || !value->is_number()) return 0.0;
  // 1 is for ready alone.
  return std::clamp(value->get<double>(), 0.0, 0.99);
}

void DeviceBuffers::TakeLine(std::string_view line, const std::map<std::string, std::uint64_t>& devices) {
  constexpr std::string_view kMark = " buffer size =";
  constexpr double kMost = 1 << 26;
  const std::size_t mark = line.find(kMark);
  if (mark == std::string_view::npos) return;
  // "…:    Vulkan0 model": the last word is the kind, the one before it the device.
  const std::string_view before = line.substr(0, mark);
  const std::size_t kind = before.rfind(' ');
  const std::size_t name_end = kind == std::string_view::npos ? kind : before.find_last_not_of(' ', kind);
  if (name_end == std::string_view::npos) return;
  const std::size_t name_begin = before.find_last_of(' ', name_end) + 1;
  const std::string device(before.substr(name_begin, name_end + 1 - name_begin));
  if (devices.count(device) == 0) return;
  const std::string number(line.substr(mark + kMark.size()));
  char* end = nullptr;
  const double mebibytes = std::strtod(number.c_str(), &end);
  if (!std::string_view(end).starts_with(" MiB") || !(mebibytes >= 0 && mebibytes <= kMost)) return;
  const auto bytes = static_cast<std::uint64_t>(mebibytes * (1 << 20));
  if (before.substr(kind + 1) == "compute") {
    compute_[device] = std::max(compute_[device], bytes);
  } else {
    kept_[device] += bytes;
  }
}

std::map<std::string, std::uint64_t> DeviceBuffers::total() const {
  std::map<std::string, std::uint64_t> total = kept_;
  for (const auto& [device, bytes] : compute_) total[device] += bytes;
  return total;
}

Error ExplainEnd(const Catalogue& catalogue, const ModelEntry& entry, const ServerEnd& end) {
  if (entry.remote) return ExplainRemoteEnd(entry, end);
  const std::string who = "The server of '" + entry.name + "' ";
  const std::string again = "It will be loaded again at the next request.";
  if (Mentions(end.last_words,
               {"out of device memory", "CUDA out of memory", "cudaMalloc failed", "ErrorOutOfDeviceMemory"})) {
    return {ErrorCode::kOutOfMemory, who + "ran out of device memory.", "Free GPU memory, or use a smaller model."};
  }
  if (Mentions(end.last_words, {"bad_alloc", "failed to allocate", "Cannot allocate memory"})) {
    return {ErrorCode::kOutOfMemory, who + "ran out of memory.", "Free memory, or use a smaller model."};
  }
  if (end.exit.kind == child::ExitKind::kSignalled && end.exit.status == SIGKILL) {
    if (end.memory_ran_out) {
      return {ErrorCode::kOutOfMemory, who + "was killed by the kernel because memory ran out.",
              "Free memory, or use a smaller model."};
    }
    return {ErrorCode::kUnavailable, who + end.exit.ToString() + ".",
            again + " If it happens often, memory is short: use a smaller model."};
  }
  // A mapped page that is no more.
  if (end.exit.kind == child::ExitKind::kSignalled && end.exit.status == SIGBUS) {
    return {ErrorCode::kUnavailable,
            who + "ended because a part of " + catalogue.PathOf(entry.files[0]).string() +
                " could not be read: the file was cut short in use, or the disk fails.",
            catalogue.HowToReplace(entry)};
  }
  if (!end.was_ready && Mentions(end.last_words, {"failed to load model", "error loading model"})) {
    return {ErrorCode::kCorrupt,
            "The model file " + catalogue.PathOf(entry.files[0]).string() +
                " could not be loaded: it is damaged or of an unknown kind.",
            catalogue.HowToReplace(entry)};
  }
  if (Mentions(end.last_words, {"error while loading shared libraries"})) {
    return {ErrorCode::kUnavailable, who + "misses a library.", "Run: ./run setup"};
  }
  return {ErrorCode::kUnavailable, who + end.exit.ToString() + (end.was_ready ? "." : " while it was loading."), again};
}

}  // namespace counsel::models
