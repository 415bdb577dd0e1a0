// Which files a path stands for, and how they are called.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace counsel::app {

// One `add` takes at most so many files.
inline constexpr std::size_t kMostFiles = 100'000;

// What somebody does not want: "*.tmp", "Drafts/", "Old/*.pdf" as the shell has them, capitals like small letters. One
// without '/' but at its end is held against each name, of a folder too; one that begins with '/' against the whole
// path; another with '/' against the path below the folder that was named. '*' stands for '/' as well.
class Exclusions {
 public:
  Exclusions() = default;
  explicit Exclusions(std::vector<std::string> globs);

  [[nodiscard]] const std::vector<std::string>& globs() const { return globs_; }
  // `path`: absolute, below `root` or `root` itself; its folders have been asked about before. `fitted`: if given, what
  // fits is set in it, by the place in globs().
  [[nodiscard]] bool Excludes(const std::filesystem::path& root, const std::filesystem::path& path,
                              std::vector<bool>* fitted = nullptr) const;

 private:
  std::vector<std::string> globs_;
};

struct FoundFiles {
  FoundFiles() = default;
  std::vector<std::string> files;       // absolute paths, each once, in order
  std::size_t excluded = 0;             // files and folders that fit an exclusion
  std::vector<std::string> fits_none;   // exclusions that nothing fits
  std::size_t hidden = 0;               // files and folders whose name begins with a dot
  std::vector<std::string> broken;      // links that lead nowhere
  std::size_t no_files = 0;             // pipes, sockets, devices
  std::size_t passed_over = 0;          // files that programs leave beside documents
  std::vector<std::string> examples;    // of them, the first few names
  std::size_t links_outside = 0;        // links to files that are not in the folder: not followed
  std::vector<std::string> unreadable;  // folders, each with why: "/x/y: Permission denied"
};

// The regular files that are `paths` or under them, hidden ones and those that programs leave left out. Links to files
// count as the file, when it is in the folder too: whoever adds a folder means what is in it, and what a link of
// unknown origin points to may be anything. Links to folders are not followed (they may loop). A folder that cannot be
// read is told of, and the others are read. kNotFound, kInvalidArgument (neither file nor folder), kTooLarge (more than
// kMostFiles).
[[nodiscard]] Result<FoundFiles> FilesUnder(const std::vector<std::string>& paths, const Exclusions& excluded = {});

// Not looked at in a folder: ".x" (and litter: base/litter.h).
[[nodiscard]] bool IsHidden(std::string_view name);

// It is a link that leads out of the folder.
[[nodiscard]] bool LeavesFolder(const std::filesystem::directory_entry& entry, const std::filesystem::path& folder);

// The file itself, by its own name: two links to one file are one document, named as the file is.
[[nodiscard]] std::string RealPath(const std::filesystem::path& path);

// A path as UTF-8: a part that is not is read as Latin-1, as it was written by systems before UTF-8.
[[nodiscard]] std::string PathInUtf8(std::string_view path);

}  // namespace counsel::app
