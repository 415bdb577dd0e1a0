#include "models/devices.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace counsel::models {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr seconds kHour{3600};

std::vector<Device> Parsed(const std::string& output) {
  Result<std::vector<Device>> devices = ParseDevices(output);
  EXPECT_TRUE(devices) << output;
  return devices ? *devices : std::vector<Device>();
}
void ExpectNotAList(const std::string& output) {
  const Result<std::vector<Device>> devices = ParseDevices(output);
  ASSERT_FALSE(devices) << output;
  EXPECT_EQ(devices.error().code, ErrorCode::kCorrupt);
}

TEST(ParseDevices, ReadsWhatLlamaServerPrints) {
  const std::vector<Device> devices = Parsed(
      "Available devices:\n"
      "  Vulkan0: llvmpipe (LLVM 15.0.6, 256 bits) (2048 MiB, 2000 MiB free)\n"
      "  CUDA0: NVIDIA H100 80GB HBM3 (81079 MiB, 80553 MiB free)\n");
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].name, "Vulkan0");
  EXPECT_EQ(devices[0].description, "llvmpipe (LLVM 15.0.6, 256 bits)");
  EXPECT_EQ(devices[0].total_bytes, 2048 * kMiB);
  EXPECT_EQ(devices[0].free_bytes, 2000 * kMiB);
  EXPECT_EQ(devices[1].name, "CUDA0");
  EXPECT_EQ(devices[1].total_bytes, 81079 * kMiB);
}
TEST(ParseDevices, NoneIsAnEmptyList) {
  EXPECT_THAT(Parsed("Available devices:\n  (none)\n"), IsEmpty());
  EXPECT_THAT(Parsed("Available devices:\n"), IsEmpty());
}
TEST(ParseDevices, WhatIsPrintedAroundTheListIsLeftAlone) {
  EXPECT_EQ(
      Parsed("ggml_cuda_init: found 1 CUDA devices\nAvailable devices:\n  CUDA0: A (9 MiB, 8 MiB free)\nbye\n").size(),
      1U);
}
TEST(ParseDevices, AnythingElseIsNotAList) {
  ExpectNotAList("");
  ExpectNotAList("error: invalid argument: --list-devices\n");
  for (const char* line :
       {"CUDA0", "CUDA0: A", "CUDA0: A (9 MiB)", "CUDA0: A (9 MiB, 8 MiB free", "CUDA0: A (-9 MiB, 8 MiB free)",
        "CUDA0: A (9 GiB, 8 GiB free)", "CUDA0: A (9 MiB, x MiB free)", ": A (9 MiB, 8 MiB free)",
        ": (9 MiB, 8 MiB free)", "CUDA0: A (99999999999999999999 MiB, 8 MiB free)",
        "CUDA0: A (67108865 MiB, 8 MiB free)", "CUDA0: A (9 MiB, 8 MiB free) "}) {
    ExpectNotAList("Available devices:\n  " + std::string(line) + "\n");
  }
}
TEST(ParseDevices, ANameMustBeFitForAnArgument) {
  for (const char* name : {"--model", "CUDA0,CUDA1", "CUDA 0", "0", "CUDA\x01", "CUDA\xc3\xa9"}) {
    ExpectNotAList("Available devices:\n  " + std::string(name) + ": A (9 MiB, 8 MiB free)\n");
  }
  ExpectNotAList("Available devices:\n  " + std::string(65, 'a') + ": A (9 MiB, 8 MiB free)\n");
  EXPECT_EQ(Parsed("Available devices:\n  RPC0[10.0.0.1:50052]: A (9 MiB, 8 MiB free)\n")[0].name,
            "RPC0[10.0.0.1:50052]");
}
TEST(ParseDevices, FreeBytesThatWrappedAroundAreNone) {
  // A budget of 100 MiB of which 101 are used, as Vulkan's plug-in subtracts.
  EXPECT_EQ(Parsed("Available devices:\n  V: A (2048 MiB, 17592186044415 MiB free)\n")[0].free_bytes, 0U);
}
TEST(ParseDevices, NoMoreIsFreeThanThereIs) {
  EXPECT_EQ(Parsed("Available devices:\n  V: A (2048 MiB, 4096 MiB free)\n")[0].free_bytes, 2048 * kMiB);
}
TEST(ParseDevices, DevicesWithoutMemoryAreLeftOut) {
  EXPECT_THAT(Parsed("Available devices:\n  BLAS: OpenBLAS (0 MiB, 0 MiB free)\n"), IsEmpty());
}
TEST(ParseDevices, ADescriptionIsMadeFitToShow) {
  EXPECT_EQ(Parsed("Available devices:\n  V: a\x1b[31mb\xff (9 MiB, 8 MiB free)\n")[0].description,
            "a [31mb\xef\xbf\xbd");
  EXPECT_LE(
      Parsed("Available devices:\n  V: " + std::string(9000, 'x') + " (9 MiB, 8 MiB free)\n")[0].description.size(),
      256U);
}
TEST(ParseDevices, EndlessOutputIsNotAList) {
  ExpectNotAList("Available devices:\n" + std::string(65 * 1024, '\n'));
  std::string many = "Available devices:\n";
  for (int i = 0; i < 65; ++i) many += "  V" + std::to_string(i) + ": A (9 MiB, 8 MiB free)\n";
  ExpectNotAList(many);
}

