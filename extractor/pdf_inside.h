// What pdf_file.cc and pdf_objects.cc share: poppler's document. For nobody else.
#pragma once

#include <memory>

#include <PDFDoc.h>

#include "extractor/pdf_file.h"

namespace counsel::extractor {

struct PdfFile::Inside {
  Inside() = default;
  std::unique_ptr<PDFDoc> document;
};

}  // namespace counsel::extractor
