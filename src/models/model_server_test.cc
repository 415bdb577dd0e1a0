#include "models/model_server.h"

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace counsel::models {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using ::testing::IsSupersetOf;
using ::testing::Not;

class ModelServerTest : public ::testing::Test {
 protected:
  ModelServerTest() {
    const fs::path file = fs::temp_directory_path() / ("counsel-servers-" + std::to_string(::getpid()) + ".toml");
    std::ofstream(file) << R"(
[[model]]
name = "chat"
role = "generator"
context_tokens = 2048
flags = ["--no-repack"]
files = [{path = "chat.gguf", sha256 = "aa"}]
[[model]]
name = "onnx"
role = "embedder"
context_tokens = 512
dimensions = 384
files = [{path = "e/model.onnx"}, {path = "e/tokenizer.json"}]
[[model]]
name = "gguf-embedder"
role = "embedder"
context_tokens = 256
dimensions = 384
pooling = "mean"
files = [{path = "e.gguf", url = "https://example.org/e.gguf", sha256 = "bb"}]
[[model]]
name = "gpu"
role = "generator"
context_tokens = 8192
url = "https://gpu.firm.example/v1"
key_env = "GPU_KEY"
)";
    Result<Catalogue> loaded = Catalogue::Load(file, "/nowhere", "/models");
    EXPECT_TRUE(loaded) << loaded.error().ToString();
    catalogue_ = std::move(*loaded);
    fs::remove(file);
    programs_.llama_server = "/engine/llama-server";
    programs_.embedder = "/bin/counsel-embedder";
    programs_.remote = "/bin/counsel-remote";
  }
  const ModelEntry& Entry(const char* name) { return **catalogue_.Find(name); }
  child::ChildOptions Command(const char* name) {
    return ServerCommand(programs_, catalogue_, Entry(name), plan_, "/run/s.sock", {3, 2});
  }
  Error Explain(child::ExitKind kind, int status, std::string_view words, bool was_ready = false,
                bool memory_ran_out = false, const char* name = "chat") {
    ServerEnd end;
    end.exit.kind = kind;
    end.exit.status = status;
    end.last_words = words;
    end.was_ready = was_ready;
    end.memory_ran_out = memory_ran_out;
    return ExplainEnd(catalogue_, Entry(name), end);
  }

  Catalogue catalogue_;
  ServerPrograms programs_;
  Plan plan_;
};

TEST_F(ModelServerTest, AGgufGeneratorIsServedByLlamaServer) {
  const std::vector<std::string> argv = Command("chat").argv;
  EXPECT_EQ(argv[0], "/engine/llama-server");
  const std::vector<std::string> expected = {
      "--model", "/models/chat.gguf", "--host", "/run/s.sock", "--ctx-size", "2048", "--threads",
      "2",       "--threads-batch",   "3",      "--no-warmup", "--offline"};
  EXPECT_THAT(expected, IsSubsetOf(argv));
  EXPECT_EQ(argv.back(), "--no-repack") << "an entry's own flags come last, so that they win";
  EXPECT_THAT(argv, Not(Contains("--embedding")));
}

TEST_F(ModelServerTest, EachSlotHasAContextOfItsOwn) {
  plan_.context_tokens = 2048;
  plan_.slots = 3;
  const std::vector<std::string> expected = {"--ctx-size", "6144", "--parallel", "3", "--no-kv-unified"};
  EXPECT_THAT(expected, IsSubsetOf(Command("chat").argv));
}

TEST_F(ModelServerTest, AnOnnxEmbedderIsServedByOurs) {
  EXPECT_THAT(Command("onnx").argv, ElementsAre("/bin/counsel-embedder", "--model", "/models/e/model.onnx",
                                                "--tokenizer", "/models/e/tokenizer.json", "--socket", "/run/s.sock",
                                                "--pooling", "cls", "--max-tokens", "512", "--threads", "3"));
}

TEST_F(ModelServerTest, AGgufEmbedderTakesItsLongestTextInOneBatch) {
  const std::vector<std::string> argv = Command("gguf-embedder").argv;
  const std::vector<std::string> expected = {"--embedding",  "--pooling", "mean",
                                             "--batch-size", "256",       "--ubatch-size"};
  EXPECT_THAT(expected, IsSubsetOf(argv));
}

