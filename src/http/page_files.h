// The page's own files, as web/bundle.py made them: constant data of the program, mapped from its file, that costs
// nothing until a browser asks.
#pragma once

#include <cstddef>
#include <string_view>

namespace counsel::http {

struct PageFile {
  std::string_view name;   // "index.html", or with a digest of its content: "app-3F2A91BC.js"
  std::string_view type;   // of its content
  std::string_view gzip;   // its content, compressed
  std::string_view plain;  // its content; "" where only the compressed one is kept
  std::string_view digest;
};

// All of them, `count` in number; none in a program that was built without what bundles the page.
[[nodiscard]] const PageFile* PageFiles(std::size_t* count);

}  // namespace counsel::http
