// Numbers of lists: levels as a document defines them, then paragraphs and restarts in any order.
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "extractor/fuzz/promises.h"
#include "extractor/numbering.h"

namespace {

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  std::string_view Take(std::size_t size) {
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  std::uint8_t Byte() {
    const std::string_view one = Take(1);
    return one.empty() ? 0 : static_cast<std::uint8_t>(one.front());
  }
  int Number() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | Byte();
    return static_cast<int>(value);
  }

 private:
  std::string_view bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace counsel::extractor;  // NOLINT(google-build-using-namespace)
  constexpr const char* kFormats[] = {"decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman",
                                      "bullet",  "none",        "decimalZero", "ordinal"};
  Bytes bytes(std::string_view(reinterpret_cast<const char*>(data), size));
  List list;
  for (ListLevel& level : list) {
    level.format = kFormats[bytes.Byte() % std::size(kFormats)];
    level.start = bytes.Number();
    level.all_decimal = bytes.Byte() % 2 == 1;
    level.text = bytes.Take(bytes.Byte() % 64);
  }
  ListCounters counters;
  while (!bytes.empty()) {
    const std::uint8_t what = bytes.Byte();
    const std::string key(1, static_cast<char>('a' + what % 3));
    const int level = static_cast<int>(bytes.Byte()) - 100;
    if (what % 7 == 0) {
      counters.Restart(key, level, bytes.Number());
    } else if (what % 7 == 1) {
      counters.Forget(key);
    } else {
      const std::string label = counters.Next(key, list, level);
      counsel::fuzz::Require(label.size() <= 64 * 40, "a label is short");
    }
  }
  return 0;
}
