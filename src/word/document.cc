#include "word/document.h"

#include <ctime>
#include <map>

#include "base/utf8.h"
#include "word/package.h"
#include "word/styles.h"

namespace counsel::word {
namespace {

constexpr int kTwentiethsOfAPoint = 9026;         // between the margins of an upright page of A4
constexpr int kTwentiethsOfAPointAcross = 13958;  // and of one on its side

// Of XML 1.0: most control characters, and two others, can stand in no way at all.
bool XmlCanHold(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n';
  return c != 0xFFFE && c != 0xFFFF;
}

void Escape(char32_t c, std::string* xml) {
  switch (c) {
    case '&':
      *xml += "&amp;";
      return;
    case '<':
      *xml += "&lt;";
      return;
    case '>':
      *xml += "&gt;";
      return;
    case '"':
      *xml += "&quot;";
      return;
    default:
      AppendUtf8(c, xml);
  }
}

std::string Escaped(std::string_view text) {
  std::string xml;
  const std::string valid = RepairUtf8(text);
  for (std::size_t at = 0; at < valid.size();) {
    const char32_t c = NextCodePoint(valid, &at);
    if (XmlCanHold(c)) Escape(c, &xml);
  }
  return xml;
}

// The text as what a w:r holds; `element`: w:t, or w:delText of what is deleted.
void AddText(std::string_view text, std::string_view element, std::string* xml) {
  const std::string begin = "<" + std::string(element) + " xml:space=\"preserve\">";
  const std::string end = "</" + std::string(element) + ">";
  std::string piece;
  const auto close = [&] {
    if (!piece.empty()) *xml += begin + piece + end;
    piece.clear();
  };
  const std::string valid = RepairUtf8(text);
  for (std::size_t at = 0; at < valid.size();) {
    const char32_t c = NextCodePoint(valid, &at);
    if (!XmlCanHold(c)) continue;
    if (c == '\n' || c == '\t') {
      close();
      *xml += c == '\n' ? "<w:br/>" : "<w:tab/>";
    } else {
      Escape(c, &piece);
    }
  }
  close();
}

std::string_view StyleOf(Kind kind) {
  switch (kind) {
    case Kind::kTitle:
      return "Title";
    case Kind::kHeading:
      return "Heading1";
    case Kind::kSubheading:
      return "Heading2";
    case Kind::kQuote:
      return "Quote";
    case Kind::kNote:
      return "CounselNote";
    case Kind::kBody:
      return "";
  }
  return "";
}

std::string_view StyleOf(Look look) {
  switch (look) {
    case Look::kStrong:
      return "Strong";
    case Look::kEmphasis:
      return "Emphasis";
    case Look::kNear:
      return "CounselNear";
    case Look::kUnsupported:
      return "CounselNotSupported";
    case Look::kPlain:
      return "";
  }
  return "";
}

std::string TimeText(std::int64_t unix_seconds) {
  const std::time_t seconds = unix_seconds;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string(text, length);
}

}  // namespace

Document::Document(std::string title, std::int64_t made_at) : title_(std::move(title)), time_(TimeText(made_at)) {}

std::string Document::ChangeTag(std::string_view name) {
  return "<w:" + std::string(name) + " w:id=\"" + std::to_string(++change_count_) +
         "\" w:author=\"Counsel\" w:date=\"" + time_ + "\"";
}

void Document::AddPiece(const Piece& piece, Look least, std::string* xml) {
  const Look look = piece.look == Look::kPlain ? least : piece.look;
  const bool deleted = piece.change == Change::kDeleted;
  const std::string_view change = deleted ? "del" : "ins";
  if (piece.change != Change::kNone) *xml += ChangeTag(change) + ">";
  if (!piece.text.empty()) {
    *xml += "<w:r>";
    if (const std::string_view style = StyleOf(look); !style.empty()) {
      *xml += "<w:rPr><w:rStyle w:val=\"" + std::string(style) + "\"/></w:rPr>";
    }
    AddText(piece.text, deleted ? "w:delText" : "w:t", xml);
    *xml += "</w:r>";
  }
  if (piece.footnote > 0) {
    *xml += "<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:footnoteReference w:id=\"" +
            std::to_string(piece.footnote) + "\"/></w:r>";
  }
  if (piece.change != Change::kNone) *xml += "</w:" + std::string(change) + ">";
}

void Document::AddPieces(const std::vector<Piece>& pieces, Look least, std::string* xml) {
  for (const Piece& piece : pieces) AddPiece(piece, least, xml);
}

void Document::Add(const Paragraph& paragraph) {
  std::string properties;
  if (const std::string_view style = StyleOf(paragraph.kind); !style.empty()) {
    properties += "<w:pStyle w:val=\"" + std::string(style) + "\"/>";
  }
  if (paragraph.change != Change::kNone) {
    properties += "<w:rPr>" + ChangeTag(paragraph.change == Change::kDeleted ? "del" : "ins") + "/></w:rPr>";
  }
  body_ += "<w:p>";
  if (!properties.empty()) body_ += "<w:pPr>" + properties + "</w:pPr>";
  AddPieces(paragraph.pieces, Look::kPlain, &body_);
  body_ += "</w:p>\n";
}

void Document::Add(const Table& table) {
  if (table.rows.empty() || table.rows[0].empty()) return;
  const std::size_t columns = table.rows[0].size();
  const int whole = landscape_ ? kTwentiethsOfAPointAcross : kTwentiethsOfAPoint;
  std::vector<std::string> widths(columns, std::to_string(whole / static_cast<int>(columns)));
  for (std::size_t i = 0; i < columns && i < table.widths.size(); ++i) {
    widths[i] = std::to_string(whole * table.widths[i] / 100);
  }
  body_ += "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"" + std::to_string(whole) +
           "\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>";
  for (const std::string& width : widths) body_ += "<w:gridCol w:w=\"" + width + "\"/>";
  body_ += "</w:tblGrid>\n";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const bool header = table.header && r == 0;
    body_ += header ? "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" : "<w:tr>";
    for (std::size_t c = 0; c < columns; ++c) {
      body_ += "<w:tc><w:tcPr><w:tcW w:w=\"" + widths[c] +
               "\" w:type=\"dxa\"/></w:tcPr><w:p><w:pPr><w:pStyle "
               "w:val=\"CounselCell\"/></w:pPr>";
      if (c < table.rows[r].size()) AddPieces(table.rows[r][c], header ? Look::kStrong : Look::kPlain, &body_);
      body_ += "</w:p></w:tc>";
    }
    body_ += "</w:tr>\n";
  }
  // Two tables behind each other would be one.
  body_ += "</w:tbl>\n<w:p><w:pPr><w:pStyle w:val=\"CounselNote\"/></w:pPr></w:p>\n";
}

