// How the daemon's search index makes its files.
#pragma once

#include "search/index_upkeep.h"

namespace counsel::app {

// The default; with COUNSEL_TEST_INDEX in the environment files for a few passages already, joined and written anew
// often, so that tests meet them.
[[nodiscard]] search::IndexPolicy PolicyOfIndex();

}  // namespace counsel::app
