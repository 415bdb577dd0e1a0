// For this room's tests: a small tree as a kernel would show it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace counsel::host {

class RecordedHost : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

  RecordedHost() : root_(std::filesystem::temp_directory_path() / ("counsel-host-" + std::to_string(::getpid()))) {
    Write("proc/meminfo", "MemTotal:       16384000 kB\nMemFree:          100000 kB\nMemAvailable:    8192000 kB\n");
  }
  ~RecordedHost() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  // A process in `group` that sees the hierarchy from `visible` on.
  void Version2(const std::string& group, const std::string& visible = "/") const {
    Write("proc/self/cgroup", "0::" + group + "\n");
    Write("proc/self/mountinfo", "22 27 0:21 / /proc rw - proc proc rw\n31 23 0:28 " + visible +
                                     " /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
  }
  void Version1(const std::string& group, const std::string& visible = "/") const {
    Write("proc/self/cgroup", "4:memory:" + group + "\n2:cpu,cpuacct:" + group + "\n0::/\n");
    Write("proc/self/mountinfo", "35 31 0:32 " + visible +
                                     " /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n36 31 0:33 " + visible +
                                     " /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n");
  }
  // A memory group's files; `limit` is a number or "max". `cache` is spread over the two rows that count.
  void Group2(const std::string& folder, const std::string& limit, std::uint64_t usage, std::uint64_t cache) const {
    const std::string at = "sys/fs/cgroup" + folder + "/memory.";
    Write(at + "max", limit + "\n");
    Write(at + "high", "max\n");
    Write(at + "current", std::to_string(usage) + "\n");
    Write(at + "stat", "anon 4096\nfile 900000000000\nkernel 8192\nfile_mapped 5\ninactive_anon 7\nactive_anon 4096\n" +
                           ("inactive_file " + std::to_string(cache - cache / 4)) + "\nactive_file " +
                           std::to_string(cache / 4) + "\nunevictable 0\nworkingset_refault_file 12\n");
  }
  // `beyond`: the smallest limit on the way up, as the kernel tells it also of ancestors that are not shown.
  void Group1(const std::string& folder, std::uint64_t limit, std::uint64_t usage, std::uint64_t cache,
              std::uint64_t beyond = kNoLimit1) const {
    const std::string at = "sys/fs/cgroup/memory" + folder + "/memory.";
    Write(at + "limit_in_bytes", std::to_string(limit) + "\n");
    Write(at + "usage_in_bytes", std::to_string(usage) + "\n");
    Write(at + "stat", "cache 1\nrss 2\ninactive_file 3\nactive_file 4\nunevictable 0\nhierarchical_memory_limit " +
                           std::to_string(std::min(limit, beyond)) + "\ntotal_cache 5\ntotal_inactive_file " +
                           std::to_string(cache - cache / 4) + "\ntotal_active_file " + std::to_string(cache / 4) +
                           "\ntotal_unevictable 0\n");
  }

  static constexpr std::uint64_t kNoLimit1 = 9223372036854771712U;

  const std::filesystem::path root_;
};

}  // namespace counsel::host
