#include "load.h"

#include <future>
#include <utility>

#include "base/file.h"
#include "remembering_encoder.h"
#include "wordpiece.h"

namespace counsel::embedder {
namespace {

class OnnxEncoder : public Encoder {
 public:
  OnnxEncoder(WordPiece tokenizer, Model model, std::size_t max_tokens)
      : tokenizer_(std::move(tokenizer)), model_(std::move(model)), max_tokens_(max_tokens) {}

  [[nodiscard]] Result<TextVector> Embed(std::string_view text) const override {
    const Encoding encoding = tokenizer_.Encode(text, max_tokens_);
    Result<std::vector<float>> values = model_.Embed(encoding.ids);
    if (!values) return Fail(values.error());
    return TextVector{std::move(*values), encoding.ids.size(), encoding.truncated};
  }

  [[nodiscard]] std::vector<std::int64_t> Tokenize(std::string_view text, bool add_special) const override {
    std::vector<std::int64_t> ids = tokenizer_.Tokenize(text);
    if (add_special) {
      ids.insert(ids.begin(), tokenizer_.first());
      ids.push_back(tokenizer_.last());
    }
    return ids;
  }

 private:
  const WordPiece tokenizer_;
  const Model model_;
  const std::size_t max_tokens_;
};

Result<WordPiece> LoadTokenizer(const std::filesystem::path& file) {
  const Result<std::string> json = ReadFile(file, kMaxTokenizerBytes);
  if (!json) return Fail(json.error());
  return WordPiece::FromJson(*json);
}

}  // namespace

Result<std::unique_ptr<const Encoder>> LoadEncoder(const EncoderOptions& options) {
  auto tokenizer = std::async(std::launch::async, [&] { return LoadTokenizer(options.tokenizer); });
  Result<Model> model = Model::Load(options.model, options.how);
  Result<WordPiece> words = tokenizer.get();
  if (!model) return Fail(model.error());
  if (!words) return Fail(words.error());
  auto encoder = std::make_unique<OnnxEncoder>(std::move(*words), std::move(*model), options.max_tokens);
  // The first Run finds what loading does not: a tokeniser of another model, inputs that do not fit together.
  if (auto tried = encoder->Embed("ready"); !tried) return Fail(tried.error());
  return std::make_unique<RememberingEncoder>(std::move(encoder));
}

}  // namespace counsel::embedder
