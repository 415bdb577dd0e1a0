// A PDF as poppler's own library reads it, for what its C++ interface hides: lines with their places, page labels,
// annotations, forms, files that are pinned to pages. That library promises no stable interface: all of it that we use
// is in pdf_file.cc, pdf_ticks.cc and pdf_objects.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "extractor/page_layout.h"

namespace counsel::extractor {

struct Embedded;
struct Limits;

// What somebody put onto a page.
struct PdfMark {
  PdfMark() = default;
  enum class Kind { kComment, kStruckOut, kRedaction, kFile, kOther } kind = Kind::kComment;
  std::string subtype;  // "Highlight"
  std::string author;
  std::string date;  // 2024-03-01, "" when it does not say
  std::string text;  // what it says
  std::string over;  // the words of the page that it stands over
};

// An entry of the outline: "Tab 4: Witness statement of Ann Archer", and the page that it leads to.
struct PdfBookmark {
  PdfBookmark() = default;
  std::string title;
  int level = 1;
  int page = 0;
  bool at_top = false;  // of the page, or it leads to the page as a whole
};

class PdfFile {
 public:
  // `bytes` must outlive it. kPermissionDenied (a password), kCorrupt.
  [[nodiscard]] static Result<std::unique_ptr<PdfFile>> Open(std::string_view bytes, const std::string& name);
  ~PdfFile();

  [[nodiscard]] int pages() const;
  // Pages from 1. false: it is damaged.
  [[nodiscard]] bool Layout(int page, PageLayout* layout);
  // "iv", "B-102"; "" where that is the page's number, or nothing is said.
  [[nodiscard]] std::string Label(int page);
  [[nodiscard]] std::vector<PdfMark> Marks(int page, const PageLayout& layout);
  // Pictures in the page's resources that are large enough to be a scan of it.
  [[nodiscard]] bool HasScan(int page);
  // The outline's entries that lead to pages, in its order; at most 5,000.
  [[nodiscard]] std::vector<PdfBookmark> Bookmarks();
  // Files inside it: named by the document, and pinned to its pages. kTooLarge.
  [[nodiscard]] Result<std::vector<Embedded>> Files(const std::string& name, const Limits& limits);
  // The XML of the data of a form in XFA; "" when there is none.
  [[nodiscard]] std::string FormData(std::size_t limit);
  // Names of layers that are switched off, as the document is shown.
  [[nodiscard]] std::vector<std::string> HiddenLayers();

 private:
  // Boxes of a form, ticked and not, among the words beside them; not on pages that are turned.
  void AddTicks(int page, PageLayout* layout);

  struct Inside;
  explicit PdfFile(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace counsel::extractor
