// Server-sent events, as the HTML standard defines them (no id, no retry: nobody reconnects to our streams).
#include "net/http.h"

namespace counsel::net {

std::string FormatEvent(std::string_view name, std::string_view data) {
  std::string text;
  text.reserve(name.size() + data.size() + 24);
  if (!name.empty()) {
    text += "event: ";
    for (const char c : name) text += c == '\r' || c == '\n' ? ' ' : c;
    text += '\n';
  }
  for (;;) {
    const std::size_t end = data.find_first_of("\r\n");
    text += "data: ";
    text += data.substr(0, end);
    text += '\n';
    if (end == std::string_view::npos) break;
    const bool both = data[end] == '\r' && end + 1 < data.size() && data[end + 1] == '\n';
    data.remove_prefix(end + (both ? 2 : 1));
  }
  text += '\n';
  return text;
}

Result<std::vector<Event>> EventParser::Feed(std::string_view bytes) {
  std::vector<Event> events;
  while (!bytes.empty()) {
    if (after_cr_ && bytes.front() == '\n') bytes.remove_prefix(1);
    after_cr_ = false;
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view part = bytes.substr(0, end);
    if (pending_.size() + part.size() + event_.data.size() > limit_) {
      return Fail(ErrorCode::kTooLarge, "An event of the stream is larger than " + std::to_string(limit_) + " bytes.");
    }
    if (end == std::string_view::npos) {
      pending_ += part;
      break;
    }
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (pending_.empty()) {
      TakeLine(part, &events);
    } else {
      pending_ += part;
      TakeLine(pending_, &events);
      pending_.clear();
    }
  }
  return events;
}

void EventParser::TakeLine(std::string_view line, std::vector<Event>* events) {
  if (first_line_ && line.substr(0, 3) == "\xEF\xBB\xBF") line.remove_prefix(3);
  first_line_ = false;
  if (line.empty()) {
    if (has_data_) {
      if (event_.name.empty()) event_.name = "message";
      events->push_back(std::move(event_));
    }
    event_ = Event();
    has_data_ = false;
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  if (field == "event") {
    event_.name = value;
  } else if (field == "data") {
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
  }
}

}  // namespace counsel::net
