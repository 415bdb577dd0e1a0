#include "net/reply_head.h"

#include "net/ascii.h"

namespace counsel::net {
namespace {

std::string_view Reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 507:
      return "Insufficient Storage";
    default:
      return "";
  }
}

// A value from outside (a file's name) must not start a header of its own.
void AppendClean(std::string_view text, std::string* out) {
  for (const char c : text) *out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
}

bool IsOurs(std::string_view name) {
  return SameWord(name, "Content-Length") || SameWord(name, "Connection") || SameWord(name, "Transfer-Encoding");
}

std::string JsonString(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20) {
      quoted += "\\u00";
      quoted += kHex[byte >> 4];
      quoted += kHex[byte & 15];
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace

std::string FormatReplyHead(const Reply& reply, ReplyFraming framing, ReplyConnection connection) {
  std::string head;
  head.reserve(256);
  head.append("HTTP/1.1 ").append(std::to_string(reply.status)).append(" ").append(Reason(reply.status)).append("\r\n");
  // A browser neither hands it to a page of another origin nor takes it for what it was not declared to be.
  head += "Cross-Origin-Resource-Policy: same-origin\r\nX-Content-Type-Options: nosniff\r\n";
  for (const auto& [name, value] : reply.headers) {
    if (IsOurs(name)) continue;
    AppendClean(name, &head);
    head += ": ";
    AppendClean(value, &head);
    head += "\r\n";
  }
  if (framing == ReplyFraming::kLength) {
    head.append("Content-Length: ").append(std::to_string(reply.body.size())).append("\r\n");
  }
  if (framing == ReplyFraming::kChunked) head += "Transfer-Encoding: chunked\r\n";
  if (connection == ReplyConnection::kClose) head += "Connection: close\r\n";
  if (connection == ReplyConnection::kKeepAlive) head += "Connection: keep-alive\r\n";
  head += "\r\n";
  return head;
}

Reply ErrorReply(int status, std::string_view code, std::string_view message) {
  return Reply(status, "application/json",
               "{\"error\":{\"code\":" + JsonString(code) + ",\"message\":" + JsonString(message) + "}}");
}

}  // namespace counsel::net
