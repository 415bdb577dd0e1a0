#include "http/metrics_text.h"

#include <gtest/gtest.h>

namespace counsel::http {
namespace {

TEST(MetricsText, WritesAFamilyWithItsHelpAndType) {
  MetricsText metrics;
  metrics.Begin("x_bytes", "gauge", "Bytes of x.");
  metrics.Add({}, 0);
  metrics.Begin("y", "counter", "Of y.");
  metrics.Add({{"a", "1"}, {"b", "2"}}, 1.5);
  EXPECT_EQ(metrics.text(),
            "# HELP x_bytes Bytes of x.\n# TYPE x_bytes gauge\nx_bytes 0\n"
            "# HELP y Of y.\n# TYPE y counter\ny{a=\"1\",b=\"2\"} 1.5\n");
}

TEST(MetricsText, EscapesLabelValues) {
  MetricsText metrics;
  metrics.Begin("x", "gauge", "X.");
  metrics.Add({{"model", "a\"b\\c\nd"}}, 1);
  EXPECT_NE(metrics.text().find("x{model=\"a\\\"b\\\\c\\nd\"} 1\n"), std::string::npos);
}

TEST(MetricsText, KeepsEveryByteOfLargeNumbers) {
  MetricsText metrics;
  metrics.Begin("x", "gauge", "X.");
  metrics.Add({}, 137438953473.0);
  EXPECT_NE(metrics.text().find("x 137438953473\n"), std::string::npos);
}

TEST(MetricsText, AHistogramsBucketsCountAllUpToTheirEnds) {
  MetricsText metrics;
  metrics.Begin("t_seconds", "histogram", "T.");
  metrics.AddHistogram({{"model", "m"}}, {0.001, 1}, {2, 0, 3}, 7.5);
  EXPECT_EQ(metrics.text(),
            "# HELP t_seconds T.\n# TYPE t_seconds histogram\n"
            "t_seconds_bucket{model=\"m\",le=\"0.001\"} 2\nt_seconds_bucket{model=\"m\",le=\"1\"} 2\n"
            "t_seconds_bucket{model=\"m\",le=\"+Inf\"} 5\nt_seconds_sum{model=\"m\"} 7.5\n"
            "t_seconds_count{model=\"m\"} 5\n");
}

}  // namespace
}  // namespace counsel::http
