// The vectors of a document that is being embedded: in a file, so that memory stays flat whatever a document's length.
#pragma once

#include <cstddef>
#include <span>

#include "base/file.h"
#include "base/result.h"

namespace counsel::ingest {

// Rows of `dimensions` floats. Blocks: on a pool thread. Different rows may be written at once.
class VectorFile {
 public:
  // `file`: readable and writable, empty.
  VectorFile(FileDescriptor file, std::size_t dimensions) : file_(std::move(file)), dimensions_(dimensions) {}
  // values: whole rows, from row `first` on. kNoSpace.
  [[nodiscard]] Result<void> Write(std::size_t first, std::span<const float> values);
  [[nodiscard]] Result<void> Read(std::size_t first, std::span<float> values) const;
  [[nodiscard]] std::size_t dimensions() const { return dimensions_; }

 private:
  FileDescriptor file_;
  std::size_t dimensions_;
};

}  // namespace counsel::ingest
