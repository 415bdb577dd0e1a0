#include "models/hub.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include <nlohmann/json.hpp>

#include "outgoing/outgoing.h"

namespace counsel::models {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kLargestReply = std::uint64_t{16} << 20;
// A context that the hub does not tell, and the most that is set without being asked: its memory grows with it.
constexpr std::uint32_t kUsualContext = 4096;
constexpr std::uint32_t kMostContext = 8192;
constexpr std::array<std::string_view, 5> kBefore = {"https://hf.co/", "https://huggingface.co/", "http://hf.co/",
                                                     "hf.co/", "huggingface.co/"};
// What is taken when no kind is named, the first that is there.
constexpr std::array<std::string_view, 4> kUsual = {"Q4_K_M", "Q4_K_S", "Q4_0", "Q8_0"};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

bool IsPlainName(std::string_view name) {
  constexpr std::size_t kLongest = 96;
  return !name.empty() && name.size() <= kLongest && name[0] != '.' && name[0] != '-' &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; });
}

std::string_view FileName(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// "model-q4_k_m-00001-of-00003.gguf": how many parts; 1 for a whole file.
int PartsOf(std::string_view file) {
  const std::size_t of = file.rfind("-of-");
  if (of == std::string_view::npos || of + 9 > file.size()) return 1;
  const std::string digits(file.substr(of + 4, 5));
  return digits.find_first_not_of("0123456789") == std::string::npos ? std::max(1, std::stoi(digits)) : 1;
}

// "Q4_K_M" of "qwen2.5-7b-instruct-q4_k_m.gguf", in capitals; "" when the name says none.
std::string KindOf(std::string_view path) {
  std::string name = Lower(FileName(path));
  if (!name.ends_with(".gguf") || name.find("mmproj") != std::string::npos) return "";
  name.resize(name.size() - 5);
  if (const std::size_t of = name.rfind("-of-"); of != std::string::npos && of >= 6) name.resize(of - 6);
  const std::size_t cut = name.find_last_of("-.");
  std::string kind = cut == std::string::npos ? name : name.substr(cut + 1);
  const bool known =
      !kind.empty() &&
      (kind[0] == 'q' || kind[0] == 'i' || kind[0] == 'f' || kind[0] == 'b' || kind[0] == 'm' || kind[0] == 't') &&
      kind.find_first_of("0123456789") != std::string::npos;
  if (!known) return "";
  std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return std::toupper(c); });
  return kind;
}

// A SHA-256 that the hub tells, or nothing.
std::string DigestOf(const Json& file) {
  const Json lfs = file.value("lfs", Json::object());
  std::string oid = lfs.is_object() ? lfs.value("oid", "") : "";
  if (oid.starts_with("sha256:")) oid.erase(0, 7);
  const bool good = oid.size() == 64 && oid.find_first_not_of("0123456789abcdef") == std::string::npos;
  return good ? oid : "";
}

Result<std::string> Fetch(const std::string& url) {
  std::string text;
  outgoing::DownloadRequest request;
  request.url = url;
  request.size_limit = kLargestReply;
  request.begin = [](std::uint64_t, std::uint64_t) { return Result<void>(); };
  request.write = [&text](std::string_view bytes) {
    text += bytes;
    return Result<void>();
  };
  Result<void> fetched = outgoing::Download(request);
  if (!fetched) return Fail(std::move(fetched.error()));
  return text;
}

std::string AddressOf(const HubName& name) {
  return name.owner + "/" + name.repo;
}

tl::unexpected<Error> NoSuchKind(const HubName& name, const std::map<std::string, std::vector<ModelFile>>& kinds) {
  std::string known;
  for (const auto& [kind, files] : kinds) known += (known.empty() ? "" : ", ") + kind;
  if (known.empty()) {
    return Fail(ErrorCode::kNotFound, AddressOf(name) + " has no GGUF file, which is what Counsel can load.",
                "Look for a repository whose name ends in -GGUF.");
  }
  const std::string wanted = name.quant.empty() ? "none of the usual kinds" : "no " + name.quant;
  return Fail(ErrorCode::kNotFound, AddressOf(name) + " has " + wanted + ". It has: " + known + ".",
              "Name one: counsel pull hf.co/" + AddressOf(name) + ":" + kinds.begin()->first);
}

}  // namespace

