// The parts of a Word document that are the same in each (document.h): styles, settings, what the parts are.
#pragma once

#include <string_view>

namespace counsel::word {

inline constexpr std::string_view kXml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
inline constexpr std::string_view kMain = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

extern const std::string_view kContentTypes, kPackageRelations, kDocumentRelations, kStyles, kSettings;
extern const std::string_view kSeparators;       // the first two footnotes, which are the lines above them
extern const std::string_view kPropertiesBegin;  // of docProps/core.xml, up to the title

}  // namespace counsel::word
