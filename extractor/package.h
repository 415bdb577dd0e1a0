// A ZIP file in memory (libzip), read within limits. Names in it are only names.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "extractor/document.h"

struct zip;

namespace counsel::extractor {

class Package {
 public:
  struct Entry {
    Entry() = default;
    std::uint64_t index = 0;
    std::string name;  // valid UTF-8, '/' between folders
    std::uint64_t bytes = 0;
    std::uint64_t packed = 0;
    bool folder = false;
    bool encrypted = false;
  };

  // `bytes` must outlive it. kCorrupt; kTooLarge: over kMaxParts entries.
  [[nodiscard]] static Result<Package> Open(std::string_view bytes, const std::string& name, const Limits& limits);
  Package(Package&&) noexcept;
  Package& operator=(Package&&) noexcept = delete;
  ~Package();

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const Limits& limits() const { return limits_; }
  // nullptr when there is none of that name.
  [[nodiscard]] const Entry* Find(std::string_view name) const;
  // Gives the entry's bytes piece by piece, until `take` returns false. All entries read count together against
  // Limits::unpacked_bytes, each against kMaxRatio. kTooLarge, kCorrupt, kPermissionDenied (encrypted), kUnsupported.
  [[nodiscard]] Result<void> Read(const Entry& entry, const std::function<bool(std::string_view)>& take);
  [[nodiscard]] Result<std::string> ReadAll(const Entry& entry);
  // Of what is small ("" when it is not there): a part longer than `limit` is cut.
  [[nodiscard]] std::string ReadStart(std::string_view name, std::size_t limit);

  static constexpr std::size_t kMaxParts = 20'000;

 private:
  Package() = default;
  zip* zip_ = nullptr;
  std::string name_;
  std::vector<Entry> entries_;
  Limits limits_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace counsel::extractor
