// counsel licences.
#include <cstdio>

#include "app/commands.h"
#include "app/run_command.h"

namespace counsel::app {
namespace {

constexpr const char* kNotice =
#include "notice.inc"
    ;

}  // namespace

int LicencesCommand() {
  std::fputs(kNotice, stdout);
  return kExitOk;
}

}  // namespace counsel::app
