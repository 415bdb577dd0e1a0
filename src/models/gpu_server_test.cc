// Layers on a GPU, with the real engine: Mesa's llvmpipe plays one of 2 GiB. Skipped where COUNSEL_TEST_GPU_ENGINE (a
// folder with llama-server and libggml-vulkan.so), COUNSEL_TEST_MODELS or that driver is missing.
#include <cstdio>

#include "models/pool_fixture.h"

namespace counsel::models {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class GpuServerTest : public PoolFixture {
 protected:
  void SetUp() override {
    const char* engine = std::getenv("COUNSEL_TEST_GPU_ENGINE");
    const char* models = std::getenv("COUNSEL_TEST_MODELS");
    const fs::path driver = "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json";
    if (engine == nullptr || models == nullptr || !fs::exists(driver)) {
      GTEST_SKIP() << "COUNSEL_TEST_GPU_ENGINE, COUNSEL_TEST_MODELS or mesa-vulkan-drivers is missing";
    }
    ::setenv("VK_DRIVER_FILES", driver.c_str(), 1);
    ::setenv("GGML_VK_VISIBLE_DEVICES", "0", 1);
    options_.llama_server = fs::path(engine) / "llama-server";
    AddReal("smol", fs::path(models) / "SmolLM2-135M-Instruct.Q4_1.gguf");
  }
  void TearDown() override { ::unsetenv("GGML_VK_FORCE_MAX_BUFFER_SIZE"); }

  // Loads it; then what status says.
  ModelStatus Loaded() {
    ModelStatus status;
    const auto body = [this, &status]() -> asio::awaitable<void> {
      const Result<Lease> lease = co_await pool().Acquire("smol", kLong);
      EXPECT_TRUE(lease.has_value()) << lease.error().ToString();
      if (!lease) co_return;
      const bool measured =
          co_await Until([this] { return !pool().History().empty() && pool().History()[0].reason.empty(); });
      EXPECT_TRUE(measured);
      EXPECT_EQ(lease->context_tokens(), StatusOf("smol").context_tokens);
      status = StatusOf("smol");
    };
    Run(body());
    return status;
  }
};

TEST_F(GpuServerTest, LayersGoToTheDeviceAndItsBytesAreMeasured) {
  const ModelStatus status = Loaded();
  EXPECT_THAT(status.flags, Contains("all"));
  EXPECT_EQ(status.reduced, "");
  ASSERT_THAT(pool().History(), ::testing::Not(IsEmpty()));
  const LoadRecord record = pool().History()[0];
  ASSERT_EQ(record.measured.device_bytes.count("Vulkan0"), 1U);
  const double measured = static_cast<double>(record.measured.device_bytes.at("Vulkan0"));
  const double planned = static_cast<double>(record.planned.device_bytes.at("Vulkan0"));
  std::printf("[  figure  ] device: planned %.1f, measured %.1f MiB; host: planned %.1f, measured %.1f MiB\n",
              planned / (1 << 20), measured / (1 << 20), static_cast<double>(record.planned.host_bytes) / (1 << 20),
              static_cast<double>(record.measured.host_bytes) / (1 << 20));
  EXPECT_GE(planned, measured);
  EXPECT_LE(planned, 1.1 * measured + (100 << 20));
}

TEST_F(GpuServerTest, SwitchedOffNoneGoesThere) {
  options_.enable_gpu = false;
  const ModelStatus status = Loaded();
  EXPECT_THAT(status.flags, Contains("none"));
  EXPECT_THAT(status.measured.device_bytes, IsEmpty());
}

TEST_F(GpuServerTest, AShareThatIsTooSmallTakesFewerLayers) {
  options_.max_gpu_memory_fraction = 0.05;
  const ModelStatus status = Loaded();
  EXPECT_THAT(status.flags, ::testing::Not(Contains("all")));
  for (const auto& [device, bytes] : status.measured.device_bytes) EXPECT_LE(bytes, std::uint64_t{103} << 20) << device;
}

TEST_F(GpuServerTest, ADeviceThatRunsOutWalksTheLadderAndServes) {
  ::setenv("GGML_VK_FORCE_MAX_BUFFER_SIZE", "40000000", 1);
  std::vector<std::string> reasons;
  const auto subscription = pool().Subscribe([&reasons](const PoolEvent& event) {
    if (const auto* change = std::get_if<ModelChange>(&event)) reasons.push_back(change->reason);
  });
  const ModelStatus status = Loaded();
  EXPECT_NE(status.reduced, "");
  EXPECT_EQ(status.state, ModelState::kReady);
  EXPECT_EQ(status.failures, 0U);
  EXPECT_THAT(reasons,
              Contains(HasSubstr("the device's memory ran out: loading with an 8-bit KV cache, 15 layers on the GPU")));
}

}  // namespace
}  // namespace counsel::models
