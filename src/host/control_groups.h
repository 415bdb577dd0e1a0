// The limits that control groups put on this process, version 1 and 2. Internal to this room: host.h is the one to
// read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::host {

struct ControlGroup {
  std::filesystem::path folder;  // where its files are
  std::string name;  // as the kernel names it here: "/docker/abc"; "/": the root of what this process may see
};

// The group that this process is in and its ancestors, as far as they are mounted here; its own first.
// `controller`: "memory" or "cpu": version 1 when it has a hierarchy of its own, else version 2. "": the version 2
// hierarchy, whichever controllers it has.
//
// In a namespace of its own the group is "/", and what is mounted may begin above it ("/../.."): then the names between
// are hidden, and another mount that holds the group is looked for; without one, only the mount's root counts.
struct GroupLine {
  int version = 2;
  std::vector<ControlGroup> groups;
};
[[nodiscard]] GroupLine FindGroup(std::string_view controller, const std::filesystem::path& root);

// One memory group with a limit. Bytes; swap is not in any of them.
struct MemoryGroup {
  std::string name;               // ControlGroup::name
  std::uint64_t limit_bytes = 0;  // version 2: the smaller of memory.max and memory.high
  std::uint64_t usage_bytes = 0;
  std::uint64_t file_bytes = 0;  // the part of the usage that is page cache: the kernel takes it back before it kills
};
// Those of FindGroup("memory") that have a limit, its own first.
[[nodiscard]] std::vector<MemoryGroup> LimitedMemoryGroups(const std::filesystem::path& root);

// The smallest memory limit on the way up, in bytes; 0: none.
[[nodiscard]] std::uint64_t MemoryLimit(const std::filesystem::path& root);

// The smallest quota on the way up, in processors (1.5); 0: none.
[[nodiscard]] double ProcessorQuota(const std::filesystem::path& root);

}  // namespace counsel::host
