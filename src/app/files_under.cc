#include "app/files_under.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fnmatch.h>

#include "base/file.h"
#include "base/litter.h"
#include "base/utf8.h"

namespace counsel::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kExamples = 3;

// Adds what is in a folder to `found`, and the folders in it to `folders`. `root`: what was named. `fitted`: see
// Exclusions::Excludes.
void ReadFolder(const fs::path& folder, const fs::path& root, const Exclusions& excluded, std::vector<bool>* fitted,
                FoundFiles& found, std::vector<std::pair<fs::path, fs::path>>& folders) {
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (IsLitter(name)) {
      ++found.passed_over;
      if (found.examples.size() < kExamples) found.examples.push_back(PathInUtf8(name));
      continue;
    }
    if (IsHidden(name)) {
      ++found.hidden;
      continue;
    }
    if (excluded.Excludes(root, entry->path(), fitted)) {
      ++found.excluded;
      continue;
    }
    std::error_code ignored;
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
      folders.emplace_back(entry->path(), root);
    } else if (LeavesFolder(*entry, root)) {
      ++found.links_outside;
    } else if (entry->is_regular_file(ignored)) {
      found.files.push_back(RealPath(entry->path()));
    } else if (entry->is_symlink(ignored) && !entry->exists(ignored)) {
      found.broken.push_back(PathInUtf8(entry->path().string()));
    } else if (!entry->is_directory(ignored)) {
      ++found.no_files;
    }
  }
  if (failed) found.unreadable.push_back(PathInUtf8(folder.string()) + ": " + failed.message());
}

}  // namespace

bool IsHidden(std::string_view name) {
  return name.starts_with(".");
}

Exclusions::Exclusions(std::vector<std::string> globs) : globs_(std::move(globs)) {
  for (std::string& glob : globs_) {
    while (glob.size() > 1 && glob.ends_with('/')) glob.pop_back();  // as the shell completes a folder's name
  }
}

bool Exclusions::Excludes(const fs::path& root, const fs::path& path, std::vector<bool>* fitted) const {
  bool any = false;
  for (std::size_t i = 0; i < globs_.size(); ++i) {
    const std::string& glob = globs_[i];
    const std::string held = glob.starts_with('/')                 ? path.string()
                             : glob.find('/') != std::string::npos ? path.lexically_relative(root).string()
                                                                   : path.filename().string();
    if (::fnmatch(glob.c_str(), held.c_str(), FNM_CASEFOLD) != 0) continue;
    any = true;
    if (fitted != nullptr) (*fitted)[i] = true;
  }
  return any;
}

bool LeavesFolder(const fs::directory_entry& entry, const fs::path& folder) {
  std::error_code failed;
  if (!entry.is_symlink(failed) || !entry.is_regular_file(failed)) return false;
  const fs::path real = fs::canonical(entry.path(), failed);
  if (failed) return true;
  const fs::path within = real.lexically_relative(fs::canonical(folder, failed));
  return failed || within.empty() || *within.begin() == "..";
}

std::string RealPath(const fs::path& path) {
  std::error_code failed;
  const fs::path real = fs::canonical(path, failed);
  return failed ? path.string() : real.string();
}

std::string PathInUtf8(std::string_view path) {
  std::string text;
  while (!path.empty()) {
    const std::size_t size = std::min(path.find('/', 1), path.size());
    const std::string_view part = path.substr(0, size);
    path.remove_prefix(size);
    if (ValidUtf8(part)) {
      text += part;
      continue;
    }
    for (const char c : part) AppendUtf8(static_cast<unsigned char>(c), &text);
  }
  return text;
}

Result<FoundFiles> FilesUnder(const std::vector<std::string>& paths, const Exclusions& excluded) {
  FoundFiles found;
  std::vector<bool> fitted(excluded.globs().size());
  std::vector<std::pair<fs::path, fs::path>> folders;  // with what was named
  for (const std::string& named : paths) {
    std::error_code failed;
    const fs::path path = fs::absolute(named, failed).lexically_normal();
    const fs::file_status status = fs::status(path, failed);
    if (!fs::exists(status)) {
      return Fail(ErrorCode::kNotFound, "There is no file or folder '" + PathInUtf8(named) + "'.", "Check the path.");
    }
    if (fs::is_directory(status)) {
      folders.emplace_back(path, path);
    } else if (fs::is_regular_file(status) && excluded.Excludes(path.parent_path(), path, &fitted)) {
      ++found.excluded;
    } else if (fs::is_regular_file(status)) {
      found.files.push_back(RealPath(path));
    } else {
      return Fail(ErrorCode::kInvalidArgument, "'" + PathInUtf8(named) + "' is neither a file nor a folder.");
    }
  }
  while (!folders.empty()) {
    const auto [folder, root] = std::move(folders.back());
    folders.pop_back();
    ReadFolder(folder, root, excluded, &fitted, found, folders);
    if (found.files.size() > kMostFiles) {
      return Fail(ErrorCode::kTooLarge, "More than " + std::to_string(kMostFiles) + " files.",
                  "Add the folders one by one.");
    }
  }
  for (std::size_t i = 0; i < fitted.size(); ++i) {
    if (!fitted[i]) found.fits_none.push_back(PathInUtf8(excluded.globs()[i]));
  }
  std::sort(found.files.begin(), found.files.end());
  found.files.erase(std::unique(found.files.begin(), found.files.end()), found.files.end());
  return found;
}

}  // namespace counsel::app