class DevicesTest : public ::testing::Test {
 protected:
  DevicesTest() {
    std::string pattern = (fs::temp_directory_path() / "counsel-devices-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    options_.llama_server = folder_ / "llama-server";
    options_.environment = {"LC_ALL=C.UTF-8"};
  }
  ~DevicesTest() override { fs::remove_all(folder_); }

  // A llama-server that notes each start and then does this.
  void Script(const std::string& script) {
    const fs::path starts = folder_ / "starts";
    std::ofstream(options_.llama_server) << "#!/bin/sh\necho \"$@\" >>" << starts.string() << "\n" << script << "\n";
    fs::permissions(options_.llama_server, fs::perms::owner_all);
  }
  void Touch(const std::string& name) const { std::ofstream(folder_ / name) << "x"; }
  [[nodiscard]] std::vector<std::string> Starts() const {
    std::ifstream file(folder_ / "starts");
    std::vector<std::string> starts;
    for (std::string line; std::getline(file, line);) starts.push_back(line);
    return starts;
  }
  Devices& devices() {
    if (!devices_) devices_ = std::make_unique<Devices>(io_.get_executor(), options_);
    return *devices_;
  }
  std::vector<Device> Read(seconds max_age) {
    std::vector<Device> found;
    StartRead(max_age, &found);
    RunAll();
    return found;
  }
  void StartRead(seconds max_age, std::vector<Device>* found) {
    ++reading_;
    asio::co_spawn(io_, devices().Read(max_age), [this, found](std::exception_ptr error, std::vector<Device> read) {
      EXPECT_FALSE(error);
      --reading_;
      *found = std::move(read);
    });
  }
  // Until nobody reads any more.
  void RunAll() {
    io_.restart();
    const auto until = std::chrono::steady_clock::now() + seconds(60);
    while (reading_ > 0 && std::chrono::steady_clock::now() < until) io_.run_one_for(seconds(1));
    ASSERT_EQ(reading_, 0) << "Read did not end";
  }

  asio::io_context io_;
  fs::path folder_;
  DevicesOptions options_;
  std::unique_ptr<Devices> devices_;
  int reading_ = 0;
};

constexpr const char* kOneDevice = "echo 'Available devices:'; echo '  CUDA0: A (9 MiB, 8 MiB free)'";

TEST_F(DevicesTest, TheEngineIsAskedInAChild) {
  Script(kOneDevice);
  const std::vector<Device> found = Read(kHour);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "CUDA0");
  EXPECT_EQ(devices().last().size(), 1U);
  EXPECT_EQ(devices().reason(), "");
  EXPECT_THAT(Starts(), ::testing::ElementsAre("--list-devices"));
}
TEST_F(DevicesTest, TheChildSeesTheEnvironmentItWasGiven) {
  options_.environment = {"GPU=Fast One"};
  Script("echo 'Available devices:'; echo \"  CUDA0: $GPU (9 MiB, 8 MiB free)\"");
  EXPECT_EQ(Read(kHour).at(0).description, "Fast One");
}
TEST_F(DevicesTest, AFreshAnswerIsNotAskedForAgain) {
  Script(kOneDevice);
  EXPECT_EQ(Read(kHour).size(), 1U);
  EXPECT_EQ(Read(kHour).size(), 1U);
  EXPECT_EQ(Starts().size(), 1U);
}
TEST_F(DevicesTest, AnAnswerIsAskedForAnewOnDemand) {
  Script(kOneDevice);
  EXPECT_EQ(Read(kHour).size(), 1U);
  Script("echo 'Available devices:'; echo '  CUDA0: A (9 MiB, 2 MiB free)'");
  EXPECT_EQ(Read(seconds(0)).at(0).free_bytes, 2 * kMiB);
  EXPECT_EQ(Starts().size(), 2U);
}
TEST_F(DevicesTest, WhoComesWhileItIsAskedSharesTheAnswer) {
  Script(kOneDevice);
  std::vector<Device> first;
  std::vector<Device> second;
  StartRead(seconds(0), &first);
  StartRead(seconds(0), &second);
  RunAll();
  EXPECT_EQ(first.size(), 1U);
  EXPECT_EQ(second.size(), 1U);
  EXPECT_EQ(Starts().size(), 1U);
}
TEST_F(DevicesTest, AChildThatFailsMeansNoDevicesAndAReason) {
  Script("echo 'Available devices:'; echo '  CUDA0: A (9 MiB, 8 MiB free)'; kill -SEGV $$");
  EXPECT_THAT(Read(kHour), IsEmpty());
  EXPECT_THAT(devices().reason(), HasSubstr("which GPUs there are: llama-server was killed (signal 11"));
}
TEST_F(DevicesTest, AnAnswerThatIsNoneMeansNoDevicesAndAReason) {
  Script("echo 'unknown option'");
  EXPECT_THAT(Read(kHour), IsEmpty());
  EXPECT_THAT(devices().reason(), HasSubstr("did not print a list"));
}
TEST_F(DevicesTest, EndlessOutputMeansNoDevicesAndDoesNotFillMemory) {
  Script("echo 'Available devices:'; head -c 3000000 /dev/zero | tr '\\0' '\\n'");
  EXPECT_THAT(Read(kHour), IsEmpty());
  EXPECT_THAT(devices().reason(), HasSubstr("did not print a list"));
}
TEST_F(DevicesTest, AChildThatHangsIsGivenUp) {
  options_.deadline = milliseconds(1);
  Script("exec cat");  // its stdin stays open
  EXPECT_THAT(Read(kHour), IsEmpty());
  EXPECT_THAT(devices().reason(), HasSubstr("did not answer"));
}
TEST_F(DevicesTest, AFailureStandsForAWhileWhoeverAsks) {
  Script("exit 3");
  EXPECT_THAT(Read(kHour), IsEmpty());
  EXPECT_THAT(Read(seconds(0)), IsEmpty());
  EXPECT_EQ(Starts().size(), 1U);
}
TEST_F(DevicesTest, AfterAFailureItIsTriedAgain) {
  options_.failure_age = milliseconds(0);
  Script("exit 3");
  EXPECT_THAT(Read(kHour), IsEmpty());
  Script(kOneDevice);
  EXPECT_EQ(Read(seconds(0)).size(), 1U);
  EXPECT_EQ(devices().reason(), "");
}
TEST_F(DevicesTest, AnEngineThatCannotBeRunMeansNoDevicesAndAReason) {
  Touch("llama-server");
  fs::permissions(options_.llama_server, fs::perms::owner_read);
  EXPECT_THAT(Read(kHour), IsEmpty());
  EXPECT_THAT(devices().reason(), StartsWith("The engine could not say which GPUs there are"));
}
TEST_F(DevicesTest, NoChildIsStartedForAnEngineWithoutAPlugIn) {
  Script(kOneDevice);
  Touch("libggml-base.so");
  Touch("libggml-cpu-zen4.so");
  EXPECT_THAT(Read(seconds(0)), IsEmpty());
  EXPECT_THAT(Starts(), IsEmpty());
  EXPECT_THAT(devices().reason(), HasSubstr("no GPU plug-in"));
  Touch("libggml-vulkan.so");
  EXPECT_EQ(Read(seconds(0)).size(), 1U) << "./run --gpu has added one";
}
TEST_F(DevicesTest, PlugInsAreLookedForBesideTheProgramNotBesideALinkToIt) {
  Script(kOneDevice);
  Touch("libggml-base.so");
  fs::create_directory(folder_ / "bin");
  fs::create_symlink(options_.llama_server, folder_ / "bin" / "llama-server");
  EXPECT_FALSE(EngineMayHaveDevices(folder_ / "bin" / "llama-server"));
  Touch("libggml-cuda.so");
  EXPECT_TRUE(EngineMayHaveDevices(folder_ / "bin" / "llama-server"));
  EXPECT_FALSE(EngineMayHaveDevices(folder_ / "missing"));
}
TEST_F(DevicesTest, ItsEndLetsReadersGo) {
  options_.deadline = kHour;
  Script("exec cat");
  std::vector<Device> found;
  StartRead(kHour, &found);
  asio::post(io_, [this] { devices_.reset(); });
  RunAll();
  EXPECT_THAT(found, IsEmpty());
}

