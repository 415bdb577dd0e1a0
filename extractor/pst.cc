// Outlook data files (PST, OST) by libpff, read from the descriptor: folders one after the other, their messages in
// order. What was deleted and is still in the file is not looked for.
#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <libbfio.h>
#include <libpff.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mail_store.h"
#include "base/utf8.h"
#include "extractor/mail_store.h"
#include "extractor/pst_message.h"

namespace counsel::extractor {
namespace {

constexpr const char* kType = "application/vnd.ms-outlook-pst";
constexpr const char* kWhat = "Outlook data file";
constexpr int kDeepest = 64;  // folders within folders
constexpr int kMostFolders = 100'000;
constexpr std::uint32_t kKindOfNode = 0x1F;  // bits of an identifier
constexpr std::uint32_t kSearchFolder = 0x03;
constexpr char kByWindows = 0x10;  // a file encrypted with keys of Windows' own

using Item = std::unique_ptr<libpff_item_t, FreePffItem>;

// ---- the descriptor as libbfio wants it ----

struct Place {
  int descriptor = -1;
  off64_t at = 0;
};

Place* PlaceOf(intptr_t* handle) {
  return reinterpret_cast<Place*>(handle);
}

// It is the caller's, and outlives the handle.
int LeavePlace(intptr_t** handle, libbfio_error_t**) {
  *handle = nullptr;
  return 1;
}

int CannotClone(intptr_t**, intptr_t*, libbfio_error_t**) {
  return -1;
}

int OpenPlace(intptr_t*, int, libbfio_error_t**) {
  return 1;
}

int ClosePlace(intptr_t*, libbfio_error_t**) {
  return 0;
}

ssize_t ReadPlace(intptr_t* handle, std::uint8_t* buffer, size_t size, libbfio_error_t**) {
  Place* place = PlaceOf(handle);
  ssize_t n = 0;
  do {
    n = ::pread(place->descriptor, buffer, size, place->at);
  } while (n < 0 && errno == EINTR);
  if (n > 0) place->at += n;
  return n;
}

ssize_t CannotWrite(intptr_t*, const std::uint8_t*, size_t, libbfio_error_t**) {
  return -1;
}

int SizeOfPlace(intptr_t* handle, size64_t* size, libbfio_error_t**) {
  struct stat status {};
  if (::fstat(PlaceOf(handle)->descriptor, &status) != 0) return -1;
  *size = static_cast<size64_t>(status.st_size);
  return 1;
}

off64_t SeekPlace(intptr_t* handle, off64_t offset, int whence, libbfio_error_t** error) {
  Place* place = PlaceOf(handle);
  size64_t size = 0;
  if (whence == SEEK_END && SizeOfPlace(handle, &size, error) != 1) return -1;
  const off64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? place->at : static_cast<off64_t>(size);
  if (base + offset < 0) return -1;
  place->at = base + offset;
  return place->at;
}

int PlaceIsThere(intptr_t*, libbfio_error_t**) {
  return 1;
}

// ---- the file ----

class PstFile {
 public:
  explicit PstFile(int descriptor) { place_.descriptor = descriptor; }
  ~PstFile() {
    if (file_ != nullptr) libpff_file_free(&file_, nullptr);
    if (handle_ != nullptr) libbfio_handle_free(&handle_, nullptr);
  }
  PstFile(const PstFile&) = delete;
  PstFile& operator=(const PstFile&) = delete;

  bool Open() {
    return libbfio_handle_initialize(&handle_, reinterpret_cast<intptr_t*>(&place_), LeavePlace, CannotClone, OpenPlace,
                                     ClosePlace, ReadPlace, CannotWrite, SeekPlace, PlaceIsThere, PlaceIsThere,
                                     SizeOfPlace, 0, nullptr) == 1 &&
           libpff_file_initialize(&file_, nullptr) == 1 &&
           libpff_file_open_file_io_handle(file_, handle_, LIBPFF_OPEN_READ, nullptr) == 1;
  }
  [[nodiscard]] libpff_file_t* get() const { return file_; }

