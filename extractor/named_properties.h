// Properties of Outlook forms (appointments), which each file numbers as it likes: a table in it says which is which
// (MS-OXMSG 2.2.3).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "extractor/compound_file.h"
#include "extractor/msg_properties.h"

namespace counsel::extractor {

// Those that are read, all of one set (PSETID_Appointment).
enum class AppointmentProperty : std::uint16_t { kPlace = 0x8208, kBegins = 0x820D, kEnds = 0x820E };
inline constexpr std::array kAppointmentProperties = {AppointmentProperty::kPlace, AppointmentProperty::kBegins,
                                                      AppointmentProperty::kEnds};
// The set, as its sixteen bytes stand in files.
inline constexpr std::string_view kAppointmentSet{"\x02\x20\x06\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46",
                                                  16};

// The file's own number of a property; 0: it has none of that name.
[[nodiscard]] std::uint16_t NumberInFile(const CompoundFile& file, AppointmentProperty property, MsgBudget* budget);

// The table's two streams for a file that numbers them from 0x8000 on, as kAppointmentProperties lists them.
[[nodiscard]] std::string AppointmentSets();
[[nodiscard]] std::string AppointmentNames();

}  // namespace counsel::extractor
