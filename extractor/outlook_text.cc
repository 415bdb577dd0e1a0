#include "extractor/outlook_text.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "extractor/bytes.h"
#include "extractor/encoding.h"
#include "extractor/mail_text.h"
#include "extractor/rtf_html.h"

namespace counsel::extractor {
namespace {

// The text of a document with what is known of its parts.
Flow AsFlow(Document document) {
  Flow flow;
  flow.WriteClean(document.text);
  for (const Span& span : document.structure) flow.Mark(span.kind, span.level, span.start, span.end, span.label);
  return flow;
}

Flow FromHtml(const std::string& utf8, const std::string& name, const Limits& limits) {
  return HtmlText(utf8, name, limits.text_bytes).value_or(Flow());
}

Flow Richest(const OutlookText& text, const std::string& name, const Limits& limits, std::vector<std::string>* notes) {
  if (!text.html.empty()) {
    Flow flow = FromHtml(Decode(text.html, name, text.html_charset, notes).value_or(""), name, limits);
    if (HasText(flow.text())) return flow;
  }
  if (text.rtf.empty()) return {};
  const std::optional<TextInRtf> inside = FindTextInRtf(text.rtf, limits.text_bytes);
  if (inside && inside->html) return FromHtml(inside->text, name, limits);
  if (inside) {
    Flow flow;
    flow.Write(inside->text);
    return flow;
  }
  Result<Document> rtf = ReadRtf(text.rtf, name, limits);
  if (!rtf) return {};
  notes->insert(notes->end(), rtf->notes.begin(), rtf->notes.end());
  return AsFlow(std::move(*rtf));
}

}  // namespace

Flow ReadOutlookText(const OutlookText& text, const std::string& name, const Limits& limits,
                     std::vector<std::string>* notes) {
  constexpr double kSame = 0.8;
  Flow plain;
  plain.Write(text.plain);
  plain.TrimEnd();
  std::vector<std::string> of_richest;
  Flow richest = Richest(text, name, limits, &of_richest);
  richest.TrimEnd();
  if (!HasText(richest.text())) return plain;
  if (HasText(plain.text()) && ShareOf(WordsOf(richest.text()), WordsOf(plain.text())) >= kSame) return plain;
  notes->insert(notes->end(), of_richest.begin(), of_richest.end());
  return richest;
}

std::string CharsetOfCodePage(unsigned code_page) {
  switch (code_page) {
    case 0:
    case 1200:  // UTF-16: bytes in it are kept as such
      return "";
    case 65'001:
      return "utf-8";
    case 20'127:
      return "windows-1252";
    case 20'866:
      return "koi8-r";
    case 21'866:
      return "koi8-u";
    case 50'220:
    case 50'221:
    case 50'222:
      return "iso-2022-jp";
    case 51'932:
      return "euc-jp";
    case 51'949:
      return "euc-kr";
    case 54'936:
      return "gb18030";
    default:
      break;
  }
  if (code_page > 28'590 && code_page < 28'606) return "iso-8859-" + std::to_string(code_page - 28'590);
  return "cp" + std::to_string(code_page);
}

unsigned CodePageOfLanguage(unsigned language) {
  switch (language & 0x3FFU) {
    case 0x01:  // Arabic, Persian, Urdu
    case 0x20:
    case 0x29:
      return 1256;
    case 0x02:  // Bulgarian, Russian, Ukrainian, Belarusian, Macedonian
    case 0x19:
    case 0x22:
    case 0x23:
    case 0x2F:
      return 1251;
    case 0x04:  // Chinese: of Taiwan, Hong Kong, Macao; other
      return language == 0x0404 || language == 0x0C04 || language == 0x1404 ? 950 : 936;
    case 0x05:  // Czech, Hungarian, Polish, Romanian, Croatian, Slovak, Albanian, Slovenian
    case 0x0E:
    case 0x15:
    case 0x18:
    case 0x1A:
    case 0x1B:
    case 0x1C:
    case 0x24:
      return language == 0x0C1A || language == 0x1C1A ? 1251 : 1250;  // Serbian in Cyrillic letters
    case 0x08:
      return 1253;
    case 0x0D:
      return 1255;
    case 0x11:
      return 932;
    case 0x12:
      return 949;
    case 0x1E:
      return 874;
    case 0x1F:
      return 1254;
    case 0x25:  // Estonian, Latvian, Lithuanian
    case 0x26:
    case 0x27:
      return 1257;
    case 0x2A:
      return 1258;
    default:
      return 1252;
  }
}

std::string FromAnsi(std::string_view text, const std::string& charset) {
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  if (ValidUtf8(text)) return std::string(text);
  std::optional<std::string> utf8 = ConvertFrom(charset, text);
  return utf8 ? *utf8 : ConvertFrom("windows-1252", text).value_or("");
}

std::string FromUtf16(std::string_view text) {
  std::string utf8 = ConvertFrom("UTF-16LE", text).value_or("");
  while (!utf8.empty() && utf8.back() == '\0') utf8.pop_back();
  return utf8;
}

std::string UnpackRtf(std::string_view packed, std::size_t limit) {
  constexpr std::string_view kStart =
      "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS "
      "Sans "
      "SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
      "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
  constexpr std::size_t kWindow = 4'096;
  Bytes bytes(packed);
  (void)bytes.Four();
  const std::size_t size = std::min<std::size_t>(bytes.Four(), limit);
  const std::uint32_t kind = bytes.Four();
  (void)bytes.Four();
  if (bytes.ended()) return "";
  if (kind == 0x414C454D) return std::string(bytes.Take(std::min(size, packed.size() - 16)));  // "MELA": as it is
  if (kind != 0x75465A4C) return "";                                                           // "LZFu"
  std::string window(kWindow, ' ');
  window.replace(0, kStart.size(), kStart);
  std::size_t at = kStart.size();
  std::string out;
  const auto put = [&](char c) {
    out += c;
    window[at] = c;
    at = (at + 1) % kWindow;
  };
  while (!bytes.empty() && out.size() < size) {
    const auto flags = static_cast<unsigned>(bytes.Number(1));
    for (unsigned bit = 0; bit < 8 && !bytes.empty() && out.size() < size; ++bit) {
      if ((flags >> bit & 1U) == 0) {
        put(static_cast<char>(bytes.Number(1)));
        continue;
      }
      const std::string_view pair = bytes.Take(2);
      if (pair.size() < 2) return out;
      const unsigned reference = static_cast<unsigned char>(pair[0]) << 8U | static_cast<unsigned char>(pair[1]);
      std::size_t from = reference >> 4U;
      if (from == at) return out;  // the end
      for (unsigned length = (reference & 0xFU) + 2; length > 0; --length) {
        put(window[from]);
        from = (from + 1) % kWindow;
      }
    }
  }
  return out;
}

}  // namespace counsel::extractor