bool IsHubName(std::string_view name) {
  return std::any_of(kBefore.begin(), kBefore.end(),
                     [name](std::string_view before) { return name.starts_with(before); });
}

Result<HubName> ReadHubName(std::string_view name) {
  const std::string given(name);
  for (const std::string_view before : kBefore) {
    if (name.starts_with(before)) {
      name.remove_prefix(before.size());
      break;
    }
  }
  HubName read;
  if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
    read.quant = name.substr(colon + 1);
    name = name.substr(0, colon);
    if (!IsPlainName(read.quant)) name = {};
  }
  const std::size_t slash = name.find('/');
  if (slash != std::string_view::npos) {
    read.owner = name.substr(0, slash);
    read.repo = name.substr(slash + 1);
  }
  if (!IsPlainName(read.owner) || !IsPlainName(read.repo)) {
    return Fail(ErrorCode::kInvalidArgument, "'" + given + "' names no model of the hub.",
                "Write it like this: counsel pull hf.co/Qwen/Qwen2.5-7B-Instruct-GGUF:Q4_K_M");
  }
  std::transform(read.quant.begin(), read.quant.end(), read.quant.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return read;
}

Result<HubModel> ReadHubModel(const HubName& name, std::string_view hub, std::string_view model_reply,
                              std::string_view tree_reply) {
  const Json about = Json::parse(model_reply, nullptr, false);
  const Json tree = Json::parse(tree_reply, nullptr, false);
  if (!about.is_object() || !tree.is_array()) {
    return Fail(ErrorCode::kUnavailable, "The hub's reply about " + AddressOf(name) + " cannot be read.",
                "Try again later.");
  }
  HubModel model;
  const Json card = about.value("cardData", Json::object());
  if (card.is_object() && card.contains("license") && card["license"].is_string()) model.licence = card["license"];
  for (const Json& tag : about.value("tags", Json::array())) {
    constexpr std::string_view kLicence = "license:";
    if (model.licence.empty() && tag.is_string() && tag.get_ref<const std::string&>().starts_with(kLicence)) {
      model.licence = tag.get_ref<const std::string&>().substr(kLicence.size());
    }
  }
  const Json gated = about.value("gated", Json(false));
  model.gated = gated.is_string() || (gated.is_boolean() && gated.get<bool>());
  const Json gguf = about.value("gguf", Json::object());
  const Json length = gguf.is_object() ? gguf.value("context_length", Json()) : Json();
  model.context_tokens =
      length.is_number_unsigned() && length.get<std::uint64_t>() > 0
          ? static_cast<std::uint32_t>(std::min<std::uint64_t>(length.get<std::uint64_t>(), kMostContext))
          : kUsualContext;
  std::map<std::string, std::vector<ModelFile>> kinds;
  for (const Json& file : tree) {
    if (!file.is_object() || file.value("type", "") != "file" || !file.contains("path")) continue;
    const std::string path = file.value("path", "");
    const std::string kind = KindOf(path);
    const bool plain = path.find("..") == std::string::npos && path.find_first_of("?#%\\ ") == std::string::npos;
    if (kind.empty() || !plain) continue;
    ModelFile one;
    one.path = std::string(FileName(path));
    one.sha256 = DigestOf(file);
    one.bytes = file.value("size", std::uint64_t{0});
    one.url = std::string(hub) + "/" + AddressOf(name) + "/resolve/main/" + path;
    kinds[kind].push_back(std::move(one));
  }
  auto found = kinds.find(name.quant);
  for (const std::string_view usual : kUsual) {
    if (name.quant.empty() && found == kinds.end()) found = kinds.find(std::string(usual));
  }
  if (found == kinds.end()) return NoSuchKind(name, kinds);
  model.files = std::move(found->second);
  std::sort(model.files.begin(), model.files.end(),
            [](const ModelFile& a, const ModelFile& b) { return a.path < b.path; });
  const int parts = PartsOf(model.files[0].path);
  if (parts == 1) model.files.resize(1);
  if (static_cast<int>(model.files.size()) != parts) {
    return Fail(ErrorCode::kNotFound,
                AddressOf(name) + " has " + std::to_string(model.files.size()) + " of " + std::to_string(parts) +
                    " parts of " + found->first + ".",
                "Name another kind of it.");
  }
  return model;
}

