#include "net/message_parser.h"

#include <algorithm>

// gcc 12 with sanitizers takes an empty boost::optional for an uninitialised one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <boost/beast/http/basic_parser.hpp>
#pragma GCC diagnostic pop
#include <boost/beast/http/error.hpp>

namespace counsel::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using BeastError = boost::beast::error_code;

std::string ToString(string_view text) {
  return {text.data(), text.size()};
}

Error Explain(const BeastError& error, bool head_done) {
  if (error == http::error::header_limit) return {ErrorCode::kTooLarge, "The head of the HTTP message is too large."};
  if (error == http::error::body_limit) return {ErrorCode::kTooLarge, "The body of the HTTP message is too large."};
  if (error == http::error::bad_version) {
    return {ErrorCode::kInvalidArgument, "The message is not HTTP/1.0 or HTTP/1.1."};
  }
  return {ErrorCode::kInvalidArgument, std::string("The HTTP message is malformed (") +
                                           (head_done ? "in its body: " : "in its head: ") + error.message() + ")."};
}

template <bool is_request>
class BeastParser final : public MessageParser, private http::basic_parser<is_request> {
  using Base = http::basic_parser<is_request>;

 public:
  BeastParser(std::size_t head_limit, std::uint64_t body_limit, bool without_body) : chunks_left_(body_limit) {
    Base::header_limit(static_cast<std::uint32_t>(head_limit));
    Base::body_limit(boost::none);  // Beast's limit does not tell a large body from a large head
    Base::skip(without_body);
  }

  Result<std::size_t> Put(std::string_view bytes, std::string* body, std::size_t room) override {
    body_ = body;
    room_ = room;
    std::size_t consumed = 0;
    const bool had_head = head_done();
    while (!done() && consumed < bytes.size() && !(had_head && body->size() >= room)) {
      const std::string_view rest = bytes.substr(consumed);
      if (NeedsMore(rest)) break;
      BeastError error;
      const std::size_t count = Base::put(boost::asio::const_buffer(rest.data(), rest.size()), error);
      consumed += count;
      if (error == http::error::need_more) break;
      if (unsupported_) return Fail(ErrorCode::kUnsupported, "The Transfer-Encoding is not one that Counsel reads.");
      if (repeated_host_) return Fail(ErrorCode::kInvalidArgument, "The request has more than one Host header.");
      if (error) return Fail(Explain(error, had_head));
      if (head_done() != had_head) break;
    }
    return consumed;
  }

  bool PutEnd() override {
    if (done()) return true;
    if (!Base::got_some()) return false;
    BeastError error;
    Base::put_eof(error);
    return !error;
  }

  bool head_done() const override { return Base::is_header_done(); }
  bool done() const override { return Base::is_done(); }
  bool http11() const override { return version_ >= 11; }
  bool keep_alive() const override { return Base::keep_alive(); }

  std::optional<std::uint64_t> body_left() const override {
    if (done()) return 0;
    const auto left = Base::content_length_remaining();
    if (!left) return std::nullopt;
    return *left;
  }

 private:
  // Beast asserts that a last chunk has five bytes, which the very first one may lack when it comes in pieces.
  bool NeedsMore(std::string_view rest) const {
    return Base::is_header_done() && Base::chunked() && !chunk_seen_ && rest.size() < 5 && rest.front() == '0';
  }

  std::size_t Append(string_view bytes) {
    const std::size_t count = std::min(bytes.size(), room_ - std::min(room_, body_->size()));
    body_->append(bytes.data(), count);
    return count;
  }

  void on_request_impl(http::verb, string_view method, string_view target, int version, BeastError&) override {
    head_.method = ToString(method);
    head_.target = ToString(target);
    version_ = version;
  }

  void on_response_impl(int status, string_view, int version, BeastError&) override {
    head_.status = status;
    version_ = version;
  }

  void on_field_impl(http::field field, string_view name, string_view value, BeastError& error) override {
    if (Base::is_header_done()) return;  // trailers are checked and dropped
    if (field == http::field::transfer_encoding && !Base::chunked()) {
      unsupported_ = true;
      error = http::error::bad_transfer_encoding;
    }
    if (is_request && field == http::field::host) {
      repeated_host_ = host_seen_;
      host_seen_ = true;
      if (repeated_host_) error = http::error::bad_value;
    }
    head_.headers.emplace_back(ToString(name), ToString(value));
  }

  void on_header_impl(BeastError&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
  std::size_t on_body_impl(string_view bytes, BeastError&) override { return Append(bytes); }
  void on_chunk_header_impl(std::uint64_t size, string_view, BeastError& error) override {
    chunk_seen_ = true;
    if (size > chunks_left_) error = http::error::body_limit;
    chunks_left_ -= std::min(size, chunks_left_);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, BeastError&) override { return Append(bytes); }
  void on_finish_impl(BeastError&) override {}

  std::string* body_ = nullptr;
  std::size_t room_ = 0;
  std::uint64_t chunks_left_;  // of the body's limit, in bytes
  int version_ = 0;
  bool chunk_seen_ = false;
  bool unsupported_ = false;
  bool host_seen_ = false;
  bool repeated_host_ = false;
};

}  // namespace

std::unique_ptr<MessageParser> MessageParser::ForRequest(std::size_t head_limit, std::uint64_t body_limit) {
  return std::make_unique<BeastParser<true>>(head_limit, body_limit, false);
}

std::unique_ptr<MessageParser> MessageParser::ForReply(std::size_t head_limit, bool without_body) {
  return std::make_unique<BeastParser<false>>(head_limit, UINT64_MAX, without_body);
}

}  // namespace counsel::net