 private:
  Place place_;
  libbfio_handle_t* handle_ = nullptr;
  libpff_file_t* file_ = nullptr;
};

// "Inbox"; a '/' in it is none between folders.
std::string NameOf(libpff_item_t* folder) {
  size_t size = 0;
  if (libpff_folder_get_utf8_name_size(folder, &size, nullptr) != 1 || size == 0 || size > 4'096) return "";
  std::string name(size, '\0');
  if (libpff_folder_get_utf8_name(folder, reinterpret_cast<std::uint8_t*>(name.data()), size, nullptr) != 1) return "";
  name.resize(std::min(name.find('\0'), name.size()));
  std::replace(name.begin(), name.end(), '/', '-');
  return RepairUtf8(name);
}

bool IsSearchFolder(libpff_item_t* folder) {
  std::uint32_t id = 0;
  return libpff_item_get_identifier(folder, &id, nullptr) == 1 && (id & kKindOfNode) == kSearchFolder;
}

class Walk {
 public:
  Walk(const std::string& name, const Batch& batch, const Limits& limits)
      : batch_(batch), limits_(limits), list_(name, batch, limits) {}

  // Where the next batch begins; -1: that was all.
  std::int64_t Go(libpff_file_t* file) {
    libpff_item_t* root = nullptr;
    if (libpff_file_get_root_folder(file, &root, nullptr) != 1) {
      list_.Unread("the file's folders", "they are damaged");
      return -1;
    }
    std::vector<Open> open;
    open.push_back({Item(root), "", 0});
    for (int folders = 0; !open.empty() && folders < kMostFolders; ++folders) {
      Open here = std::move(open.back());
      open.pop_back();
      if (!Messages(here)) return at_;
      SubFolders(here, &open);
    }
    return -1;
  }

  Result<Document> Take(std::int64_t next) { return list_.Take(kType, next); }
  [[nodiscard]] bool nothing_but_damage() const { return list_.nothing_but_damage(); }

 private:
  struct Open {
    Item folder;
    std::string path;
    int depth = 0;
  };

  // The first of them is to be next.
  void SubFolders(const Open& here, std::vector<Open>* open) {
    int count = 0;
    if (libpff_folder_get_number_of_sub_folders(here.folder.get(), &count, nullptr) != 1) {
      list_.Unread("folders in " + Shown(here.path), "they are damaged");
      return;
    }
    if (here.depth >= kDeepest && count > 0) {
      list_.Unread("folders in " + Shown(here.path), "folders are read " + std::to_string(kDeepest) + " deep");
      return;
    }
    for (int i = std::min(count, kMostFolders) - 1; i >= 0; --i) {
      libpff_item_t* found = nullptr;
      if (libpff_folder_get_sub_folder(here.folder.get(), i, &found, nullptr) != 1) {
        list_.Unread("a folder in " + Shown(here.path), "it is damaged");
        continue;
      }
      Item folder(found);
      if (IsSearchFolder(folder.get())) continue;
      std::string path = (here.path.empty() ? "" : here.path + "/") + NameOf(folder.get());
      open->push_back({std::move(folder), std::move(path), here.depth + 1});
    }
  }

  // false: the batch is full.
  bool Messages(const Open& here) {
    int count = 0;
    if (libpff_folder_get_number_of_sub_messages(here.folder.get(), &count, nullptr) != 1) {
      list_.Unread("the messages in " + Shown(here.path), "they are damaged");
      return true;
    }
    // Those of the batches before.
    const std::int64_t skipped = std::clamp<std::int64_t>(batch_.from - at_, 0, count);
    at_ += skipped;
    for (auto i = static_cast<int>(skipped); i < count; ++i) {
      if (list_.Full()) return false;
      ++at_;
      libpff_item_t* found = nullptr;
      if (libpff_folder_get_sub_message(here.folder.get(), i, &found, nullptr) != 1) {
        list_.Unread("a message in " + Shown(here.path), "it is damaged");
        continue;
      }
      const Item message(found);
      Take(here, message.get());
    }
    return true;
  }

  void Take(const Open& here, libpff_item_t* item) {
    PstMessage message = ReadPstMessage(item, limits_.unpacked_bytes);
    if (message.too_large) {
      list_.Unread("the message \"" + message.subject + "\" in " + Shown(here.path),
                   "it is larger than " + std::to_string(limits_.unpacked_bytes >> 20) +
                       " MiB, the limit extraction.max_unpacked_mb");
      return;
    }
    if (message.damaged) list_.Unread("a part of the message \"" + message.subject + "\"", "it is damaged");
    list_.Folder(here.path);
    list_.Add(std::move(message.subject), message.from, message.date, ".msg", "application/vnd.ms-outlook",
              std::move(message.msg));
  }

  static std::string Shown(const std::string& path) { return path.empty() ? "the file" : path; }

  const Batch& batch_;
  const Limits& limits_;
  MailList list_;
  std::int64_t at_ = 0;  // messages passed
};

tl::unexpected<Error> Encrypted(const std::string& name) {
  return Fail(ErrorCode::kPermissionDenied, "'" + name + "' is an encrypted Outlook data file.",
              "Export the mails from Outlook into a new data file without encryption, then add that.");
}

// As the header has it: how the file is encrypted, which libpff refuses without saying so.
bool IsEncrypted(const std::string& first) {
  const std::size_t at = first.size() > 10 && static_cast<unsigned char>(first[10]) < 21 ? 461 : 513;
  return first.size() > at && first[at] == kByWindows;
}

}  // namespace

Result<Document> ReadPst(int descriptor, const std::string& name, const Batch& batch, const Limits& limits) {
  const std::string first = FirstBytes(descriptor);
  if (first.substr(8, 2) == "AB") {
    return Fail(ErrorCode::kUnsupported,
                "'" + name + "' is an Outlook address book (PAB), which Counsel cannot read yet.",
                "Export the addresses from Outlook as CSV, then add that.");
  }
  if (IsEncrypted(first)) return Encrypted(name);
  PstFile file(descriptor);
  if (!file.Open()) return Damaged(name, kWhat);
  Walk walk(name, batch, limits);
  const std::int64_t next = walk.Go(file.get());
  if (batch.from == 0 && walk.nothing_but_damage()) return Damaged(name, kWhat);
  return walk.Take(next);
}

}  // namespace counsel::extractor
