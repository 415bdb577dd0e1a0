#include "extractor/named_properties.h"

#include "extractor/bytes.h"

namespace counsel::extractor {
namespace {

constexpr std::uint16_t kFirst = 0x8000;
constexpr std::size_t kSetBytes = 16;
constexpr std::uint16_t kFirstSet = 3;  // of the file's own; those before are known without being listed

std::string StreamOf(const CompoundFile& file, std::size_t storage, const char* name, MsgBudget* budget) {
  const auto stream = file.Find(storage, name);
  return stream ? TakeStream(file, *stream, budget).value_or("") : "";
}

void Put(std::uint32_t number, std::size_t size, std::string* out) {
  for (std::size_t i = 0; i < size; ++i) *out += static_cast<char>(number >> 8 * i & 0xFFU);
}

}  // namespace

std::uint16_t NumberInFile(const CompoundFile& file, AppointmentProperty property, MsgBudget* budget) {
  const auto names = file.Find(0, "__nameid_version1.0");
  if (!names) return 0;
  const std::string sets = StreamOf(file, *names, "__substg1.0_00020102", budget);
  const std::string listed = StreamOf(file, *names, "__substg1.0_00030102", budget);
  Bytes rest(listed);
  constexpr std::size_t kOne = 8;
  while (rest.size() >= kOne) {
    const std::uint32_t name = rest.Four();
    const unsigned kind = rest.Two();
    const unsigned index = rest.Two();
    const bool by_number = (kind & 1U) == 0;
    const std::size_t set = kind >> 1U;
    if (!by_number || name != static_cast<std::uint32_t>(property) || set < kFirstSet || index >= kFirst) continue;
    const std::size_t at = (set - kFirstSet) * kSetBytes;
    if (at + kSetBytes <= sets.size() && std::string_view(sets).substr(at, kSetBytes) == kAppointmentSet)
      return static_cast<std::uint16_t>(kFirst + index);
  }
  return 0;
}

std::string AppointmentSets() {
  return std::string(kAppointmentSet);
}

std::string AppointmentNames() {
  std::string names;
  for (std::size_t i = 0; i < kAppointmentProperties.size(); ++i) {
    Put(static_cast<std::uint32_t>(kAppointmentProperties.at(i)), 4, &names);
    Put(std::uint32_t{kFirstSet} << 1U, 2, &names);
    Put(static_cast<std::uint32_t>(i), 2, &names);
  }
  return names;
}

}  // namespace counsel::extractor
