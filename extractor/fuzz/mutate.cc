// Where there is no libFuzzer (it comes with clang): the same targets, fed with random mutations of documents.
//
//   X_fuzz [--seconds S | --runs N] [--seed N] [FILE…]     FILE: what to start from instead of our own documents
//
// The same seed and files give the same inputs. The sanitizers end it at the first fault; the input is then in the file
// fuzz-input, and `X_fuzz --runs 0 fuzz-input` reads it again.
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Where the target has something to set up.
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);
// In the sanitizers' builds only.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

using Clock = std::chrono::steady_clock;

// Short, so that a mutation hits something that matters.
const std::array<std::string, 10> kDocuments = {
    "The licence runs for three years.\r\n\r\n1. Rent is \xC2\xA3 5.\n",
    std::string("\xFF\xFER\0e\0n\0t\0 \0\x3D\xD8\0\xDE", 14),
    std::string("\xFE\xFF\0R\0e\0n\0t", 10),
    "\xEF\xBB\xBFRent \xE2\x82\xAC 5, e\xCC\x81",
    "Fee: \x80 5, said the \x93Licensor\x94, caf\xE9 owner of the premises",
    "# Terms\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n[1]: http://x\n",
    "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\pard Rent \\u8364 ?\\'e9\\par{\\*\\x y}\\trowd a\\cell "
    "b\\cell\\row "
    "{\\footnote n}}",
    "<!DOCTYPE html><html><head><title>T</title></head><body><h1>A</h1><p>Rent &amp; more<table><tr><td>1<td>2</table>"
    "<ol><li>x</ol></body></html>",
    "From: a@example.com\r\nSubject: =?utf-8?q?R=C3=A9?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
    "boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
    "base64\r\n\r\nUmVudA==\r\n--b\r\nContent-Disposition: attachment; filename=\"a.txt\"\r\n\r\nx\r\n--b--\r\n",
    "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"b\">]><l x=\"1\">&a;<![CDATA[c]]></l>"};

constexpr std::array<std::string_view, 24> kPieces = {"\xEF\xBB\xBF",
                                                      "\xFF\xFE",
                                                      "\xC0\x80",
                                                      "\xED\xA0\x80",
                                                      "\xF4\x90\x80\x80",
                                                      "\xF0\x9F",
                                                      "\r",
                                                      "\n\n",
                                                      "\\u-1 ",
                                                      "\\bin9 ",
                                                      "{",
                                                      "}",
                                                      "\\'zz",
                                                      "\\uc9",
                                                      "<table>",
                                                      "</p>",
                                                      "&#x110000;",
                                                      "<!--",
                                                      "\r\n\r\n",
                                                      "--b\r\n",
                                                      "=?utf-8?b?/w==?=",
                                                      "]]>",
                                                      "\x1B",
                                                      "\xEF\xBF\xBF"};

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::string Next(const std::vector<std::string>& from) {
    std::string input = from[Below(from.size())];
    for (std::size_t changes = 1 + Below(8); changes > 0; --changes) Change(&input, from);
    constexpr std::size_t kMost = 64 << 10;
    if (input.size() > kMost) input.resize(kMost);
    return input;
  }

 private:
  // From 0; a plain remainder, since distributions differ between libraries.
  std::size_t Below(std::size_t end) { return end == 0 ? 0 : static_cast<std::size_t>(random_() % end); }

  void Change(std::string* input, const std::vector<std::string>& from) {
    const std::size_t at = Below(input->size() + 1);
    const std::size_t length = Below(std::size_t{1} << Below(10));
    switch (Below(7)) {
      case 0:
        if (at < input->size()) (*input)[at] = static_cast<char>((*input)[at] ^ (1 << Below(8)));
        return;
      case 1:
        if (at < input->size()) (*input)[at] = static_cast<char>(random_());
        return;
      case 2:
        input->insert(at, kPieces[Below(kPieces.size())]);
        return;
      case 3:
        input->erase(at, length);
        return;
      case 4:  // the same once more
        input->insert(Below(input->size() + 1), input->substr(at, length));
        return;
      case 5: {  // a part of another
        const std::string& other = from[Below(from.size())];
        input->insert(at, other, Below(other.size() + 1), length);
        return;
      }
      default:
        input->insert(at, length, static_cast<char>(random_()));
    }
  }

  std::mt19937_64 random_;
};

std::string current;  // for the death callback

void SaveCurrent() {
  std::ofstream("fuzz-input", std::ios::binary) << current;
  std::fputs("The input is in the file fuzz-input.\n", stderr);
}

struct Arguments {
  std::uint64_t seed = 1;
  std::uint64_t runs = 20'000;
  double seconds = 0;
  std::vector<std::string> documents;
};

Arguments Parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const bool valued = option.starts_with("--") && i + 1 < argc;
    if (option == "--seed" && valued) {
      arguments.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (option == "--runs" && valued) {
      arguments.runs = std::strtoull(argv[++i], nullptr, 10);
    } else if (option == "--seconds" && valued) {
      arguments.seconds = std::strtod(argv[++i], nullptr);
    } else {
      std::ifstream file(argv[i], std::ios::binary);
      arguments.documents.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  if (arguments.documents.empty()) arguments.documents.assign(kDocuments.begin(), kDocuments.end());
  return arguments;
}

void Feed(const std::string& input) {
  current = input;
  // A copy of just its size: a read beyond its end is seen.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(SaveCurrent);
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
  const Arguments arguments = Parse(argc, argv);
  const auto end = Clock::now() + std::chrono::duration<double>(arguments.seconds);
  for (const std::string& document : arguments.documents) Feed(document);
  Mutator mutator(arguments.seed);
  std::uint64_t runs = 0;
  while (arguments.seconds > 0 ? Clock::now() < end : runs < arguments.runs) {
    Feed(mutator.Next(arguments.documents));
    ++runs;
  }
  std::printf("%llu inputs, no fault\n", static_cast<unsigned long long>(runs));
}