TEST_F(ModelServerTest, ThePlanDecidesStyleAndContextAndTheEntrysOwnFlagsComeLast) {
  plan_.style = LoadStyle::kQuick;
  plan_.context_tokens = 1024;
  plan_.flags = {"--cache-type-k", "q8_0"};
  const std::vector<std::string> flags = EngineFlags(Entry("gguf-embedder"), plan_);
  const std::vector<std::string> expected = {"--ctx-size", "1024", "--no-repack", "--cache-type-k", "q8_0"};
  EXPECT_THAT(expected, IsSubsetOf(flags));
  EXPECT_THAT(flags, IsSubsetOf(Command("gguf-embedder").argv)) << "the planner and the server must agree";
  plan_.style = LoadStyle::kRepacked;
  EXPECT_THAT(EngineFlags(Entry("gguf-embedder"), plan_), Not(Contains("--no-repack")));
  EXPECT_EQ(EngineFlags(Entry("chat"), plan_).back(), "--no-repack") << "an entry's own";
}

TEST_F(ModelServerTest, OfOurEnvironmentOnlyWhatAGpuDriverNeedsIsPassedOn) {
  ::setenv("CUDA_VISIBLE_DEVICES", "1", 1);
  ::setenv("CH_API_KEY", "secret", 1);
  const std::vector<std::string> environment = Command("chat").environment;
  ::unsetenv("CUDA_VISIBLE_DEVICES");
  ::unsetenv("CH_API_KEY");
  EXPECT_THAT(environment, IsSupersetOf({"LC_ALL=C.UTF-8", "LLAMA_SERVER_ROUTER_PORT=1", "CUDA_VISIBLE_DEVICES=1"}));
  EXPECT_THAT(environment, Not(Contains(HasSubstr("secret"))));
}

TEST(ProgressOf, ReadsTheServersStateLines) {
  const std::string mark = "cmd_child_to_router:state:";
  EXPECT_EQ(ProgressOf(mark + R"({"state":"loading","payload":{"current":"text_model","value":0.25}})"), 0.25);
  EXPECT_EQ(ProgressOf(mark + R"({"state":"ready","payload":{}})"), 1.0);
  EXPECT_EQ(ProgressOf(mark + R"({"state":"loading","payload":{"value":7}})"), 0.99) << "1 is for ready alone";
  EXPECT_EQ(ProgressOf(mark + R"({"state":"loading","payload":{"value":-7}})"), 0.0);
  EXPECT_EQ(ProgressOf(mark + R"({"state":"loading"})"), 0.0);
}

TEST(ProgressOf, OtherLinesSayNothing) {
  for (const char* line : {"", "srv: model loaded", "cmd_child_to_router:state:", "cmd_child_to_router:state:[1]",
                           "cmd_child_to_router:state:{\"state\":1}", "cmd_child_to_router:state:{\"state\":",
                           " cmd_child_to_router:state:{\"state\":\"ready\"}"}) {
    EXPECT_EQ(ProgressOf(line), std::nullopt) << line;
  }
}

TEST_F(ModelServerTest, ABadFileIsCorruptAndSaysHowToReplaceIt) {
  const Error error = Explain(child::ExitKind::kExited, 1, "E llama_model_load: error loading model: tensor data\n");
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_THAT(error.message, HasSubstr("/models/chat.gguf"));
  EXPECT_THAT(error.next_step, HasSubstr("./run setup"));
}

