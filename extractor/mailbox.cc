#include "extractor/mailbox.h"

#include <algorithm>

#include "base/mail_store.h"

namespace counsel::extractor {

std::size_t MailBegins(std::string_view bytes, std::string_view mail) {
  const auto at = static_cast<std::size_t>(mail.data() - bytes.data());
  const std::size_t end = at < 2 ? std::string_view::npos : bytes.rfind('\n', at - 2);
  return end == std::string_view::npos ? 0 : end + 1;
}

std::vector<std::string_view> SplitMailbox(std::string_view bytes, std::size_t most) {
  std::vector<std::size_t> starts;
  std::vector<std::size_t> ends;
  bool blank = true;  // the line before is empty
  for (std::size_t at = 0; at < bytes.size() && starts.size() <= most;) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::size_t next = std::min(end + 1, bytes.size());
    const std::string_view line = bytes.substr(at, end - at);
    if (blank && line.starts_with("From ") && BeginsHeaders(bytes.substr(next))) {
      if (!starts.empty()) ends.push_back(at);
      starts.push_back(next);
    }
    blank = line.empty() || line == "\r";
    at = end + 1;
  }
  ends.push_back(bytes.size());
  std::vector<std::string_view> mails;
  for (std::size_t i = 0; i < starts.size(); ++i) mails.push_back(bytes.substr(starts[i], ends[i] - starts[i]));
  return mails;
}

std::string UnquoteFrom(std::string_view mail) {
  std::string text;
  text.reserve(mail.size());
  for (std::size_t at = 0; at < mail.size();) {
    const std::size_t end = std::min(mail.find('\n', at), mail.size());
    std::string_view line = mail.substr(at, std::min(end + 1, mail.size()) - at);
    const std::size_t marks = std::min(line.find_first_not_of('>'), line.size());
    if (marks > 0 && line.substr(marks).starts_with("From ")) line.remove_prefix(1);
    text += line;
    at = end + 1;
  }
  return text;
}

}  // namespace counsel::extractor
