// counsel add --dry-run: what is there, told by names and sizes alone.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "app/adding.h"
#include "app/files_under.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "documents/kinds.h"

namespace counsel::app {
namespace {

using documents::Kind;

struct Ending {
  std::string_view ending;
  Kind kind;
};
constexpr std::array kEndings = {
    Ending{"pdf", Kind::kPdf},      Ending{"docx", Kind::kLetter},  Ending{"doc", Kind::kLetter},
    Ending{"odt", Kind::kLetter},   Ending{"rtf", Kind::kLetter},   Ending{"xlsx", Kind::kTable},
    Ending{"xls", Kind::kTable},    Ending{"ods", Kind::kTable},    Ending{"csv", Kind::kTable},
    Ending{"tsv", Kind::kTable},    Ending{"pptx", Kind::kSlides},  Ending{"odp", Kind::kSlides},
    Ending{"eml", Kind::kMail},     Ending{"msg", Kind::kMail},     Ending{"mbox", Kind::kMail},
    Ending{"pst", Kind::kMail},     Ending{"ost", Kind::kMail},     Ending{"png", Kind::kPicture},
    Ending{"jpg", Kind::kPicture},  Ending{"jpeg", Kind::kPicture}, Ending{"tif", Kind::kPicture},
    Ending{"tiff", Kind::kPicture}, Ending{"bmp", Kind::kPicture},  Ending{"gif", Kind::kPicture},
    Ending{"webp", Kind::kPicture}, Ending{"htm", Kind::kWeb},      Ending{"html", Kind::kWeb},
    Ending{"mht", Kind::kWeb},      Ending{"mhtml", Kind::kWeb},    Ending{"txt", Kind::kText},
    Ending{"md", Kind::kText},      Ending{"ics", Kind::kText},     Ending{"zip", Kind::kArchive},
};

Kind KindByName(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto* found = std::find_if(kEndings.begin(), kEndings.end(),
                                   [&](const Ending& one) { return "." + std::string(one.ending) == ending; });
  return found == kEndings.end() ? Kind::kOther : found->kind;
}

struct Sum {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  void Add(std::uint64_t more) {
    ++files;
    bytes += more;
  }
};

struct Looked {
  Looked() = default;
  std::map<Kind, Sum> kinds;
  Sum all;
  std::vector<std::pair<std::string, std::string>> refused;  // path, why
};

Looked LookAtAll(const FoundFiles& found, std::uint64_t most_bytes) {
  Looked looked;
  for (const std::string& file : found.files) {
    struct stat status {};
    const Kind kind = KindByName(file);
    std::string why;
    if (::stat(file.c_str(), &status) != 0 || ::access(file.c_str(), R_OK) != 0) {
      why = "it cannot be read";
    } else if (status.st_size == 0) {
      why = "it is empty";
    } else if (static_cast<std::uint64_t>(status.st_size) > most_bytes) {
      why = "it is larger than " + std::to_string(most_bytes >> 20) + " MiB, the limit extraction.max_file_mb";
    }
    if (!why.empty()) {
      looked.refused.emplace_back(file, why);
      continue;
    }
    looked.kinds[kind].Add(static_cast<std::uint64_t>(status.st_size));
    looked.all.Add(static_cast<std::uint64_t>(status.st_size));
  }
  return looked;
}

void PrintJson(const Looked& looked, const FoundFiles& found) {
  nlohmann::json json = {{"files", looked.all.files},
                         {"bytes", looked.all.bytes},
                         {"passed_over", found.passed_over},
                         {"excluded", found.excluded},
                         {"links_outside", found.links_outside},
                         {"links_broken", found.broken},
                         {"hidden", found.hidden},
                         {"unreadable", found.unreadable},
                         {"kinds", nlohmann::json::object()},
                         {"refused", nlohmann::json::array()}};
  for (const auto& [kind, sum] : looked.kinds) {
    json["kinds"][std::string(documents::KindName(kind))] = {{"files", sum.files}, {"bytes", sum.bytes}};
  }
  for (const auto& [path, why] : looked.refused) {
    json["refused"].push_back({{"path", PathInUtf8(path)}, {"reason", why}});
  }
  std::printf("%s\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

}  // namespace

int DryRun(const Settings& settings, const AddOptions& options, const FoundFiles& found) {
  const Looked looked = LookAtAll(found, settings.extraction().input_bytes);
  if (options.json) {
    PrintJson(looked, found);
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows = {{"KIND (by name)", "FILES", "SIZE"}};
  for (const auto& [kind, sum] : looked.kinds) {
    rows.push_back({std::string(documents::KindName(kind)), std::to_string(sum.files), FormatBytes(sum.bytes)});
  }
  rows.push_back({"in all", std::to_string(looked.all.files), FormatBytes(looked.all.bytes)});
  std::printf("Would be added to '%s'; nothing was sent:\n%s", Printable(options.matter).c_str(),
              FormatTable(rows).c_str());
  for (const auto& [path, why] : looked.refused) {
    std::printf("Would not be added: %s: %s\n", Printable(PathInUtf8(path)).c_str(), why.c_str());
  }
  PrintNotAdded(found);
  return kExitOk;
}

}  // namespace counsel::app
