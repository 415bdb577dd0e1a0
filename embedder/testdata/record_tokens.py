#!/usr/bin/env python3
"""Writes tokens.jsonl and tokenizer.json beside it: strings, and the tokens that the reference makes of them.

    python3 record_tokens.py TOKENIZER.json     # that of bge-small-en-v1.5; needs the Python package tokenizers 0.23

tokenizer.json has a small vocabulary: what the real one needs for these strings, and every code point that they become,
so that no [UNK] hides a difference. A line of tokens.jsonl is {"text", "ids" (small vocabulary), "bge" (the real one)}, or
{"text", "normalizer" (flags to change), "ids"}.
"""
import json
import pathlib
import random
import sys

import tokenizers

TEXTS = """
hello world|Hello, WORLD!|  two  spaces\tand\ttabs\r\nand lines |don't|e.g. 3.14 %, $5 & <b>|under_score #hash ##ing @x
caf\u00e9 na\u00efve \u00c5ngstr\u00f6m|cafe\u0301 n\u0061\u0308|\u0130stanbul I\u0307 \u0131|\u03a3\u0399\u03a3\u03a5\u03a6\u039f\u03a3 \u03c2\u03c3|STRASSE stra\u00dfe \u1e9e
\u0141\u00f3d\u017a \u00d8re \u0110uro|Ti\u1ebfng Vi\u1ec7t|\u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u0419 \u0401\u0436|\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac|\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd|\u0645\u064e\u0631\u0652\u062d\u064e\u0628\u064b\u0627
\u4e2d\u6587\u5b57 mixed\u4e2d\u6587text|\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8|\uff21\uff22\uff23\uff11 \uff0c\u3002|\uac00\uac01\ud55c\uad6d\uc5b4 \u1100\u1161|\u0939\u093f\u0928\u094d\u0926\u0940|\u0e44\u0e17\u0e22
\U00020000\U0002a6d6 \U0002b820\U0002b91f\U0002b920 \U0002ceb0 \U0002f800\U00030000|\uf900\ufa0e \u3400\u4dbf \u9fff\ua000|a\u1b44\u0301\u0334b
emoji \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd \u2764\ufe0f 1\ufe0f\u20e3 \U0001f1ec\U0001f1e7|a\u200bb\u200cc\u200dd\ufeffe|soft\u00adhyphen
nbsp\u00a0thin\u2009line\u2028para\u2029ideo\u3000ogham\u1680end|vt\x0bff\x0cnel\x85us\x1fdel\x7fnul\x00end|\ufffd replaced \ufffd|\ue000 private \U000f0000
\u2018quotes\u2019 \u201cdouble\u201d \u2013\u2014\u2026 \u00ab\u00bb \u00bf\u00a1|\u00a7 12 \u00b6 3 \u00b0 \u00a9 \u00ae \u2122 \u20ac \u00a3|x\u00b2 + y\u2082 = \u00bd|~`^|\\/[]{}()
[CLS] [SEP] [MASK] [PAD] [UNK]|a[SEP]b|[SEP][SEP]|[sep] [ SEP ]|[[MASK]]|[SEP|SEP]|##s
\u1c89 \ua7cb \ua7dc \U00010d50 \U00016ea0|\u0897 \u0898 \u08ca|\u1ac1 a\u1ac1\u0334 \u1abf|\U00011938 \U000105c9 \U00016d68|\u110bd \u08e2 \u0890 \U000110cd \U00013430|\u1734 \u166d \u2e4f \u111c9 \U00011fff
\U0001d165\U0001d16d\U0001d15e|\u212b \u2126 \u00c5|\u0344 \u0385 \u1fc1|\ufb01 \u01c4 \u2167|\u0f73 \u0f71\u0f72 \u0958|\u13a0 \uab70 \u10a0 \u1c90|\u2c00 \U00010400 \U0001e900 \u24b6
""".replace("\n", "|").split("|")
# '|' separates above; "\n" too.
TEXTS = [t for t in TEXTS if t] + ["", " ", "\n", "a|b||c", "a" * 100, "a" * 101, "\u00e9" * 100, "e\u0301" * 101, "-" * 130]
FLAGS = [{"lowercase": False}, {"strip_accents": False}, {"lowercase": False, "strip_accents": True},
         {"clean_text": False}, {"handle_chinese_chars": False}]


def random_texts(count):
    rng = random.Random(3)
    pools = [range(0x20, 0x7F), range(0x20, 0x7F), range(0xA0, 0x600), range(0x300, 0x370), range(0x900, 0xE00),
             range(0x1E00, 0x2070), range(0x3000, 0x3100), range(0x4E00, 0x4F00), range(0xAC00, 0xAD00),
             range(0x1D100, 0x1D200), range(0x11000, 0x11200), range(0x1F300, 0x1F700), range(0x10C80, 0x10D70)]
    for _ in range(count):
        chosen = rng.sample(pools, 2)
        yield "".join(rng.choice([" ", " ", ".", "[SEP]"]) if rng.random() < 0.2 else chr(rng.choice(rng.choice(chosen)))
                      for _ in range(rng.randint(2, 16)))


def licence_texts():
    words = pathlib.Path("/usr/share/common-licenses/GPL-3").read_text().split()
    yield from (" ".join(words[i : i + 12]) for i in range(0, 2400, 120))


def main():
    folder = pathlib.Path(__file__).parent
    real_file = json.loads(pathlib.Path(sys.argv[1]).read_text())
    real = tokenizers.Tokenizer.from_str(json.dumps(real_file))
    real.no_truncation()
    real.no_padding()
    texts = list(dict.fromkeys(TEXTS + list(random_texts(140)) + list(licence_texts())))

    def tokenizer(flags, vocabulary):
        file = json.loads(json.dumps(real_file))
        file["normalizer"].update(flags)
        file["model"]["vocab"] = vocabulary
        file["added_tokens"] = [{**t, "id": vocabulary[t["content"]]} for t in file["added_tokens"]]
        file["post_processor"] = {"type": "BertProcessing", "sep": ["[SEP]", vocabulary["[SEP]"]], "cls": ["[CLS]", vocabulary["[CLS]"]]}
        return file

    words = [t["content"] for t in real_file["added_tokens"]]
    points = set()
    for text in texts:
        words += real.encode(text).tokens
        for flags in [{}] + FLAGS:
            normalizer = {"clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True, **flags}
            points |= set(tokenizers.normalizers.BertNormalizer(**normalizer).normalize_str(text))
    words += sorted(points) + ["##" + c for c in sorted(points)]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(words))}
    small_file = tokenizer({}, vocabulary)
    (folder / "tokenizer.json").write_text(json.dumps(small_file, separators=(",", ":")) + "\n")

    lines = []
    small = tokenizers.Tokenizer.from_str(json.dumps(small_file))
    for text in texts:
        lines.append({"text": text, "ids": small.encode(text).ids, "bge": real.encode(text).ids})
    for flags in FLAGS:
        other = tokenizers.Tokenizer.from_str(json.dumps(tokenizer(flags, vocabulary)))
        for text in texts[:90]:
            ids = other.encode(text).ids
            if ids != small.encode(text).ids:
                lines.append({"text": text, "normalizer": flags, "ids": ids})
    (folder / "tokens.jsonl").write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    print(f"{len(lines)} lines, {len(vocabulary)} words")


if __name__ == "__main__":
    main()
