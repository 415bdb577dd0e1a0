// Calendars (iCalendar, RFC 5545; vCalendar's older lines as far as they are alike): each event, task and note as
// people read it. Times stay as they are written, with their time zone: none is converted.
#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "extractor/document.h"
#include "extractor/encoding.h"

namespace counsel::extractor {
namespace {

constexpr std::string_view kBegin = "BEGIN:VCALENDAR";

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

// NAME;PARAMETER="value":VALUE
struct Property {
  Property() = default;
  std::string name;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string value;

  [[nodiscard]] std::string Parameter(std::string_view wanted) const {
    for (const auto& [key, text] : parameters) {
      if (key == wanted) return text;
    }
    return "";
  }
};

Property PropertyIn(std::string_view line) {
  Property property;
  std::size_t start = 0;
  bool quoted = false;
  std::size_t at = 0;
  for (; at < line.size(); ++at) {
    if (line[at] == '"') quoted = !quoted;
    if (quoted || (line[at] != ';' && line[at] != ':')) continue;
    const std::string_view piece = line.substr(start, at - start);
    const std::size_t equals = std::min(piece.find('='), piece.size());
    if (start == 0) {
      property.name = Upper(piece);
    } else {
      std::string text(piece.substr(std::min(equals + 1, piece.size())));
      std::erase(text, '"');
      property.parameters.emplace_back(Upper(piece.substr(0, equals)), std::move(text));
    }
    start = at + 1;
    if (line[at] == ':') break;
  }
  property.value = line.substr(std::min(start, line.size()));
  if (at == line.size()) property.name.clear();  // no ':': no property
  return property;
}

// A folded line goes on in the next, behind a blank.
std::string Unfolded(std::string_view bytes) {
  std::string whole;
  whole.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (bytes[at] == '\r' && at + 1 < bytes.size() && bytes[at + 1] == '\n') continue;
    const bool folded = bytes[at] == '\n' && at + 1 < bytes.size() && (bytes[at + 1] == ' ' || bytes[at + 1] == '\t');
    if (folded) {
      ++at;
    } else {
      whole += bytes[at];
    }
  }
  return whole;
}

std::string Unescaped(std::string_view value) {
  std::string text;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const bool escaped = value[at] == '\\' && at + 1 < value.size();
    if (escaped) ++at;
    text += escaped && (value[at] == 'n' || value[at] == 'N') ? '\n' : value[at];
  }
  return text;
}

bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "20240304", of a date or the beginning of a time.
std::optional<std::chrono::year_month_day> DayOf(std::string_view value) {
  if (value.size() < 8 || !AreDigits(value.substr(0, 8))) return std::nullopt;
  const auto number = [value](std::size_t at, std::size_t size) {
    return std::stoi(std::string(value.substr(at, size)));
  };
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(6, 2)))};
  if (!day.ok()) return std::nullopt;
  return day;
}

std::string Shown(const std::chrono::year_month_day& day) {
  const auto two = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  std::string year = std::to_string(static_cast<int>(day.year()));
  year.insert(0, year.size() < 4 ? 4 - year.size() : 0, '0');
  return year + "-" + two(static_cast<unsigned>(day.month())) + "-" + two(static_cast<unsigned>(day.day()));
}

// "2024-03-04 09:30 (Europe/London)"; what is no time stays as it is written.
std::string TimeOf(std::string_view value, const std::string& named_zone) {
  const std::optional<std::chrono::year_month_day> day = DayOf(value);
  if (!day || (value.size() > 8 && value[8] != 'T')) return Unescaped(value);
  if (value.size() == 8) return Shown(*day);
  const bool whole = value.size() == 15 || (value.size() == 16 && value.ends_with('Z'));
  if (!whole || !AreDigits(value.substr(9, 6))) return Unescaped(value);
  std::string text = Shown(*day) + " " + std::string(value.substr(9, 2)) + ":" + std::string(value.substr(11, 2));
  if (value.substr(13, 2) != "00") text += ":" + std::string(value.substr(13, 2));
  const std::string zone = value.ends_with('Z') ? "UTC" : named_zone;
  return zone.empty() ? text : text + " (" + zone + ")";
}

// There may be several.
std::string TimesOf(const Property& property) {
  const std::string zone = property.Parameter("TZID");
  std::string text;
  for (std::size_t at = 0; at <= property.value.size();) {
    const std::size_t end = std::min(property.value.find(',', at), property.value.size());
    text += (at == 0 ? "" : ", ") + TimeOf(std::string_view(property.value).substr(at, end - at), zone);
    at = end + 1;
  }
  return text;
}