// Mesa's lavapipe, which draws on the processor, stands for a GPU.
TEST(RealDevices, LavapipeIsFoundThroughTheVulkanPlugIn) {
  const char* engine = std::getenv("COUNSEL_TEST_ENGINE");
  if (engine == nullptr) GTEST_SKIP() << "COUNSEL_TEST_ENGINE is not set";
  DevicesOptions options;
  options.llama_server = fs::path(engine) / "llama-server";
  if (!fs::exists(fs::path(engine) / "libggml-vulkan.so"))
    GTEST_SKIP() << "the engine has no Vulkan plug-in: COUNSEL_GPU=vulkan ./test";
  utsname machine = {};
  ::uname(&machine);
  const fs::path driver = "/usr/share/vulkan/icd.d/lvp_icd." + std::string(machine.machine) + ".json";
  if (!fs::exists(driver)) GTEST_SKIP() << "lavapipe is not here: apt-get install mesa-vulkan-drivers";
  // The only driver, and its only device.
  options.environment = {"LC_ALL=C.UTF-8", "VK_DRIVER_FILES=" + driver.string(), "VK_ICD_FILENAMES=" + driver.string(),
                         "GGML_VK_VISIBLE_DEVICES=0"};
  asio::io_context io;
  Devices devices(io.get_executor(), options);
  std::vector<Device> found;
  asio::co_spawn(io, devices.Read(), [&](std::exception_ptr error, std::vector<Device> read) {
    EXPECT_FALSE(error);
    found = std::move(read);
  });
  io.run_for(seconds(60));
  ASSERT_EQ(found.size(), 1U) << devices.reason();
  EXPECT_EQ(found[0].name, "Vulkan0");
  EXPECT_THAT(found[0].description, HasSubstr("llvmpipe"));
  EXPECT_GT(found[0].total_bytes, 0U);
}

