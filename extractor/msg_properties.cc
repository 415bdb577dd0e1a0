#include "extractor/msg_properties.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "base/utf8.h"
#include "extractor/bytes.h"
#include "extractor/outlook_text.h"

namespace counsel::extractor {
namespace {

constexpr std::uint16_t kText16 = 0x001F;
constexpr std::uint16_t kText8 = 0x001E;
constexpr std::uint16_t kBinary = 0x0102;
constexpr std::uint16_t kObject = 0x000D;

std::string StreamName(std::uint16_t id, std::uint16_t type) {
  std::array<char, 32> name;
  const int size = std::snprintf(name.data(), name.size(), "__substg1.0_%04X%04X", id, type);
  return {name.data(), static_cast<std::size_t>(size)};
}

// Those whose value stands with the property itself.
bool IsNumber(std::uint16_t type) {
  return type == 0x02 || type == 0x03 || type == 0x0B || type == 0x14 || type == 0x40;
}

std::size_t SizeOf(std::uint16_t type) {
  if (type == 0x02 || type == 0x0B) return 2;
  return type == 0x03 ? 4 : 8;
}

}  // namespace

std::optional<std::string> TakeStream(const CompoundFile& file, std::size_t entry, MsgBudget* budget) {
  const std::uint64_t size = file.entries()[entry].size;
  const bool sound = size <= file.size();
  if (sound && size > budget->left) {
    budget->over = true;
    return std::nullopt;
  }
  std::optional<std::string> bytes = sound ? file.Read(entry) : std::nullopt;
  if (bytes) budget->left -= size;
  if (!bytes) ++budget->damaged;
  return bytes;
}

MsgProperties::MsgProperties(const CompoundFile& file, std::size_t storage, std::size_t header, MsgBudget* budget)
    : file_(file), storage_(storage), budget_(budget) {
  const auto stream = file.Find(storage, "__properties_version1.0");
  const std::string bytes = stream ? TakeStream(file, *stream, budget).value_or("") : "";
  Bytes rest(bytes);
  (void)rest.Take(header);
  while (rest.size() >= 16) {
    const std::uint16_t type = rest.Two();
    const std::uint16_t id = rest.Two();
    (void)rest.Four();
    Bytes value(rest.Take(8));
    if (IsNumber(type)) numbers_.emplace(id, value.Number(SizeOf(type)));
  }
}

std::optional<std::string> MsgProperties::Stream(std::uint16_t id, std::uint16_t type) const {
  const auto entry = file_.Find(storage_, StreamName(id, type));
  if (!entry) return std::nullopt;
  return TakeStream(file_, *entry, budget_);
}

std::string MsgProperties::Text(std::uint16_t id) const {
  if (const auto units = Stream(id, kText16)) return RepairUtf8(FromUtf16(*units));
  const auto bytes = Stream(id, kText8);
  if (!bytes) return "";
  return RepairUtf8(charset_.empty() ? FromAnsi(*bytes) : FromAnsi(*bytes, charset_));
}

std::string MsgProperties::Binary(std::uint16_t id) const {
  return Stream(id, kBinary).value_or("");
}

std::optional<std::uint64_t> MsgProperties::Number(std::uint16_t id) const {
  const auto found = numbers_.find(id);
  return found == numbers_.end() ? std::nullopt : std::optional<std::uint64_t>(found->second);
}

std::optional<std::size_t> MsgProperties::Object(std::uint16_t id) const {
  const auto entry = file_.Find(storage_, StreamName(id, kObject));
  return entry && file_.entries()[*entry].storage ? entry : std::nullopt;
}

std::string MsgProperties::Time(std::uint16_t id) const {
  return TimeText(Number(id).value_or(0));
}

std::string TimeText(std::uint64_t filetime) {
  namespace time = std::chrono;
  constexpr std::int64_t kTo1970 = 11'644'473'600;
  constexpr std::int64_t kLatest = 253'402'300'800;  // the year 10000
  const std::int64_t seconds = static_cast<std::int64_t>(filetime / 10'000'000) - kTo1970;
  if (filetime == 0 || seconds >= kLatest) return "";
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const time::sys_seconds at{time::seconds(seconds)};
  const auto day = time::floor<time::days>(at);
  const time::year_month_day date(day);
  const time::hh_mm_ss clock(at - day);
  std::array<char, 64> text;
  const int size = std::snprintf(text.data(), text.size(), "%s, %u %s %04d %02d:%02d:%02d +0000",
                                 kDays.at(time::weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
                                 kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                                 static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                                 static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace counsel::extractor
