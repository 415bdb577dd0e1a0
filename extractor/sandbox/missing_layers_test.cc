// counsel-extract on kernels that lack a layer, which a filter of system calls around it plays.
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <seccomp.h>

#include "extractor/sandbox/test_attempts.h"

namespace counsel::sandbox {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

// From here on this process lives on a kernel without `layers`.
void PlayKernelWithout(unsigned layers) {
  const scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ALLOW);
  const auto missing = [&](const char* name, int error) {
    ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), ::seccomp_syscall_resolve_name(name),
                       0);
  };
  if ((layers & kNamespaces) != 0) missing("unshare", EPERM);
  if ((layers & kFiles) != 0) ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), 444, 0);  // landlock_create_ruleset
  if ((layers & kSystemCalls) != 0) {
    missing("seccomp", ENOSYS);
    const scmp_arg_cmp strict = {0, SCMP_CMP_EQ, PR_SET_SECCOMP, 0};
    ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, strict);
  }
  ::seccomp_load(filter);
  ::seccomp_release(filter);
}

struct Answer {
  int status = -1;
  std::string text;
};

// Runs counsel-extract with `arguments` on such a kernel; its stdout or descriptor 4.
Answer RunExtractor(unsigned without, std::vector<std::string> arguments, int document,
                    const char* name = "counsel-extract") {
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path() / name;
  const int result = ::memfd_create("result", 0);
  arguments.insert(arguments.begin(), program);
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    // Out of each other's way first.
    const int from = ::fcntl(document, F_DUPFD, 10);
    const int to = ::fcntl(result, F_DUPFD, 10);
    ::dup2(from, 3);
    ::dup2(to, 4);
    ::dup2(to, 1);
    if (without != 0) PlayKernelWithout(without);
    ::execv(argv[0], argv.data());
    ::_exit(126);
  }
  Answer answer;
  ::waitpid(pid, &answer.status, 0);
  answer.text.resize(1 << 16);
  const ssize_t size = ::pread(result, answer.text.data(), answer.text.size(), 0);
  answer.text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  ::close(result);
  return answer;
}

class MissingLayers : public testing::TestWithParam<unsigned> {};

TEST_P(MissingLayers, TheReportNamesThemAndDocumentsAreReadAllTheSame) {
  const int document = ::memfd_create("document", MFD_CLOEXEC);
  ASSERT_EQ(::write(document, "Rent is due.", 12), 12);
  ::lseek(document, 0, SEEK_SET);
  const Answer said = RunExtractor(GetParam(), {"--sandbox-report"}, document);
  ASSERT_EQ(said.status, 0);
  const json report = json::parse(said.text);
  for (const json& layer : report["layers"]) {
    const unsigned kind = layer["layer"] == "files"          ? kFiles
                          : layer["layer"] == "namespaces"   ? kNamespaces
                          : layer["layer"] == "system calls" ? kSystemCalls
                                                             : 0U;
    EXPECT_FALSE((GetParam() & kind) != 0 && layer["active"]) << layer;
    EXPECT_FALSE(layer["detail"].get<std::string>().empty());
  }
  if (!report["confined"]) GTEST_SKIP() << "this kernel lacks other layers too";
  const Answer read = RunExtractor(GetParam(), {}, document);
  EXPECT_EQ(read.status, 0);
  EXPECT_THAT(read.text, HasSubstr("\nRent is due."));
  ::close(document);
}

INSTANTIATE_TEST_SUITE_P(Each, MissingLayers,
                         testing::Values(0U, unsigned{kNamespaces}, unsigned{kFiles}, unsigned{kSystemCalls},
                                         kNamespaces | kFiles));

TEST(MissingLayersTest, WithoutAnyNoDocumentIsRead) {
  const int document = ::memfd_create("document", MFD_CLOEXEC);
  ASSERT_EQ(::write(document, "Rent is due.", 12), 12);
  ::lseek(document, 0, SEEK_SET);
  const Answer read = RunExtractor(kNamespaces | kFiles | kSystemCalls, {}, document);
  EXPECT_EQ(WEXITSTATUS(read.status), 2);
  EXPECT_THAT(json::parse(read.text)["error"]["message"].get<std::string>(), StartsWith("No document is read here"));
  ::close(document);
}

// LibreOffice is wide; seccomp alone does not hold it.
TEST(MissingLayersTest, WithoutNamespacesNoDocumentIsConverted) {
  const int document = ::memfd_create("document", MFD_CLOEXEC);
  const Answer read = RunExtractor(kNamespaces, {}, document, "counsel-convert");
  EXPECT_EQ(WEXITSTATUS(read.status), 2);
  const std::string said = json::parse(read.text)["error"]["message"];
  EXPECT_THAT(said, testing::AnyOf(HasSubstr("does not let LibreOffice be confined"), HasSubstr("not installed")));
  ::close(document);
}

}  // namespace
}  // namespace counsel::sandbox
