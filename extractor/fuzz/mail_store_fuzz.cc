// Files of mails (mbox, PST), which are read from their descriptor, batch by batch.
#include <cstdint>
#include <optional>

#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "extractor/fuzz/promises.h"
#include "extractor/mail_store.h"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  counsel::extractor::PrepareMail();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace counsel;  // NOLINT(google-build-using-namespace)
  const FileDescriptor file(::memfd_create("fuzz", 0));
  fuzz::Require(::write(file.get(), data, size) == static_cast<ssize_t>(size), "there is memory");
  extractor::Batch batch;
  for (int batches = 0; batches < 20; ++batches) {
    const std::optional<Result<extractor::Document>> read =
        extractor::ReadMailStore(file.get(), "input.mbox", batch, fuzz::SmallLimits());
    if (!read) return 0;
    fuzz::CheckDocument(*read);
    if (!*read || (*read)->next < 0) return 0;
    fuzz::Require((*read)->next > batch.from, "the next batch begins further on");
    batch.from = (*read)->next;
    batch.place += static_cast<std::int64_t>((*read)->embedded.size());
  }
  return 0;
}