TEST_F(ModelServerTest, EndsAreToldApart) {
  using enum child::ExitKind;
  EXPECT_EQ(Explain(kSignalled, SIGABRT, "what(): std::bad_alloc").code, ErrorCode::kOutOfMemory);
  EXPECT_THAT(Explain(kExited, 1, "cudaMalloc failed: out of memory, failed to load model").message,
              HasSubstr("device memory"));
  EXPECT_EQ(Explain(kSignalled, SIGKILL, "", true).code, ErrorCode::kUnavailable);
  EXPECT_EQ(Explain(kSignalled, SIGKILL, "", true, true).code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(Explain(kSignalled, SIGSEGV, "", true).code, ErrorCode::kUnavailable);
  EXPECT_THAT(Explain(kExited, 127, "error while loading shared libraries: libx").next_step, HasSubstr("./run setup"));
  EXPECT_EQ(Explain(kExited, 1, "failed to load model", true).code, ErrorCode::kUnavailable)
      << "a model that was ready is not a bad file";
}

TEST_F(ModelServerTest, NothingOfTheOutputIsShown) {
  const Error error = Explain(child::ExitKind::kSignalled, SIGSEGV, "prompt: the client's secret", true);
  EXPECT_THAT(error.ToString(), Not(HasSubstr("secret")));
}

TEST_F(ModelServerTest, ARemoteModelsKeyIsInNoArgumentAndNoEnvironment) {
  ::setenv("GPU_KEY", "sk-secret", 1);
  ::setenv("https_proxy", "http://proxy.firm.example:3128", 1);
  const child::ChildOptions command = Command("gpu");
  ::unsetenv("GPU_KEY");
  ::unsetenv("https_proxy");
  EXPECT_EQ(command.argv[0], "/bin/counsel-remote");
  EXPECT_THAT(command.argv, IsSupersetOf({"--url", "https://gpu.firm.example/v1", "--model", "gpu", "--key-fd", "3"}));
  EXPECT_THAT(command.argv, Not(Contains(HasSubstr("secret"))));
  EXPECT_THAT(command.environment, Not(Contains(HasSubstr("secret"))));
  EXPECT_THAT(command.environment, Contains("https_proxy=http://proxy.firm.example:3128"));
}

TEST_F(ModelServerTest, TheEndsOfARemoteServerAreToldApart) {
  using enum child::ExitKind;
  const auto explain = [this](std::string_view words, bool was_ready = false) {
    return Explain(kExited, 1, std::string("counsel-remote: ").append(words).append("\n"), was_ready, false, "gpu");
  };
  EXPECT_EQ(explain("key refused").code, ErrorCode::kPermissionDenied);
  EXPECT_THAT(explain("key refused").message, HasSubstr("gpu.firm.example"));
  EXPECT_THAT(explain("key refused").next_step, HasSubstr("GPU_KEY"));
  EXPECT_EQ(explain("certificate not trusted: self-signed").code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(explain("unreachable: Connection refused").code, ErrorCode::kUnavailable);
  EXPECT_THAT(explain("unreachable: Connection refused").message, HasSubstr("cannot be reached: Connection refused"));
  EXPECT_THAT(explain("unreachable: x", true).message, HasSubstr("does not answer any more"));
  EXPECT_EQ(Explain(kSignalled, SIGSEGV, "", true, false, "gpu").code, ErrorCode::kUnavailable);
}

TEST(DeviceBuffers, AreSummedByDeviceAndComputeIsTheMost) {
  const std::map<std::string, std::uint64_t> devices = {{"Vulkan0", 0}};
  DeviceBuffers buffers;
  for (const char* line : {"0.00 I load_tensors:   CPU_Mapped model buffer size =    28.69 MiB",
                           "0.00 I load_tensors:      Vulkan0 model buffer size =    92.50 MiB",
                           "0.00 I llama_kv_cache:    Vulkan0 KV buffer size =    45.00 MiB",
                           "0.00 I sched_reserve:    Vulkan0 compute buffer size =    13.25 MiB",
                           "0.00 I sched_reserve:    Vulkan0 compute buffer size =    12.00 MiB",
                           "0.00 I sched_reserve: Vulkan_Host compute buffer size =     4.26 MiB",
                           "Vulkan0 model buffer size = many MiB", " buffer size =", "x buffer size = 1 MiB"}) {
    buffers.TakeLine(line, devices);
  }
  const std::map<std::string, std::uint64_t> expected = {{"Vulkan0", (92 * 4 + 2 + 45 * 4 + 13 * 4 + 1) * (1U << 18)}};
  EXPECT_EQ(buffers.total(), expected);
}

}  // namespace
}  // namespace counsel::models