ModelEntry EntryOf(const HubName& name, const HubModel& model) {
  ModelEntry entry;
  entry.name = Lower(name.repo);
  for (const std::string_view ending : {"-gguf", ".gguf"}) {
    if (entry.name.ends_with(ending)) entry.name.resize(entry.name.size() - ending.size());
  }
  entry.name += "-" + Lower(KindOf(model.files.at(0).path));
  entry.title = AddressOf(name) + ", " + KindOf(model.files.at(0).path);
  entry.licence = model.licence.empty() ? "as its author says" : model.licence;
  entry.source = AddressOf(name);
  entry.context_tokens = model.context_tokens;
  // The weights, and a tenth with half a gigabyte for a context and the engine: the first load measures it.
  for (const ModelFile& file : model.files) entry.planned_bytes += file.bytes;
  entry.planned_bytes += entry.planned_bytes / 10 + 512'000'000;
  entry.files = model.files;
  // A folder of its own: files of two repositories may have one name.
  for (ModelFile& file : entry.files) file.path = entry.name + "/" + file.path;
  return entry;
}

std::string TomlOf(const ModelEntry& entry) {
  const auto quoted = [](std::string_view text) { return Json(std::string(text)).dump(-1, ' ', true); };
  std::string toml = "\n[[model]]\nname = " + quoted(entry.name) +
                     "\nrole = \"generator\"\ntitle = " + quoted(entry.title) + "\nlicence = " + quoted(entry.licence) +
                     "\nsource = " + quoted(entry.source) +
                     "\ncontext_tokens = " + std::to_string(entry.context_tokens) +
                     "\nplanned_bytes = " + std::to_string(entry.planned_bytes) + "\n";
  for (const ModelFile& file : entry.files) {
    toml += "\n  [[model.files]]\n  path = " + quoted(file.path) + "\n";
    if (!file.sha256.empty()) toml += "  sha256 = " + quoted(file.sha256) + "\n";
    toml += "  bytes = " + std::to_string(file.bytes) + "\n  url = " + quoted(file.url) + "\n";
  }
  return toml;
}

Result<HubModel> FindOnHub(const HubName& name, std::string_view hub) {
  const std::string api = std::string(hub) + "/api/models/" + AddressOf(name);
  const auto explained = [&name](Error error) {
    // The hub says 401 for what is not there, too.
    if (error.code == ErrorCode::kNotFound || error.code == ErrorCode::kPermissionDenied) {
      error.message = "The hub has no " + AddressOf(name) + ", or shows it only to those who have accepted its terms.";
      error.next_step = "Look at hf.co/" + AddressOf(name) +
                        "; a file that you have downloaded serves by MAIN_MODEL=/path/to/it.gguf.";
    }
    return error;
  };
  Result<std::string> about = Fetch(api + "?expand[]=gguf&expand[]=cardData&expand[]=gated&expand[]=tags");
  if (!about) return Fail(explained(std::move(about.error())));
  Result<std::string> tree = Fetch(api + "/tree/main?recursive=true");
  if (!tree) return Fail(explained(std::move(tree.error())));
  Result<HubModel> model = ReadHubModel(name, hub, *about, *tree);
  if (model && model->gated) return Fail(explained(Error(ErrorCode::kPermissionDenied, "gated")));
  return model;
}

}  // namespace counsel::models
