#include "review/forms.h"

#include <algorithm>
#include <array>
#include <utility>

namespace counsel::review {
namespace {

constexpr std::size_t kGap = 5;
constexpr std::size_t kWideGap = 15;
constexpr std::size_t kMostItems = 16;

std::vector<std::string_view> Parts(std::string_view text, char between) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(between, from), text.size());
    if (end > from) parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

}  // namespace

Result<Form> Form::Read(std::string_view text) {
  Form form;
  form.text_ = text;
  for (const std::string_view part : Parts(text, ' ')) {
    if (form.has_value_) return Fail(ErrorCode::kInvalidArgument, "'{}' must stand last in '" + form.text_ + "'.");
    if (part == "^" && form.items_.empty()) {
      form.at_beginning_ = true;
      continue;
    }
    if (part == "{}") {
      form.has_value_ = true;
      continue;
    }
    Item item;
    item.colon = part == ":";
    item.gap = part == "*" ? kGap : part == "**" ? kWideGap : 0;
    if (!item.colon && item.gap == 0) {
      for (const std::string_view one : Parts(part, '|')) {
        for (std::string& stem : StemsOf(one)) item.stems.push_back(std::move(stem));
      }
      if (item.stems.empty()) {
        return Fail(ErrorCode::kInvalidArgument, "'" + std::string(part) + "' in '" + form.text_ + "' is no word.");
      }
    }
    form.items_.push_back(std::move(item));
  }
  const bool any =
      !form.items_.empty() && !form.items_.front().stems.empty() && (form.has_value_ || form.items_.back().gap == 0);
  if (!any) return Fail(ErrorCode::kInvalidArgument, "'" + form.text_ + "' must begin and end with a word.");
  if (form.items_.size() > kMostItems) {
    return Fail(ErrorCode::kInvalidArgument,
                "'" + form.text_ + "' has more than " + std::to_string(kMostItems) + " words.");
  }
  return form;
}

std::size_t Form::EndAt(const Wording& wording, std::size_t i, std::size_t item) const {
  if (item == items_.size()) return i;
  if (items_[item].colon) {
    const bool colon = i < wording.size() && wording[i].punctuation == ':';
    if (colon) return EndAt(wording, i + 1, item + 1);
    // A label of its own line.
    return i < wording.size() && wording.LineBefore(i) ? EndAt(wording, i, item + 1) : 0;
  }
  if (items_[item].gap > 0) {
    std::size_t at = i;
    for (std::size_t skipped = 0; skipped <= items_[item].gap; ++skipped) {
      if (const std::size_t end = EndAt(wording, at, item + 1); end > 0) return end;
      if (at >= wording.size() || (at > 0 && wording.BreakBefore(at))) return 0;
      ++at;
    }
    return 0;
  }
  if (i >= wording.size() || (item > 0 && wording.BreakBefore(i))) return 0;
  const std::vector<std::string>& stems = items_[item].stems;
  if (std::find(stems.begin(), stems.end(), wording.Stem(i)) == stems.end()) return 0;
  return EndAt(wording, i + 1, item + 1);
}

std::vector<Form::Found> Form::Find(const Wording& wording) const {
  std::vector<Found> all;
  for (const std::string& stem : items_.front().stems) {
    for (const std::size_t i : wording.At(stem)) {
      // Behind a list's number too: "1. Rent:".
      const bool begins = wording.LineBefore(i) || wording.BreakBefore(i) ||
                          (i > 0 && wording.LineBefore(i - 1) && wording[i - 1].digits) ||
                          (i > 1 && wording.LineBefore(i - 2) && wording[i - 1].punctuation != 0) ||
                          (i > 2 && wording.LineBefore(i - 3) && wording[i - 1].punctuation == ')');
      if (at_beginning_ && !begins) continue;
      const std::size_t end = EndAt(wording, i, 0);
      if (end == 0) continue;
      Found found;
      found.first = i;
      found.last = end;
      all.push_back(found);
    }
  }
  std::sort(all.begin(), all.end(), [](const Found& a, const Found& b) { return a.first < b.first; });
  return all;
}

bool Form::IsIn(const Wording& wording, std::size_t first, std::size_t last) const {
  for (std::size_t i = first; i < last; ++i) {
    const std::vector<std::string>& stems = items_.front().stems;
    if (std::find(stems.begin(), stems.end(), wording.Stem(i)) == stems.end()) continue;
    const std::size_t end = EndAt(wording, i, 0);
    if (end > 0 && end <= last) return true;
  }
  return false;
}

bool Form::Denies() const {
  static constexpr std::array<std::string_view, 8> kDenials = {"not",   "no",      "neither", "without",
                                                               "never", "nothing", "refrain", "unsecur"};
  return std::any_of(items_.begin(), items_.end(), [](const Item& item) {
    return std::any_of(item.stems.begin(), item.stems.end(), [](const std::string& stem) {
      return std::find(kDenials.begin(), kDenials.end(), stem) != kDenials.end();
    });
  });
}

std::vector<std::string> Form::Stems() const {
  std::vector<std::string> stems;
  for (const Item& item : items_) stems.insert(stems.end(), item.stems.begin(), item.stems.end());
  return stems;
}

}  // namespace counsel::review
