#include "host/control_groups.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "host/kernel_files.h"

namespace counsel::host {
namespace {

namespace fs = std::filesystem;

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
    if (controllers.empty()) {
      found = Membership{2, line.substr(second + 1)};
    } else if (HasWord(controllers, controller)) {
      return Membership{1, line.substr(second + 1)};
    }
  }
  return found;
}

// mountinfo writes a backslash, which systemd's names are full of ("app-a\x2db.scope"), as "\134".
std::string Unescape(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octal = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7'; };
    if (text[i] == '\\' && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

struct Mount {
  std::string within;  // the group that is visible at the mount point
  std::string at;
};

// /proc/self/mountinfo: "35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory"
std::vector<Mount> FindMounts(int version, std::string_view controller, const fs::path& root) {
  std::istringstream lines(ReadKernelFile(root / "proc/self/mountinfo"));
  std::vector<Mount> mounts;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" - cgroup") == std::string::npos) continue;  // most of a long table
    std::istringstream words(line);
    std::string id, parent, device, word, type, source, options;
    Mount mount;
    if (!(words >> id >> parent >> device >> mount.within >> mount.at)) continue;
    while (words >> word && word != "-") {
    }
    if (!(words >> type >> source >> options)) continue;
    if (version == 2 ? type != "cgroup2" : type != "cgroup" || !HasWord(options, controller)) continue;
    mounts.push_back({Unescape(mount.within), Unescape(mount.at)});
  }
  return mounts;
}

// Where the group `path` is below `mount.within`, "." for itself; nothing when it is not below it.
std::optional<fs::path> BelowMount(const std::string& path, const Mount& mount) {
  fs::path below = fs::path(path).lexically_relative(mount.within);
  if (below.empty() || *below.begin() == "..") return std::nullopt;
  return below;
}

// The mount that shows the group and most of its ancestors. Else the first, as if the group were its root: a
// container's mount seen with names of the machine's.
std::optional<std::pair<Mount, fs::path>> ChooseMount(const std::vector<Mount>& mounts, const std::string& path) {
  std::optional<std::pair<Mount, fs::path>> chosen;
  for (const Mount& mount : mounts) {
    std::optional<fs::path> below = BelowMount(path, mount);
    if (!below || (chosen && chosen->first.within.size() <= mount.within.size())) continue;
    chosen = {mount, std::move(*below)};
  }
  if (!chosen && !mounts.empty()) chosen = {mounts.front(), "."};
  return chosen;
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

// The number in a group's file; kNoLimit for "max" and when there is no such file.
std::uint64_t LimitIn(const fs::path& file) {
  std::uint64_t limit = 0;
  return ParseNumber(ReadKernelFile(file), &limit) ? limit : kNoLimit;
}

MemoryGroup ReadMemoryGroup2(const ControlGroup& group) {
  MemoryGroup memory;
  memory.name = group.name;
  // Above memory.high nobody is killed, but every allocation waits until something was reclaimed: a model that is
  // loaded past it crawls. So it is as good as a limit.
  memory.limit_bytes = std::min(LimitIn(group.folder / "memory.max"), LimitIn(group.folder / "memory.high"));
  if (memory.limit_bytes >= kNoLimit) return memory;
  const std::string stat = ReadKernelFile(group.folder / "memory.stat");
  memory.usage_bytes = NumberInRow(ReadKernelFile(group.folder / "memory.current"), "");
  memory.file_bytes = NumberInRow(stat, "inactive_file ") + NumberInRow(stat, "active_file ");
  return memory;
}

// `topmost`: the last one that is mounted here. Its memory.stat tells the smallest limit of the ancestors beyond (a
// pod's, seen from its container); how much of that others use is not told, so this much may be there, not more.
MemoryGroup ReadMemoryGroup1(const ControlGroup& group, bool topmost) {
  MemoryGroup memory;
  memory.name = group.name;
  memory.limit_bytes = LimitIn(group.folder / "memory.limit_in_bytes");
  if (memory.limit_bytes >= kNoLimit && !topmost) return memory;
  const std::string stat = ReadKernelFile(group.folder / "memory.stat");
  if (topmost) KeepSmaller(NumberInRow(stat, "hierarchical_memory_limit "), &memory.limit_bytes);
  memory.usage_bytes = NumberInRow(ReadKernelFile(group.folder / "memory.usage_in_bytes"), "");
  // The rows without "total_" leave out the groups below.
  memory.file_bytes = NumberInRow(stat, "total_inactive_file ") + NumberInRow(stat, "total_active_file ");
  return memory;
}

}  // namespace

GroupLine FindGroup(std::string_view controller, const fs::path& root) {
  GroupLine line;
  const std::optional<Membership> membership = ReadMembership(controller, root);
  if (!membership) return line;
  line.version = membership->version;
  const auto mount = ChooseMount(FindMounts(membership->version, controller, root), membership->path);
  if (!mount) return line;
  const auto& [shown, at] = *mount;
  const fs::path top = root / fs::path(shown.at).relative_path();
  fs::path below = at;
  for (int depth = 0; depth < kDeepest && !below.empty() && below != "."; ++depth, below = below.parent_path()) {
    line.groups.push_back({top / below, (fs::path(shown.within) / below).string()});
  }
  line.groups.push_back({top, shown.within});
  return line;
}

std::vector<MemoryGroup> LimitedMemoryGroups(const fs::path& root) {
  const GroupLine line = FindGroup("memory", root);
  std::vector<MemoryGroup> limited;
  for (const ControlGroup& group : line.groups) {
    MemoryGroup memory =
        line.version == 2 ? ReadMemoryGroup2(group) : ReadMemoryGroup1(group, &group == &line.groups.back());
    if (memory.limit_bytes < kNoLimit) limited.push_back(std::move(memory));
  }
  return limited;
}

std::uint64_t MemoryLimit(const fs::path& root) {
  std::uint64_t smallest = 0;
  for (const MemoryGroup& group : LimitedMemoryGroups(root)) KeepSmaller(group.limit_bytes, &smallest);
  return smallest;
}

double ProcessorQuota(const fs::path& root) {
  const GroupLine line = FindGroup("cpu", root);
  double smallest = 0;
  for (const ControlGroup& group : line.groups) KeepSmaller(QuotaOf(group.folder, line.version), &smallest);
  return smallest;
}

}  // namespace counsel::host
