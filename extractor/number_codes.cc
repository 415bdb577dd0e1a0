// The number formats that spreadsheets know by number.
#include <array>

#include "extractor/number_format.h"

namespace counsel::extractor {

std::string_view BuiltInFormat(int id) {
  struct Known {
    int id;
    std::string_view code;
  };
  constexpr std::array kKnown = {Known{1, "0"},
                                 Known{2, "0.00"},
                                 Known{3, "#,##0"},
                                 Known{4, "#,##0.00"},
                                 Known{9, "0%"},
                                 Known{10, "0.00%"},
                                 Known{11, "0.00E+00"},
                                 Known{14, kSystemDate},
                                 Known{15, "d-mmm-yy"},
                                 Known{16, "d-mmm"},
                                 Known{17, "mmm-yy"},
                                 Known{18, "h:mm AM/PM"},
                                 Known{19, "h:mm:ss AM/PM"},
                                 Known{20, "h:mm"},
                                 Known{21, "h:mm:ss"},
                                 Known{22, kSystemDateAndTime},
                                 Known{37, "#,##0;(#,##0)"},
                                 Known{38, "#,##0;(#,##0)"},
                                 Known{39, "#,##0.00;(#,##0.00)"},
                                 Known{40, "#,##0.00;(#,##0.00)"},
                                 Known{41, "#,##0;(#,##0);\"-\""},
                                 Known{42, "#,##0;(#,##0);\"-\""},
                                 Known{43, "#,##0.00;(#,##0.00);\"-\""},
                                 Known{44, "#,##0.00;(#,##0.00);\"-\""},
                                 Known{45, "mm:ss"},
                                 Known{46, "[h]:mm:ss"},
                                 Known{47, "mm:ss"},
                                 Known{48, "##0.0E+0"},
                                 Known{49, "@"}};
  for (const Known& known : kKnown) {
    if (known.id == id) return known.code;
  }
  return "General";
}

}  // namespace counsel::extractor