using Time = std::chrono::steady_clock::time_point;

std::vector<Device> HalfUsed() {
  Device device;
  device.name = "Vulkan0";
  device.total_bytes = 1000;
  device.free_bytes = 500;
  return {device};
}

DeviceUse UseOf(std::uint64_t bytes, int since, int until) {
  DeviceUse use;
  use.device = "Vulkan0";
  use.bytes = bytes;
  use.since = Time(std::chrono::seconds(since));
  use.until = Time(std::chrono::seconds(until));
  return use;
}

std::uint64_t FreeWithoutOurs(const DeviceUse& use) {
  const Time asked(std::chrono::seconds(10));
  const Time answered(std::chrono::seconds(12));
  return WithoutOurs(HalfUsed(), {use}, asked, answered)[0].free_bytes;
}

TEST(WithoutOurs, AddsWhatWasHeldDuringTheWholeReading) {
  EXPECT_EQ(FreeWithoutOurs(UseOf(200, 5, 20)), 700U);
  EXPECT_EQ(FreeWithoutOurs(UseOf(200, 10, 12)), 700U) << "also of a server that has ended since";
}
TEST(WithoutOurs, AServerThatTheReadingMayNotHaveSeenAddsNothing) {
  EXPECT_EQ(FreeWithoutOurs(UseOf(200, 11, 20)), 500U) << "ready after it was asked";
  EXPECT_EQ(FreeWithoutOurs(UseOf(200, 5, 11)), 500U) << "ended before it was answered";
}
TEST(WithoutOurs, IsNeverMoreThanTheDeviceHas) {
  EXPECT_EQ(FreeWithoutOurs(UseOf(5000, 5, 20)), 1000U);
}

TEST(ParseDevices, AProcessorThatPlaysAGpuIsInHostMemory) {
  const auto devices = ParseDevices(
      "Available devices:\n  Vulkan0: llvmpipe (LLVM 15.0.6, 256 bits) (2048 MiB, 2048 MiB free)\n"
      "  Vulkan1: AMD Radeon (8192 MiB, 8000 MiB free)\n");
  EXPECT_TRUE(devices.has_value());
  EXPECT_TRUE((*devices)[0].in_host_memory);
  EXPECT_FALSE((*devices)[1].in_host_memory);
}

}  // namespace
}  // namespace counsel::models
