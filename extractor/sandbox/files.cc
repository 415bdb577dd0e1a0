// Landlock, by its system calls: no library for it, and the headers of the distributions know its first versions only.
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "extractor/sandbox/layers.h"

namespace counsel::sandbox {
namespace {

// As in version 6 of the interface (Linux 6.12); an older kernel is given the part that it knows.
struct Ruleset {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scopes = 0;
};
constexpr std::uint64_t kNetwork = 0b11;  // to bind and to connect TCP
constexpr std::uint64_t kScopes = 0b11;   // abstract unix sockets and signals to the outside

std::uint64_t FileRights(long version) {
  // The first: execute, write and read a file, read a folder, remove a folder or file, make any of seven kinds. Then
  // refer, truncate, and (from 5) device ioctl.
  const int rights = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
  return (std::uint64_t{1} << rights) - 1;
}

std::size_t SizeOf(long version) {
  return version >= 6 ? sizeof(Ruleset) : version >= 4 ? offsetof(Ruleset, scopes) : offsetof(Ruleset, network);
}

bool Allow(int ruleset, const std::filesystem::path& folder) {
  landlock_path_beneath_attr rule = {};
  rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  rule.parent_fd = ::open(folder.c_str(), O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0) return false;
  const bool added = ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  ::close(rule.parent_fd);
  return added;
}

LayerState Refused() {
  const int error = errno;
  return {"files", false, std::string("no Landlock: ") + std::strerror(error)};
}

long Version() {
  return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

}  // namespace

bool HasLandlock() {
  return Version() >= 1;
}

LayerState RestrictFiles(const Folders& readable) {
  const long version = Version();
  if (version < 1) return Refused();
  Ruleset rules;
  rules.files = FileRights(version);
  if (version >= 4) rules.network = kNetwork;
  if (version >= 6) rules.scopes = kScopes;
  const int ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, SizeOf(version), 0));
  if (ruleset < 0) return Refused();
  std::string seen;
  for (const std::filesystem::path& folder : readable) {
    if (Allow(ruleset, folder)) seen += (seen.empty() ? " but reading " : ", ") + folder.string();
  }
  const bool restricted = ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  LayerState state =
      restricted ? LayerState{"files", true, "none" + seen + " (Landlock " + std::to_string(version) + ")"} : Refused();
  ::close(ruleset);
  return state;
}

}  // namespace counsel::sandbox
