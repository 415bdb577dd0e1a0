#include "extractor/mail_parts.h"

#include "base/utf8.h"
#include "extractor/encoding.h"
#include "extractor/mail_header.h"

namespace counsel::extractor {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string Text(const char* text) {
  return text == nullptr ? std::string() : RepairUtf8(text);
}

Ref<GMimeMessage> ParseMessage(std::string_view bytes) {
  const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  g_mime_parser_set_format(parser.get(), GMIME_FORMAT_MESSAGE);
  return Ref<GMimeMessage>(g_mime_parser_construct_message(parser.get(), nullptr));
}

std::string BytesOf(GMimeStream* memory) {
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

std::string ContentOf(GMimePart* part) {
  GMimeDataWrapper* content = g_mime_part_get_content(part);
  if (content == nullptr) return "";
  const Ref<GMimeStream> memory(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, memory.get());
  return BytesOf(memory.get());
}

std::string TypeOf(GMimeObject* part) {
  char* type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part));
  std::string text = Lower(Text(type));
  g_free(type);
  return text;
}

std::string ParameterOf(GMimeObject* part, const char* name) {
  return Text(g_mime_object_get_content_type_parameter(part, name));
}

std::string FileNameOf(GMimePart* part) {
  const auto raw = [part](const char* name) {
    GMimeHeader* header = g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(part)), name);
    const char* value = header == nullptr ? nullptr : g_mime_header_get_raw_value(header);
    return std::string(value == nullptr ? "" : value);
  };
  std::string name = HeaderParameter(raw("Content-Disposition"), "filename");
  if (name.empty()) name = HeaderParameter(raw("Content-Type"), "name");
  return name.empty() ? DecodeWords(Text(g_mime_part_get_filename(part))) : name;
}

std::string HeaderText(GMimeObject* message, const char* name) {
  GMimeHeader* header = g_mime_header_list_get_header(g_mime_object_get_header_list(message), name);
  const char* raw = header == nullptr ? nullptr : g_mime_header_get_raw_value(header);
  if (raw == nullptr) return "";
  std::string text =
      RepairUtf8(DecodeWords(ValidUtf8(raw) ? std::string(raw) : ConvertFrom("windows-1252", raw).value_or("")));
  // Folded lines are one.
  std::string line;
  for (char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace counsel::extractor