// "Ann Archer <ann@example.org> (accepted)"
std::string PersonOf(const Property& property) {
  std::string address = Unescaped(property.value);
  if (Upper(address.substr(0, 7)) == "MAILTO:") address.erase(0, 7);
  const std::string name = Unescaped(property.Parameter("CN"));
  std::string text = name.empty() || name == address ? address : name + " <" + address + ">";
  std::string answer = property.Parameter("PARTSTAT");
  for (char& c : answer) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::replace(answer.begin(), answer.end(), '-', ' ');
  return answer.empty() ? text : text + " (" + answer + ")";
}

// What an event says under which word.
struct Named {
  std::string_view property;
  std::string_view shown;
};
constexpr std::array kLines = {
    Named{"LOCATION", "Where"},      Named{"CLASS", "Class"},     Named{"CATEGORIES", "Categories"},
    Named{"URL", "Address"},         Named{"RRULE", "Repeats"},   Named{"CONTACT", "Contact"},
    Named{"RESOURCES", "Resources"}, Named{"COMMENT", "Comment"}, Named{"PERCENT-COMPLETE", "Done, percent"},
};
constexpr std::array kTimes = {Named{"DUE", "Due"}, Named{"COMPLETED", "Completed"}, Named{"EXDATE", "Except"},
                               Named{"RDATE", "Also"}, Named{"RECURRENCE-ID", "Instead of"}};
