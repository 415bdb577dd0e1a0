#include "extractor/sandbox/sandbox.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "extractor/sandbox/layers.h"

namespace counsel::sandbox {
namespace {

constexpr rlim_t kDescriptors = 32;  // the five that are open, and a library's data files

// `beyond`: how far the hard limit is above.
bool Lower(__rlimit_resource resource, rlim_t value, rlim_t beyond = 0) {
  rlimit limit = {};
  if (::getrlimit(resource, &limit) != 0) return false;
  limit.rlim_max = std::min(limit.rlim_max, value + beyond);
  limit.rlim_cur = std::min(limit.rlim_cur, value);
  return ::setrlimit(resource, &limit) == 0;
}

// "memory 1024 MiB", or that there is no limit.
std::string Describe(const char* what, __rlimit_resource resource, unsigned shift, const char* unit) {
  rlimit limit = {};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::string(what) + " unlimited";
  return std::string(what) + " " + std::to_string(limit.rlim_cur >> shift) + unit;
}

LayerState SetLimits(const Policy& policy) {
  bool set = Lower(RLIMIT_CORE, 0);  // a core file would hold the document
  set = Lower(RLIMIT_NPROC, 0) && set;
  set = Lower(RLIMIT_NOFILE, kDescriptors) && set;
  set = Lower(RLIMIT_MEMLOCK, 0) && set;
  set = Lower(RLIMIT_MSGQUEUE, 0) && set;
  // SIGXCPU, which says why, comes at the lower limit of time; at the upper one SIGKILL, which does not.
  if (policy.memory_bytes > 0) set = Lower(RLIMIT_AS, policy.memory_bytes) && set;
  if (policy.cpu_seconds > 0) set = Lower(RLIMIT_CPU, policy.cpu_seconds, 2) && set;
  if (policy.written_bytes > 0) set = Lower(RLIMIT_FSIZE, policy.written_bytes) && set;
  return {"limits", set,
          Describe("memory", RLIMIT_AS, 20, " MiB") + ", " + Describe("processor time", RLIMIT_CPU, 0, " s") + ", " +
              Describe("output", RLIMIT_FSIZE, 20, " MiB") + ", no processes, no core files"};
}

LayerState DropPrivileges() {
  // Capabilities of the user namespace, or of a root that runs us. A system call of its own: libcap does no more.
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  const bool without_capabilities = ::syscall(SYS_capset, &header, none) == 0;
  const bool no_new = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  std::string detail = no_new ? "no new ones" : "no_new_privs is refused";
  detail += without_capabilities ? ", no capabilities" : ", capabilities kept";
  return {"privileges", no_new && without_capabilities, detail};
}

Folders Existing(const Folders& folders) {
  Folders existing;
  for (const std::filesystem::path& folder : folders) {
    std::error_code ignored;
    if (std::filesystem::is_directory(folder, ignored)) existing.push_back(folder);
  }
  return existing;
}

}  // namespace

Report Enter(const Policy& policy) {
  const auto wanted = [&policy](Layer layer) { return (policy.layers & layer) != 0; };
  const Folders readable = Existing(policy.read_only);
  LayerState namespaces{"namespaces", false, "not asked for"};
  if (wanted(kNamespaces)) namespaces = EnterNamespaces(readable);
  Report report;
  // Limits first: no processes, once ours is forked.
  if (wanted(kLimits)) report.layers.push_back(SetLimits(policy));
  if (wanted(kPrivileges)) report.layers.push_back(DropPrivileges());
  report.layers.push_back(namespaces);
  LayerState files{"files", false, "not asked for"};
  if (wanted(kFiles)) files = RestrictFiles(readable);
  report.layers.push_back(files);
  LayerState calls{"system calls", false, "not asked for"};
  if (wanted(kSystemCalls)) calls = RestrictSystemCalls(MakeFilter(files.active && !readable.empty(), ::getpid()));
  report.layers.push_back(calls);
  // Landlock alone leaves UDP, so it is not enough.
  report.confined = calls.active || (files.active && namespaces.active);
  return report;
}

Shared::Shared(const std::vector<std::filesystem::path>& read_only) {
  const Folders readable = Existing(read_only);
  namespaces_ = EnterSharedNamespaces(readable);
  // What forks inherit, and what keeps them from tracing us. Capabilities stay ours: to fork into namespaces takes one.
  const bool no_new = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  constexpr pid_t kFirst = 1;  // the number of each fork, in its namespace
  filter_ = MakeFilter(!readable.empty(), kFirst);
  whole_ = namespaces_.active && no_new && HasLandlock() && HasFilters() && !filter_.empty();
}

pid_t Shared::Fork() const {
  return ForkIntoNamespaces();
}

Report Shared::Enter(const Policy& policy) const {
  Report report;
  report.layers.push_back(SetLimits(policy));
  report.layers.push_back(DropPrivileges());
  report.layers.push_back(namespaces_);
  report.layers.push_back(RestrictFiles(Existing(policy.read_only)));
  if (report.layers.back().active) report.layers.push_back(RestrictSystemCalls(filter_));
  report.confined = report.layers.size() == 5 && std::all_of(report.layers.begin(), report.layers.end(),
                                                             [](const LayerState& layer) { return layer.active; });
  return report;
}

}  // namespace counsel::sandbox