int Document::AddFootnote(const std::vector<Piece>& pieces) {
  const int number = ++footnote_count_;
  footnotes_ += "<w:footnote w:id=\"" + std::to_string(number) +
                "\"><w:p><w:pPr><w:pStyle w:val=\"FootnoteText\"/></w:pPr><w:r><w:rPr><w:rStyle "
                "w:val=\"FootnoteReference\"/></w:rPr><w:footnoteRef/></w:r><w:r><w:t xml:space=\"preserve\"> "
                "</w:t></w:r>";
  AddPieces(pieces, Look::kPlain, &footnotes_);
  footnotes_ += "</w:p></w:footnote>\n";
  return number;
}

std::string Document::Docx() const {
  const std::string page = landscape_ ? "<w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\"/>"
                                      : "<w:pgSz w:w=\"11906\" w:h=\"16838\"/>";
  const std::string root = std::string(kXml) + "<w:document xmlns:w=\"" + std::string(kMain) + "\"><w:body>\n";
  const std::string body =
      root + body_ + "<w:sectPr>" + page +
      "<w:pgMar w:top=\"1440\" w:right=\"1440\" w:bottom=\"1440\" w:left=\"1440\" w:header=\"708\" "
      "w:footer=\"708\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>";
  const std::string footnotes = std::string(kXml) + "<w:footnotes xmlns:w=\"" + std::string(kMain) + "\">" +
                                std::string(kSeparators) + footnotes_ + "</w:footnotes>";
  const std::string properties = std::string(kPropertiesBegin) + "<dc:title>" + Escaped(title_) +
                                 "</dc:title><dc:creator>Counsel</dc:creator><dcterms:created "
                                 "xsi:type=\"dcterms:W3CDTF\">" +
                                 time_ + "</dcterms:created></cp:coreProperties>";
  return Zip({{"[Content_Types].xml", kContentTypes},
              {"_rels/.rels", kPackageRelations},
              {"docProps/core.xml", properties},
              {"word/document.xml", body},
              {"word/_rels/document.xml.rels", kDocumentRelations},
              {"word/styles.xml", kStyles},
              {"word/settings.xml", kSettings},
              {"word/footnotes.xml", footnotes}});
}

}  // namespace counsel::word
