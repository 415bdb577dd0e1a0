// What readers of MIME (mail.cc, web_archive.cc) ask of GMime.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <gmime/gmime.h>

namespace counsel::extractor {

inline constexpr int kDeepestPart = 32;  // parts within parts

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

[[nodiscard]] std::string Lower(std::string_view text);
// Valid UTF-8; "" for none.
[[nodiscard]] std::string Text(const char* text);
// Nothing when the bytes are no message.
[[nodiscard]] Ref<GMimeMessage> ParseMessage(std::string_view bytes);
[[nodiscard]] std::string BytesOf(GMimeStream* memory);
// Its transfer encoding undone.
[[nodiscard]] std::string ContentOf(GMimePart* part);
[[nodiscard]] std::string TypeOf(GMimeObject* part);  // "text/html"
[[nodiscard]] std::string ParameterOf(GMimeObject* part, const char* name);
[[nodiscard]] std::string FileNameOf(GMimePart* part);
// On one line, its words decoded.
[[nodiscard]] std::string HeaderText(GMimeObject* message, const char* name);

}  // namespace counsel::extractor
