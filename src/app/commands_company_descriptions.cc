// counsel company descriptions.
#include <cstdio>
#include <string>
#include <string_view>

#include "app/commands.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "base/file.h"
#include "companies_house/filing_descriptions.h"
#include "outgoing/outgoing.h"

namespace counsel::app {
namespace {

using companies_house::FilingDescriptions;

Result<std::string> Fetch(const std::string& url) {
  std::string text;
  outgoing::DownloadRequest request;
  request.url = url;
  request.size_limit = FilingDescriptions::kLargestFile;
  request.begin = [](std::uint64_t, std::uint64_t) { return Result<void>(); };
  request.write = [&text](std::string_view bytes) {
    text += bytes;
    return Result<void>();
  };
  Result<void> fetched = outgoing::Download(request);
  if (!fetched) return Fail(std::move(fetched.error()));
  return text;
}

}  // namespace

int CompanyDescriptionsCommand(const Settings& settings, const std::string& source) {
  const std::string from = source.empty() ? std::string(FilingDescriptions::kPublishedUrl) : source;
  const Result<std::string> text =
      from.find("://") != std::string::npos ? Fetch(from) : ReadFile(from, FilingDescriptions::kLargestFile);
  if (!text) return ReportError(text.error());
  const Result<FilingDescriptions> descriptions = FilingDescriptions::Parse(*text);
  if (!descriptions) return ReportError(descriptions.error());
  const std::filesystem::path& file = settings.register_options().descriptions_file;
  if (Result<void> made = MakePrivateDirectory(settings.home()); !made) return ReportError(made.error());
  if (Result<void> made = MakePrivateDirectory(file.parent_path()); !made) return ReportError(made.error());
  if (Result<void> written = WriteFileAtomically(file, *text); !written) return ReportError(written.error());
  std::printf("%zu descriptions of filings are in %s; a running daemon uses them from now on.\n", descriptions->size(),
              Printable(file.string()).c_str());
  return kExitOk;
}

}  // namespace counsel::app
