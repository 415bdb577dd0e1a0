// What pictures and mails begin with: for whoever tells formats apart, with the libraries that read them or without.
#include <algorithm>
#include <array>

#include "extractor/document.h"
#include "extractor/picture.h"

namespace counsel::extractor {
namespace {

struct Kind {
  std::string_view begins;
  std::string_view media_type;
};
constexpr std::array kKinds = {Kind{"\x89PNG\r\n\x1A\n", "image/png"},
                               Kind{"\xFF\xD8\xFF", "image/jpeg"},
                               Kind{std::string_view("II*\0", 4), "image/tiff"},
                               Kind{std::string_view("MM\0*", 4), "image/tiff"},
                               Kind{"GIF87a", "image/gif"},
                               Kind{"GIF89a", "image/gif"}};

// Their first letters may begin a text or another file: more is asked of them.
bool IsBmp(std::string_view bytes) {
  constexpr std::array<char, 7> kHeads = {12, 40, 52, 56, 64, 108, 124};  // bytes of its head, by its age
  if (!bytes.starts_with("BM") || bytes.size() < 18) return false;
  return std::find(kHeads.begin(), kHeads.end(), bytes[14]) != kHeads.end() &&
         bytes.substr(15, 3) == std::string_view("\0\0\0", 3);
}

bool IsWebp(std::string_view bytes) {
  return bytes.starts_with("RIFF") && bytes.substr(std::min<std::size_t>(bytes.size(), 8), 4) == "WEBP";
}

constexpr std::size_t kHeaders = std::size_t{64} << 10;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

struct Header {
  std::string name;   // in small letters
  std::string value;  // likewise, its lines joined
};

// "Name: value"; an empty name when the line is no header.
Header HeaderIn(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 60) return {};
  Header header{Lower(line.substr(0, colon)), Lower(line.substr(colon + 1))};
  if (header.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") != std::string::npos) return {};
  header.value.erase(0, header.value.find_first_not_of(" \t"));
  return header;
}

// The lines before the first empty one; none when any of them is no header.
std::vector<Header> HeadersOf(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  bytes = bytes.substr(0, kHeaders);
  std::vector<Header> headers;
  bool first = true;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
    std::string_view line = bytes.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin = end + 1;
    if (line.empty()) break;
    const bool continues = !first && (line.front() == ' ' || line.front() == '\t');
    const bool mailbox = first && line.starts_with("From ");
    first = false;
    if (continues && !headers.empty()) headers.back().value += Lower(line);
    if (continues || mailbox) continue;
    headers.push_back(HeaderIn(line));
    if (headers.back().name.empty()) return {};
  }
  return headers;
}

}  // namespace

bool IsPicture(std::string_view bytes) {
  return !PictureType(bytes).empty();
}

std::string_view PictureType(std::string_view bytes) {
  const auto* found =
      std::find_if(kKinds.begin(), kKinds.end(), [bytes](const Kind& kind) { return bytes.starts_with(kind.begins); });
  if (found != kKinds.end()) return found->media_type;
  return IsBmp(bytes) ? "image/bmp" : IsWebp(bytes) ? "image/webp" : "";
}

bool LooksLikeMail(std::string_view bytes, const std::string& name) {
  constexpr std::array<std::string_view, 4> kSenders = {"from", "sender", "return-path", "received"};
  constexpr std::array<std::string_view, 5> kOthers = {"date", "subject", "to", "message-id", "mime-version"};
  bool sender = false;
  int others = 0;
  for (const Header& header : HeadersOf(bytes)) {
    sender |= std::find(kSenders.begin(), kSenders.end(), header.name) != kSenders.end();
    others += std::find(kOthers.begin(), kOthers.end(), header.name) != kOthers.end() ? 1 : 0;
  }
  // A program that calls it a mail tells as much as another header line.
  const bool called_mail = Lower(name).ends_with(".eml");
  return sender && others >= (called_mail ? 1 : 2);
}

bool LooksLikeWebArchive(std::string_view bytes) {
  bool mime = false;
  bool page = false;
  bool mail = false;  // from or to somebody
  for (const Header& header : HeadersOf(bytes)) {
    const auto is = [&header](std::string_view name) { return header.name == name; };
    mime |= is("mime-version");
    page |=
        is("content-type") && (header.value.starts_with("multipart/related") || header.value.starts_with("text/html"));
    // Browsers write "From: <Saved by Blink>".
    const bool browser =
        header.value.find("saved by ") != std::string::npos && header.value.find('@') == std::string::npos;
    mail |= (is("from") && !browser) || is("sender") || is("to") || is("cc") || is("return-path") || is("received");
  }
  return mime && page && !mail;
}

}  // namespace counsel::extractor
