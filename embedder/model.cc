#include "model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <system_error>
#include <utility>

#include <malloc.h>
#include <onnxruntime_cxx_api.h>
#include <onnxruntime_run_options_config_keys.h>

namespace counsel::embedder {

struct Model::State {
  Options options;
  // Its failures reach us as exceptions.
  Ort::Env env{ORT_LOGGING_LEVEL_FATAL, "counsel-embedder"};
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeCPU);
  Ort::Session session{nullptr};
  std::vector<std::string> inputs;  // those of kInputs that the model has
  std::string output;
};

namespace {

constexpr std::array kInputs = {"input_ids", "attention_mask", "token_type_ids"};

// Texts over it use tens of megabytes (attention grows with the square), which the arena would keep for good: 139 MB
// after texts of 512 tokens, against 75. Giving back after every text would cost an eighth of the speed.
constexpr std::size_t kLongText = 256;  // tokens

// Each choice was measured (bge-small int8, 2 cores, chunks of 120 words): docs/performance.md.
Ort::SessionOptions SessionOptions() {
  Ort::SessionOptions options;
  // A Run for each of our threads beats one Run on all of them (33 against 39 ms of processor a chunk).
  options.SetIntraOpNumThreads(1);
  options.SetInterOpNumThreads(1);
  options.SetExecutionMode(ORT_SEQUENTIAL);
  options.AddConfigEntry("session.intra_op.allow_spinning", "0");
  options.AddConfigEntry("session.inter_op.allow_spinning", "0");
  options.SetGraphOptimizationLevel(ORT_ENABLE_ALL);
  // The arena doubles when it grows: weights outside it save 18 MB. Without it, malloc keeps 40 MB more after a while.
  options.AddConfigEntry("session.use_device_allocator_for_initializers", "1");
  options.EnableCpuMemArena();
  // Patterns are kept per shape, and every length is another shape.
  options.DisableMemPattern();
  return options;
}

[[nodiscard]] tl::unexpected<Error> Unsupported(const std::string& what) {
  return Fail(ErrorCode::kUnsupported, "The model " + what + ".", "Use a BERT encoder exported for embeddings.");
}

// Finds the model's inputs and the output that has a vector for each token.
Result<void> Inspect(Ort::Session& session, std::vector<std::string>* inputs, std::string* output) {
  Ort::AllocatorWithDefaultOptions allocator;
  for (std::size_t i = 0; i < session.GetInputCount(); ++i) {
    const std::string name = session.GetInputNameAllocated(i, allocator).get();
    if (std::find(kInputs.begin(), kInputs.end(), name) == kInputs.end()) {
      return Unsupported("has an input '" + name + "' that an embedding model does not have");
    }
    const auto type = session.GetInputTypeInfo(i);
    if (type.GetONNXType() != ONNX_TYPE_TENSOR ||
        type.GetTensorTypeAndShapeInfo().GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64) {
      return Unsupported("wants something else than 64-bit numbers as '" + name + "'");
    }
    inputs->push_back(name);
  }
  if (std::find(inputs->begin(), inputs->end(), kInputs[0]) == inputs->end()) return Unsupported("has no input_ids");
  for (std::size_t i = 0; i < session.GetOutputCount() && output->empty(); ++i) {
    const auto type = session.GetOutputTypeInfo(i);
    if (type.GetONNXType() != ONNX_TYPE_TENSOR) continue;
    const auto tensor = type.GetTensorTypeAndShapeInfo();
    if (tensor.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT && tensor.GetDimensionsCount() == 3) {
      *output = session.GetOutputNameAllocated(i, allocator).get();
    }
  }
  if (output->empty()) return Unsupported("has no output with one vector of 32-bit floats for each token");
  return {};
}

std::vector<float> Pool(Pooling pooling, const float* rows, std::size_t count, std::size_t width) {
  std::vector<float> vector(rows, rows + width);
  if (pooling == Pooling::kMean) {
    for (std::size_t row = 1; row < count; ++row) {
      for (std::size_t i = 0; i < width; ++i) vector[i] += rows[row * width + i];
    }
    for (float& value : vector) value /= static_cast<float>(count);
  }
  return vector;
}

double Length(const std::vector<float>& vector) {
  double sum = 0;
  for (const float value : vector) sum += static_cast<double>(value) * value;
  return std::sqrt(sum);
}

}  // namespace

Model::Model(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::Model(Model&&) noexcept = default;
Model::~Model() = default;

Result<Model> Model::Load(const std::filesystem::path& file, const Options& options) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return Fail(ErrorCode::kNotFound, "Model file not found: " + file.string() + ".");
  }
  try {
    auto state = std::make_unique<State>();
    state->options = options;
    state->session = Ort::Session(state->env, file.c_str(), SessionOptions());
    if (auto fits = Inspect(state->session, &state->inputs, &state->output); !fits) return Fail(fits.error());
    // Reading the file leaves megabytes free that malloc would keep.
    malloc_trim(0);
    return Model(std::move(state));
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kOutOfMemory, "There is not enough memory for " + file.string() + ".");
  } catch (const std::exception& failure) {
    return Fail(ErrorCode::kCorrupt, file.string() + " is not a model that ONNX Runtime can read: " + failure.what(),
                "Download the model again.");
  }
}

Result<std::vector<float>> Model::Embed(std::span<const std::int64_t> ids) const {
  try {
    const std::array<std::int64_t, 2> shape = {1, static_cast<std::int64_t>(ids.size())};
    // In the order of kInputs. Tensors view them; ONNX Runtime's interface wants them mutable and leaves them alone.
    std::array<std::vector<std::int64_t>, 3> values = {std::vector(ids.begin(), ids.end()),
                                                       std::vector<std::int64_t>(ids.size(), 1),
                                                       std::vector<std::int64_t>(ids.size(), 0)};
    std::vector<Ort::Value> inputs;
    std::vector<const char*> names;
    for (const std::string& name : state_->inputs) {
      std::vector<std::int64_t>& of = values[std::find(kInputs.begin(), kInputs.end(), name) - kInputs.begin()];
      inputs.push_back(Ort::Value::CreateTensor(state_->memory, of.data(), of.size(), shape.data(), shape.size()));
      names.push_back(name.c_str());
    }
    const char* output_name = state_->output.c_str();
    Ort::RunOptions run;
    if (ids.size() > kLongText) run.AddConfigEntry(kOrtRunOptionsConfigEnableMemoryArenaShrinkage, "cpu:0");
    const auto outputs = state_->session.Run(run, names.data(), inputs.data(), inputs.size(), &output_name, 1);
    const std::vector<std::int64_t> got = outputs[0].GetTensorTypeAndShapeInfo().GetShape();
    if (got.size() != 3 || got[0] != 1 || got[1] != shape[1] || got[2] <= 0) {
      return Unsupported("does not give one vector for each token");
    }
    std::vector<float> vector =
        Pool(state_->options.pooling, outputs[0].GetTensorData<float>(), ids.size(), static_cast<std::size_t>(got[2]));
    const double length = Length(vector);
    if (!std::isfinite(length) || length == 0) return Fail(ErrorCode::kInternal, "The model gave no proper vector.");
    if (state_->options.normalize) {
      for (float& value : vector) value = static_cast<float>(value / length);
    }
    return vector;
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kOutOfMemory, "There is not enough memory to embed a text.");
  } catch (const std::exception& failure) {
    return Fail(ErrorCode::kInternal, std::string("The model failed on a text: ") + failure.what());
  }
}

}  // namespace counsel::embedder
