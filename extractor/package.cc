#include "extractor/package.h"

#include <algorithm>
#include <new>
#include <utility>

#include <zip.h>

#include "base/utf8.h"

namespace counsel::extractor {

Result<Package> Package::Open(std::string_view bytes, const std::string& name, const Limits& limits) {
  Package package;
  package.name_ = name;
  package.limits_ = limits;
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source != nullptr) package.zip_ = zip_open_from_source(source, ZIP_RDONLY, &error);
  zip_error_fini(&error);
  if (package.zip_ == nullptr) {
    zip_source_free(source);
    return Damaged(name, "ZIP file");
  }
  const zip_int64_t count = zip_get_num_entries(package.zip_, 0);
  if (count > static_cast<zip_int64_t>(kMaxParts)) return TooManyFiles(name, limits);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat_index(package.zip_, static_cast<zip_uint64_t>(i), 0, &status) != 0) continue;
    Entry entry;
    entry.index = static_cast<std::uint64_t>(i);
    entry.name = RepairUtf8(status.name == nullptr ? "" : status.name);
    std::replace(entry.name.begin(), entry.name.end(), '\\', '/');
    entry.bytes = status.size;
    entry.packed = status.comp_size;
    entry.folder = entry.name.ends_with('/');
    entry.encrypted = (status.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && status.encryption_method != ZIP_EM_NONE;
    package.entries_.push_back(std::move(entry));
  }
  return package;
}

Package::Package(Package&& other) noexcept
    : zip_(std::exchange(other.zip_, nullptr)),
      name_(std::move(other.name_)),
      entries_(std::move(other.entries_)),
      limits_(other.limits_),
      unpacked_(other.unpacked_) {}

Package::~Package() {
  if (zip_ != nullptr) zip_discard(zip_);
}

const Package::Entry* Package::Find(std::string_view name) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [name](const Entry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

Result<void> Package::Read(const Entry& entry, const std::function<bool(std::string_view)>& take) {
  if (entry.encrypted) {
    return Fail(ErrorCode::kPermissionDenied, "'" + name_ + "' is protected by a password.",
                "Save a copy without the password and add that.");
  }
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(zip_, entry.index, 0), zip_fclose);
  if (!file) {
    const int code = zip_error_code_zip(zip_get_error(zip_));
    if (code == ZIP_ER_MEMORY) throw std::bad_alloc();
    if (code == ZIP_ER_COMPNOTSUPP) {
      return Fail(ErrorCode::kUnsupported, "'" + name_ + "' is compressed in a way that Counsel cannot read.",
                  "Pack it anew in the ordinary way (deflate).");
    }
    return Damaged(name_, "ZIP file");
  }
  std::string buffer(std::size_t{64} << 10, '\0');
  std::uint64_t bytes = 0;
  for (;;) {
    const zip_int64_t n = zip_fread(file.get(), buffer.data(), buffer.size());
    if (n < 0 && zip_error_code_zip(zip_file_get_error(file.get())) == ZIP_ER_MEMORY) throw std::bad_alloc();
    if (n < 0) return Damaged(name_, "ZIP file");
    if (n == 0) return {};
    bytes += static_cast<std::uint64_t>(n);
    unpacked_ += static_cast<std::uint64_t>(n);
    // What the file says of its sizes may be a lie: what comes out is counted.
    if (unpacked_ > limits_.unpacked_bytes) return UnpacksTooFar(name_, limits_);
    if (bytes > kRatioCountsFrom && bytes / kMaxRatio > entry.packed) return PackedTooTightly(name_);
    if (!take(std::string_view(buffer).substr(0, static_cast<std::size_t>(n)))) return {};
  }
}

Result<std::string> Package::ReadAll(const Entry& entry) {
  std::string all;
  Result<void> read = Read(entry, [&all](std::string_view piece) {
    all += piece;
    return true;
  });
  if (!read) return Fail(std::move(read.error()));
  return all;
}

std::string Package::ReadStart(std::string_view name, std::size_t limit) {
  std::string start;
  const Entry* entry = Find(name);
  if (entry == nullptr) return start;
  Result<void> read = Read(*entry, [&](std::string_view piece) {
    start += piece.substr(0, limit - start.size());
    return start.size() < limit;
  });
  return read ? start : std::string();
}

}  // namespace counsel::extractor
