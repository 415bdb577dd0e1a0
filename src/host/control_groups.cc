#include "host/control_groups.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

#include "base/file.h"

namespace counsel::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileLimit = std::size_t{1} << 20;
// Version 1 says "no limit" with the largest page-aligned number; nobody has this much.
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 62;
// Deeper nesting than the kernel's own default allows is not followed.
constexpr int kDeepest = 64;

bool HasWord(std::string_view commas, std::string_view word) {
  while (true) {
    const std::size_t comma = commas.find(',');
    if (commas.substr(0, comma) == word) return true;
    if (comma == std::string_view::npos) return false;
    commas.remove_prefix(comma + 1);
  }
}

struct Membership {
  int version = 2;
  std::string path;  // within the hierarchy: "/user.slice/…"
};

// Lines "4:memory:/docker/abc" (version 1) and "0::/user.slice" (version 2) of /proc/self/cgroup.
std::optional<Membership> ReadMembership(std::string_view controller, const fs::path& root) {
  std::istringstream lines(ReadKernelFile(root / "proc/self/cgroup"));
  std::optional<Membership> found;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string_view controllers = std::string_view(line).substr(first + 1, second - first - 1);
    if (HasWord(controllers, controller)) return Membership{1, line.substr(second + 1)};
    if (controllers.empty()) found = Membership{2, line.substr(second + 1)};
  }
  return found;
}

struct Mount {
  std::string within;  // the group that is visible at the mount point
  std::string at;
};

// /proc/self/mountinfo: "35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory"
std::optional<Mount> FindMount(int version, std::string_view controller, const fs::path& root) {
  std::istringstream lines(ReadKernelFile(root / "proc/self/mountinfo"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id, parent, device, word, type, source, options;
    Mount mount;
    if (!(words >> id >> parent >> device >> mount.within >> mount.at)) continue;
    while (words >> word && word != "-") {
    }
    if (!(words >> type >> source >> options)) continue;
    if (version == 2 ? type == "cgroup2" : type == "cgroup" && HasWord(options, controller)) return mount;
  }
  return std::nullopt;
}

// Where the group `path` is below `mount.within`; its root when it is not below it (another namespace's view).
fs::path BelowMount(const std::string& path, const Mount& mount) {
  fs::path below = fs::path(path).lexically_relative(mount.within);
  if (below.empty() || *below.begin() == "..") return ".";
  return below;
}

template <class T>
void KeepSmaller(T candidate, T* smallest) {
  if (candidate > 0 && (*smallest == 0 || candidate < *smallest)) *smallest = candidate;
}

double QuotaOf(const fs::path& folder, int version) {
  std::uint64_t quota = 0;
  std::uint64_t period = 0;
  if (version == 2) {
    const std::string text = ReadKernelFile(folder / "cpu.max");  // "max 100000" or "150000 100000"
    const std::size_t space = text.find(' ');
    if (space == std::string::npos || !ParseNumber(text, &quota) || !ParseNumber(text.substr(space), &period)) return 0;
  } else if (!ParseNumber(ReadKernelFile(folder / "cpu.cfs_quota_us"), &quota) ||  // -1: none
             !ParseNumber(ReadKernelFile(folder / "cpu.cfs_period_us"), &period)) {
    return 0;
  }
  return period == 0 ? 0 : static_cast<double>(quota) / static_cast<double>(period);
}

}  // namespace

std::string ReadKernelFile(const fs::path& path) {
  return ReadFile(path, kFileLimit).value_or("");
}

bool ParseNumber(std::string_view text, std::uint64_t* number) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return std::from_chars(text.data(), text.data() + text.size(), *number).ec == std::errc();
}

GroupFolders FindGroup(std::string_view controller, const fs::path& root) {
  GroupFolders group;
  const std::optional<Membership> membership = ReadMembership(controller, root);
  if (!membership) return group;
  group.version = membership->version;
  const std::optional<Mount> mount = FindMount(membership->version, controller, root);
  if (!mount) return group;
  const fs::path top = root / fs::path(mount->at).relative_path();
  fs::path below = BelowMount(membership->path, *mount);
  for (int depth = 0; depth < kDeepest && !below.empty() && below != "."; ++depth, below = below.parent_path()) {
    group.folders.push_back(top / below);
  }
  group.folders.push_back(top);
  return group;
}

std::uint64_t MemoryLimit(const fs::path& root) {
  const GroupFolders group = FindGroup("memory", root);
  std::uint64_t smallest = 0;
  for (const fs::path& folder : group.folders) {
    std::uint64_t limit = 0;
    const char* name = group.version == 2 ? "memory.max" : "memory.limit_in_bytes";  // "max": no number
    if (ParseNumber(ReadKernelFile(folder / name), &limit) && limit < kNoLimit) KeepSmaller(limit, &smallest);
  }
  return smallest;
}

double ProcessorQuota(const fs::path& root) {
  const GroupFolders group = FindGroup("cpu", root);
  double smallest = 0;
  for (const fs::path& folder : group.folders) KeepSmaller(QuotaOf(folder, group.version), &smallest);
  return smallest;
}

}  // namespace counsel::host
