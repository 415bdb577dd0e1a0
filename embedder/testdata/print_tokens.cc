// print_tokens TOKENIZER.json: for each line of stdin, a JSON string, prints its token ids with [CLS] and [SEP]. For
// compare_tokens.py.
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "wordpiece.h"

int main(int argc, char** argv) {
  using namespace counsel;
  if (argc != 2) return 2;
  const Result<std::string> json = ReadFile(argv[1], embedder::kMaxTokenizerBytes);
  if (!json) return std::cerr << json.error().ToString() << '\n', 1;
  const Result<embedder::WordPiece> tokenizer = embedder::WordPiece::FromJson(*json);
  if (!tokenizer) return std::cerr << tokenizer.error().ToString() << '\n', 1;
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const std::string text = nlohmann::json::parse(line).get<std::string>();
    const char* separator = "";
    for (const auto id : tokenizer->Encode(text, std::size_t{1} << 30).ids) {
      std::cout << separator << id;
      separator = " ";
    }
    std::cout << '\n';
  }
  return 0;
}
