// Internal to the sandbox: its layers, one a file. sandbox.h is the one to read.
#pragma once

#include <filesystem>
#include <vector>

#include "extractor/sandbox/sandbox.h"

namespace counsel::sandbox {

using Folders = std::vector<std::filesystem::path>;

// New namespaces, an empty root in which `visible` can be read, and a new process in them where that is allowed.
[[nodiscard]] LayerState EnterNamespaces(const Folders& visible);

// Nothing but reading in `readable`. Wants no_new_privs.
[[nodiscard]] LayerState RestrictFiles(const Folders& readable);

// `may_open`: opening files is left to Landlock, which must be active. Wants no_new_privs.
[[nodiscard]] LayerState RestrictSystemCalls(bool may_open);

}  // namespace counsel::sandbox
