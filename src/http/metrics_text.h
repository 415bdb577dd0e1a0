// Prometheus' text exposition format, version 0.0.4. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace counsel::http {

// One family after another: its help and type, then all its samples.
class MetricsText {
 public:
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  // `type`: "gauge", "counter" or "histogram". `help` is one line.
  void Begin(std::string_view name, std::string_view type, std::string_view help);
  // Of the family begun last. Label values may hold any text; they are escaped.
  void Add(const Labels& labels, double value);

  // Likewise one histogram of a family of that type: of the counts of each range the first bounds.size() end at the
  // bounds and the last has no end.
  void AddHistogram(const Labels& labels, const std::vector<double>& bounds, const std::vector<std::uint64_t>& counts,
                    double sum);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void AddSample(std::string_view suffix, const Labels& labels, double value);

  std::string name_;
  std::string text_;
};

}  // namespace counsel::http
