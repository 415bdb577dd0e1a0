// counsel-convert: an old Word document from descriptor 3, a DOCX of it to descriptor 4, by LibreOffice, which is no
// part of Counsel: where it is installed, and the kernel lets it be confined (sandbox/program.h). What reads the DOCX
// then is counsel-extract, as any other.
//
// Exit status: 0 a DOCX; 2 refused, with the reason as counsel-extract writes it.
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/result.h"
#include "extractor/sandbox/program.h"

namespace counsel::extractor {
namespace {

constexpr int kDocument = 3;
constexpr int kResult = 4;
constexpr int kRefused = 2;
constexpr int kUsage = 64;
constexpr std::uint64_t kScratchBytes = std::uint64_t{768} << 20;  // its profile, the document, and what it makes of it
constexpr const char* kOffice = "/usr/lib/libreoffice/program/soffice.bin";
constexpr const char* kOld = "/tmp/document.doc";
constexpr const char* kNew = "/tmp/made/document.docx";

std::string TakeName() {
  std::string held(std::size_t{64} << 10, '\0');
  const ssize_t n = ::pread(kResult, held.data(), held.size(), 0);
  if (n <= 0 || ::ftruncate(kResult, 0) != 0) return "document";
  return held.substr(0, static_cast<std::size_t>(n));
}

bool Copy(int from, int to) {
  std::string buffer(std::size_t{1} << 20, '\0');
  for (;;) {
    const ssize_t n = ::read(from, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n == 0;
    for (ssize_t written = 0; written < n;) {
      const ssize_t now = ::write(to, buffer.data() + written, static_cast<std::size_t>(n - written));
      if (now < 0 && errno == EINTR) continue;
      if (now <= 0) return false;
      written += now;
    }
  }
}

bool CopyIn() {
  const int file = ::open(kOld, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool copied = file >= 0 && Copy(kDocument, file);
  if (file >= 0) ::close(file);
  return copied;
}

bool CopyOut() {
  const int file = ::open(kNew, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  const bool copied = file >= 0 && Copy(file, kResult);
  if (file >= 0) ::close(file);
  return copied;
}

int Refuse(ErrorCode code, const std::string& message, const std::string& next_step) {
  const nlohmann::json head = {
      {"error", {{"code", ErrorCodeName(code)}, {"message", message}, {"next_step", next_step}}}};
  const std::string line = head.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return ::write(kResult, line.data(), line.size()) == static_cast<ssize_t>(line.size()) ? kRefused : 1;
}

// LibreOffice, asked to write the document as DOCX. A new profile is made by a start that ends with kAgain.
bool Convert() {
  constexpr int kAgain = 81;
  sandbox::Program office;
  office.argv = {kOffice,
                 "-env:UserInstallation=file:///tmp/profile",
                 "--headless",
                 "--norestore",
                 "--nolockcheck",
                 "--nologo",
                 "--nodefault",
                 "--convert-to",
                 "docx:MS Word 2007 XML",
                 "--outdir",
                 "/tmp/made",
                 kOld};
  office.environment = {"LD_LIBRARY_PATH=/usr/lib/libreoffice/program", "HOME=/tmp", "TMPDIR=/tmp", "LC_ALL=C.UTF-8",
                        "SAL_USE_VCLPLUGIN=svp"};
  int status = sandbox::RunProgram(office);
  if (status == kAgain) status = sandbox::RunProgram(office);
  return status == 0;
}

int Main() {
  if (::fcntl(kDocument, F_GETFD) < 0 || ::fcntl(kResult, F_GETFD) < 0) {
    std::fputs("usage: counsel-convert 3<OLD-WORD-DOCUMENT 4<>RESULT-WITH-ITS-NAME\n", stderr);
    return kUsage;
  }
  const std::string name = TakeName();
  const std::string what = "'" + name + "' is an old Word document (DOC), which Counsel reads by LibreOffice";
  if (::access(kOffice, X_OK) != 0) {
    return Refuse(ErrorCode::kUnsupported, what + ", and that is not installed.",
                  "Save it as DOCX or PDF and add that, or install LibreOffice (apt-get install "
                  "libreoffice-writer-nogui) and add it again.");
  }
  const sandbox::LayerState confined = sandbox::EnterForPrograms(
      {"/usr", "/etc/libreoffice", "/etc/fonts", "/var/cache/fontconfig", "/var/lib/libreoffice"}, kScratchBytes);
  if (!confined.active) {
    return Refuse(ErrorCode::kUnsupported,
                  what + ", and this system does not let LibreOffice be confined (" + confined.detail + ").",
                  "Save it as DOCX or PDF and add that, or allow user namespaces here (counsel doctor shows them).");
  }
  if (!CopyIn()) {
    return Refuse(ErrorCode::kTooLarge, "'" + name + "' is too large to be converted.",
                  "Save it as DOCX and add that.");
  }
  if (!Convert() || !CopyOut()) {
    if (::ftruncate(kResult, 0) != 0 || ::lseek(kResult, 0, SEEK_SET) != 0) return 1;
    return Refuse(ErrorCode::kCorrupt, "'" + name + "' could not be converted: LibreOffice does not open it.",
                  "Open it in a word processor and save it as DOCX, then add that.");
  }
  return 0;
}

}  // namespace
}  // namespace counsel::extractor

int main() {
  return counsel::extractor::Main();
}