// For programs.
constexpr std::array<std::string_view, 9> kUnsaid = {
    "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "TRANSP", "PRIORITY", "BEGIN", "END"};

template <std::size_t kSize>
const Named* Find(const std::array<Named, kSize>& all, std::string_view property) {
  const auto found =
      std::find_if(all.begin(), all.end(), [property](const Named& one) { return one.property == property; });
  return found == all.end() ? nullptr : &*found;
}

// An event, task or note as its lines are read.
struct Entry {
  Entry() = default;
  std::string title;
  std::string status;
  std::optional<Property> start;
  std::optional<Property> end;
  std::string duration;
  std::string lines;  // "Where: …\n"
  std::string organiser;
  std::string attendees;
  std::string description;
};

std::string WhenOf(const Entry& entry) {
  if (!entry.start) return "";
  std::string text = TimesOf(*entry.start);
  const std::optional<std::chrono::year_month_day> day = DayOf(entry.start->value);
  const bool whole_days = day && entry.start->value.size() == 8;
  if (entry.end) {
    const std::optional<std::chrono::year_month_day> end = DayOf(entry.end->value);
    if (whole_days && end && entry.end->value.size() == 8) {
      // The end is the day after the last one.
      const std::chrono::sys_days last = std::chrono::sys_days(*end) - std::chrono::days(1);
      if (last > std::chrono::sys_days(*day)) text += " to " + Shown(std::chrono::year_month_day(last));
    } else {
      text += " to " + TimesOf(*entry.end);
    }
  }
  if (whole_days) text += " (all day)";
  if (!entry.duration.empty()) text += ", for " + entry.duration;
  return text;
}

class Calendar {
 public:
  Calendar(const std::string& name, const Limits& limits) : name_(name), limits_(limits) {}

  Result<Document> Read(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      Line(PropertyIn(std::string_view(text).substr(at, end - at)));
      at = end + 1;
      if (flow_.text().size() > limits_.text_bytes) return TextTooLong(name_, limits_.text_bytes);
    }
    if (entry_) {
      document_.notes.emplace_back("The calendar ends in the midst of an entry: the rest of it is missing.");
      Finish();
    }
    if (!HasText(flow_.text())) {
      return Fail(ErrorCode::kInvalidArgument, "'" + name_ + "' is a calendar without events, tasks or notes.",
                  "Add a file that has some.");
    }
    document_.media_type = "text/calendar";
    Result<void> taken = TakeText(std::move(flow_), name_, limits_.text_bytes, &document_);
    if (!taken) return Fail(std::move(taken.error()));
    return std::move(document_);
  }

 private:
  void Line(const Property& property) {
    const std::string what = Upper(property.value);
    if (property.name == "BEGIN") {
      Begin(what);
    } else if (property.name == "END") {
      if (what == kind_ && entry_) Finish();
      if (what == inside_) inside_.clear();
    } else if (entry_ && inside_.empty()) {
      Take(property);
    } else if (property.name == "METHOD" && inside_.empty()) {
      calls_off_ = what == "CANCEL";
      if (calls_off_) document_.notes.emplace_back("It calls off what it names.");
    }
  }

  void Begin(const std::string& what) {
    if (what == "VEVENT" || what == "VTODO" || what == "VJOURNAL") {
      // What was open has no end: it is not waited for.
      if (entry_) Finish();
      inside_.clear();
      entry_.emplace();
      kind_ = what;
      return;
    }
    if (!inside_.empty() || what == "VCALENDAR") return;
    inside_ = what;
    if (what != "VTIMEZONE" && what != "VALARM") {
      document_.unread.push_back(
          {"a part of the calendar (" + what + ")", "only events, tasks and notes are read", ""});
    }
  }

  void Take(const Property& property) {
    Entry& entry = *entry_;
    const std::string& name = property.name;
    if (name.empty() || name.starts_with("X-")) return;
    if (name != "ATTACH" && !property.Parameter("ENCODING").empty()) {
      document_.unread.push_back({"a line of an entry (" + name + ")", "its encoding is not read", entry.title});
    } else if (const Named* line = Find(kLines, name)) {
      AddLine(line->shown, Unescaped(property.value));
    } else if (const Named* time = Find(kTimes, name)) {
      AddLine(time->shown, TimesOf(property));
    } else if (name == "STATUS") {
      entry.status = property.value;
    } else if (name == "SUMMARY") {
      entry.title = Unescaped(property.value);
    } else if (name == "DESCRIPTION") {
      entry.description += (entry.description.empty() ? "" : "\n\n") + Unescaped(property.value);
    } else if (name == "DTSTART") {
      entry.start = property;
    } else if (name == "DTEND") {
      entry.end = property;
    } else if (name == "DURATION") {
      entry.duration = property.value;
    } else if (name == "ORGANIZER") {
      entry.organiser = PersonOf(property);
    } else if (name == "ATTENDEE") {
      entry.attendees += (entry.attendees.empty() ? "" : "; ") + PersonOf(property);
    } else if (name == "ATTACH" && property.Parameter("ENCODING").empty()) {
      AddLine("Attachment", property.value);
    } else if (std::find(kUnsaid.begin(), kUnsaid.end(), name) == kUnsaid.end()) {
      const std::string part = name == "ATTACH" ? "a file in the calendar" : "a line of an entry (" + name + ")";
      document_.unread.push_back({part, "it is not looked at", entry.title});
    }
  }

  void AddLine(std::string_view shown, const std::string& text) {
    if (HasText(text)) entry_->lines += std::string(shown) + ": " + text + "\n";
  }

  void Finish() {
    const Entry entry = std::move(*entry_);
    entry_.reset();
    inside_.clear();
    Flow title;
    const char* what = kind_ == "VTODO" ? "Task" : kind_ == "VJOURNAL" ? "Note" : "Event";
    title.Write(HasText(entry.title) ? entry.title : what);
    title.JoinLines();
    title.TrimEnd();
    // Whoever reads on must not take it for an appointment.
    const bool cancelled = calls_off_ || Upper(entry.status) == "CANCELLED";
    if (cancelled) title.Write(" (cancelled)");
    title.Mark(SpanKind::kHeading, 1, 0, title.size());
    flow_.Append(std::move(title), "\n\n");
    const std::string when = WhenOf(entry);
    std::string lines;
    if (!when.empty()) lines += "When: " + when + "\n";
    if (cancelled) {
      lines.insert(0, "Status: cancelled\n");
    } else if (!entry.status.empty()) {
      lines += "Status: " + entry.status + "\n";
    }
    lines += entry.lines;
    if (!entry.organiser.empty()) lines += "Organiser: " + entry.organiser + "\n";
    if (!entry.attendees.empty()) lines += "Attendees: " + entry.attendees + "\n";
    for (const std::string& text : {lines, entry.description}) {
      Flow block;
      block.Write(text);
      block.TrimEnd();
      flow_.Append(std::move(block), "\n\n");
    }
  }

  const std::string& name_;
  const Limits& limits_;
  Document document_;
  Flow flow_;
  std::optional<Entry> entry_;  // the one being read,
  std::string kind_;            // and what it is
  bool calls_off_ = false;      // METHOD:CANCEL
  std::string inside_;          // a part of the calendar or entry that is passed over
};

}  // namespace

bool LooksLikeCalendar(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return Upper(bytes.substr(0, kBegin.size())) == kBegin;
}

Result<Document> ReadCalendar(std::string_view bytes, const std::string& name, const Limits& limits) {
  std::vector<std::string> notes;
  // Before its characters are decoded: a fold may stand between the bytes of one.
  Result<std::string> text = Decode(Unfolded(bytes), name, "", &notes);
  if (!text) return Fail(std::move(text.error()));
  Result<Document> document = Calendar(name, limits).Read(*text);
  if (document) document->notes.insert(document->notes.begin(), notes.begin(), notes.end());
  return document;
}

}  // namespace counsel::extractor
