#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "extractor/sandbox/layers.h"

namespace counsel::sandbox {
namespace {

struct Kind {
  int flag;
  const char* name;
};
// One by one, since a system may allow some only. The user namespace gives the rights to make the others.
constexpr std::array kKinds = {Kind{CLONE_NEWUSER, "user"},
                               Kind{CLONE_NEWNET, "network"},
                               Kind{CLONE_NEWNS, "mounts"},
                               Kind{CLONE_NEWPID, "processes"},
                               Kind{CLONE_NEWIPC, "IPC"},
                               Kind{CLONE_NEWUTS, "host name"},
                               Kind{CLONE_NEWCGROUP, "control groups"}};

bool Write(const char* path, const std::string& text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return written;
}

// We are nobody inside. Without a map the namespace holds too, but nothing can be created in its mounts.
void MapUser(uid_t user, gid_t group) {
  constexpr const char* kNobody = "65534 ";
  Write("/proc/self/setgroups", "deny");
  Write("/proc/self/uid_map", kNobody + std::to_string(user) + " 1");
  Write("/proc/self/gid_map", kNobody + std::to_string(group) + " 1");
}

bool MakeFolders(const std::string& path) {
  for (std::size_t at = 1; at != std::string::npos;) {
    at = path.find('/', at + 1);
    if (::mkdir(path.substr(0, at).c_str(), 0755) != 0 && errno != EEXIST) return false;
  }
  return true;
}

// Shows the folder that `fd` holds at `place`, to read only.
bool Show(int fd, const std::string& place, bool programs) {
  const std::string source = "/proc/self/fd/" + std::to_string(fd);
  if (!MakeFolders(place)) return false;
  if (::mount(source.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) != 0) return false;
  unsigned long harmless = MS_RDONLY | MS_NOSUID | MS_NODEV;
  if (!programs) harmless |= MS_NOEXEC;
  return ::mount(nullptr, place.c_str(), nullptr, MS_BIND | MS_REMOUNT | harmless, nullptr) == 0;
}

// Where programs look for the dynamic loader and for their libraries; and a place to write.
bool MakeProgramRoom(const std::string& root, const ProgramRoom& room) {
  if (!room.programs) return true;
  for (const char* name : {"lib", "lib64"}) {
    const std::string target = "usr/" + std::string(name);
    if (::symlink(target.c_str(), (root + "/" + name).c_str()) != 0) return false;
  }
  const std::string scratch = root + "/tmp";
  const std::string size = "size=" + std::to_string(room.scratch_bytes) + ",mode=0700";
  constexpr unsigned long kHarmless = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return MakeFolders(scratch) && ::mount("counsel-scratch", scratch.c_str(), "tmpfs", kHarmless, size.c_str()) == 0;
}

// Replaces the root by an empty file system that holds the visible folders. What fails leaves the old root.
bool EmptyRoot(const Folders& visible, const ProgramRoom& room) {
  constexpr const char* kPlace = "/tmp";  // any folder: it is covered in our namespace only
  constexpr unsigned long kHarmless = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  // Held, since the mount may cover them.
  std::vector<int> folders;
  for (const std::filesystem::path& folder : visible) folders.push_back(::open(folder.c_str(), O_PATH | O_CLOEXEC));
  const bool covered = ::mount("counsel-empty", kPlace, "tmpfs", kHarmless, "size=64k,nr_inodes=128,mode=0755") == 0;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    if (covered) Show(folders[i], kPlace + visible[i].string(), room.programs);
    ::close(folders[i]);
  }
  if (!covered || !MakeProgramRoom(kPlace, room)) return false;
  ::mount(nullptr, kPlace, nullptr, MS_REMOUNT | MS_RDONLY | kHarmless, nullptr);
  // The new root covers the old one at the same place, which is then let go.
  if (::chdir(kPlace) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0) return false;
  return ::umount2(".", MNT_DETACH) == 0 && ::chdir("/") == 0;
}

// Ends like the process `pid`, once that has ended.
[[noreturn]] void EndLike(pid_t pid) {
  const rlimit no_core = {0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) ::_exit(127);
  }
  if (WIFSIGNALED(status)) {
    ::signal(WTERMSIG(status), SIG_DFL);
    ::raise(WTERMSIG(status));
  }
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 127);
}

// Goes on in a child, the first process of its namespace. False: no such luck, and we are who we were.
bool GoOnInChild() {
  int alive[2];
  if (::pipe2(alive, O_CLOEXEC) != 0) return false;
  const pid_t child = ::fork();
  if (child > 0) EndLike(child);
  ::close(alive[1]);
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The parent may have died before the line above: then nobody holds the other end.
    pollfd parent = {alive[0], POLLIN, 0};
    if (::poll(&parent, 1, 0) != 0) ::_exit(127);
  }
  ::close(alive[0]);
  return child == 0;
}

struct Entered {
  int kinds = 0;
  std::string names;
  int error = 0;  // of the first that was refused
};

Entered EnterKinds(int wanted) {
  const pid_t parent = ::getppid();
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  Entered entered;
  for (const Kind& kind : kKinds) {
    if ((wanted & kind.flag) == 0) continue;
    if (::unshare(kind.flag) != 0) {
      if (entered.error == 0) entered.error = errno;
      continue;
    }
    entered.kinds |= kind.flag;
    entered.names += (entered.names.empty() ? "" : ", ") + std::string(kind.name);
    if (kind.flag == CLONE_NEWUSER) MapUser(user, group);
  }
  // New credentials forget the parent-death signal.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  return entered;
}

LayerState Describe(const Entered& entered, bool empty_root) {
  LayerState state{"namespaces", empty_root && (entered.kinds & CLONE_NEWNET) != 0, entered.names};
  if (entered.error != 0) {
    state.detail += (entered.names.empty() ? "" : "; the others: ") + std::string(std::strerror(entered.error));
  }
  if (!empty_root && !entered.names.empty()) state.detail += "; the file system stays in sight";
  return state;
}

constexpr int kOfEach = CLONE_NEWPID | CLONE_NEWIPC;  // what a reader of a zygote has for itself

}  // namespace

LayerState EnterNamespaces(const Folders& visible, const ProgramRoom& room) {
  Entered entered = EnterKinds(~0);
  if ((entered.kinds & CLONE_NEWPID) != 0 && !GoOnInChild()) entered.error = EAGAIN;
  const bool empty_root = (entered.kinds & CLONE_NEWNS) != 0 && EmptyRoot(visible, room);
  return Describe(entered, empty_root);
}

LayerState EnterSharedNamespaces(const Folders& visible) {
  const Entered entered = EnterKinds(~kOfEach);
  const bool empty_root = (entered.kinds & CLONE_NEWNS) != 0 && EmptyRoot(visible, ProgramRoom());
  return Describe(entered, empty_root);
}

pid_t ForkIntoNamespaces() {
  // The system call itself: fork() takes no namespaces. What it does besides for threads and locks concerns processes
  // that have several threads.
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone, kOfEach | CLONE_PARENT, nullptr, nullptr, nullptr, nullptr));
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);
  }
  return pid;
}

}  // namespace counsel::sandbox
