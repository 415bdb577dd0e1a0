// The schema, version by version: SQL that makes each of the one before it. A released version is never edited: a
// change is a new entry at the end.
#pragma once

#include <array>

namespace counsel::store {

extern const std::array<const char*, 8> kVersions1To8;
extern const std::array<const char*, 11> kVersionsFrom9;

}  // namespace counsel::store
