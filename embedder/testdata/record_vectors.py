#!/usr/bin/env python3
"""Writes vectors.json: what the Python packages onnxruntime 1.22 and tokenizers make of a few texts.

    python3 record_vectors.py MODEL.onnx TOKENIZER.json     # those of bge-small-en-v1.5 (int8)
"""
import json
import pathlib
import sys

import numpy
import onnxruntime
import tokenizers

TEXTS = [
    "How long must a written offer to give the source code be valid?",
    "The caf\u00e9 closes at 5 p.m.; na\u00efve guests are asked to leave.",
    " ".join(pathlib.Path("/usr/share/common-licenses/GPL-3").read_text().split()[:120]),
]


def main():
    session = onnxruntime.InferenceSession(sys.argv[1])
    tokenizer = tokenizers.Tokenizer.from_file(sys.argv[2])
    tokenizer.no_padding()
    rows = []
    for text in TEXTS:
        ids = numpy.array([tokenizer.encode(text).ids], dtype=numpy.int64)
        hidden = session.run(["last_hidden_state"], {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)})[0][0]
        unit = lambda v: [round(float(x), 6) for x in v / numpy.linalg.norm(v)]
        rows.append({"text": text, "cls": unit(hidden[0]), "mean": unit(hidden.mean(axis=0))})
    (pathlib.Path(__file__).parent / "vectors.json").write_text(json.dumps(rows, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
