#!/usr/bin/env python3
"""Compares our tokeniser with the reference on a few million strings. By hand, after a change of the tokeniser:

    python3 compare_tokens.py BUILD/bin/embedder_print_tokens TOKENIZER.json     # needs the Python package tokenizers
"""
import itertools
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import tokenizers

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
SPECIAL = ["[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "[SEP", "SEP]", "[[SEP]]", "[sep]", "##ing", "[unused1]", " [MASK] ", "<mask>", "[[SEP]] ", "ÉTÉ", "été ", "[SEp"]
# Where the tables disagree, or the order of marks matters.
MARKS = [0x300, 0x301, 0x308, 0x323, 0x327, 0x334, 0x345, 0x5B0, 0x64B, 0x93C, 0x94D, 0x1B44, 0x1D165, 0x1D16D, 0x302A]


def alone():
    yield from map(chr, CODE_POINTS)


def between_letters():
    yield from (f"a{chr(c)}b" for c in CODE_POINTS)


def before_marks():
    for mark in MARKS:
        yield from (f"{chr(c)}{chr(mark)}e" for c in range(0x20000) if not 0xD800 <= c <= 0xDFFF)


def after_marks():
    for c in CODE_POINTS:
        if c < 0x20000:
            yield f"\u1B44\u0301{chr(c)}\u0334\u0323n"


def random_mixes(count):
    rng = random.Random(1)
    pools = [
        range(0x20, 0x7F), range(0x20, 0x7F), range(0xA0, 0x250), range(0x250, 0x600), range(0x300, 0x370),
        range(0x600, 0x1000), range(0x1000, 0x2000), range(0x2000, 0x2C00), range(0x3000, 0x3400), range(0x4E00, 0x9FFF),
        range(0xAC00, 0xD7A4), range(0x1100, 0x1200), range(0xF900, 0xFFFE), range(0x10000, 0x13000), range(0x16000, 0x17000),
        range(0x1B000, 0x1F000), range(0x1F300, 0x1FA00), range(0x20000, 0x31000), range(0xE0000, 0xE0200), range(0, 0x20),
    ]
    for _ in range(count):
        chosen = rng.sample(pools, rng.randint(1, 3))
        parts = []
        for _ in range(rng.randint(1, 40)):
            if rng.random() < 0.05:
                parts.append(rng.choice(SPECIAL))
            elif rng.random() < 0.15:
                parts.append(rng.choice(" \t\n\r\u00a0\u3000\u200b.,;'-"))
            else:
                parts.append(chr(rng.choice(rng.choice(chosen))))
        yield "".join(parts)


def words_of_the_vocabulary(tokenizer, count):
    rng = random.Random(2)
    words = list(tokenizer.get_vocab())
    for word in words:
        yield word
        yield word.upper()
    for _ in range(count):
        yield "".join(rng.choice(words).replace("##", rng.choice(["", "##"])) for _ in range(rng.randint(1, 6)))


def long_words():
    for n in (99, 100, 101, 102, 200, 10000):
        yield "a" * n
        yield "é" * n
        yield "e\u0301" * n
        yield "中" * n
        yield "[MASK]" * n
        yield "x" * n + "." + "y" * n


def emoji():
    bases = [0x1F468, 0x1F469, 0x1F3FD, 0x200D, 0xFE0F, 0x1F1EC, 0x1F1E7, 0x2764, 0x31, 0x20E3, 0x41]
    for size in (1, 2, 3, 4):
        yield from ("".join(map(chr, c)) for c in itertools.product(bases, repeat=size))


def licences():
    for path in sorted(pathlib.Path("/usr/share/common-licenses").iterdir()):
        text = path.read_bytes().decode("utf-8", "replace")
        yield text
        yield text.upper()
        words = text.split()
        yield from (" ".join(words[i : i + 120]) for i in range(0, len(words), 60))


def synthetic(real, folder, **flags):
    """A tokeniser whose vocabulary has every code point: no [UNK] hides what became of one."""
    file = json.loads(pathlib.Path(real).read_text())
    known = [chr(c) for c in CODE_POINTS if c < 0x20000 or 0xE0000 <= c < 0xE0200]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + known + ["##" + c for c in known]
    file["model"]["vocab"] = {word: i for i, word in enumerate(dict.fromkeys(words))}
    file["post_processor"] = {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}
    file["normalizer"].update(flags)

    def added(content, **more):
        token = dict(content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
        return {"id": file["model"]["vocab"].setdefault(content, len(file["model"]["vocab"])), **token, **more}

    file["added_tokens"] = [added(t) for t in ("[PAD]", "[UNK]", "[CLS]", "[SEP]")] + [
        added("[MASK]", lstrip=True), added("[[SEP]]", rstrip=True), added("[Sep", normalized=True, special=False),
        added("\u00e9t\u00e9", normalized=True, special=False, lstrip=True, rstrip=True), added("<mask>", lstrip=True, rstrip=True),
    ]
    path = pathlib.Path(folder) / "tokenizer.json"
    path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    return str(path)


def compare(program, file, sets):
    reference = tokenizers.Tokenizer.from_file(file)
    reference.no_truncation()
    reference.no_padding()
    worst = 0
    for name, texts in sets(reference).items():
        texts = list(texts)
        lines = "".join(json.dumps(t) + "\n" for t in texts)
        ours = subprocess.run([program, file], input=lines, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
        theirs = (" ".join(map(str, e.ids)) for i in range(0, len(texts), 10_000) for e in reference.encode_batch(texts[i : i + 10_000]))
        wrong = [row for row in zip(texts, ours, theirs, strict=True) if row[1] != row[2]]
        print(f"  {name}: {len(texts)} strings, {len(wrong)} differ", flush=True)
        for text, our, their in wrong[:5]:
            print(f"    {ascii(text)[:200]}\n      ours   {our[:200]}\n      theirs {their[:200]}")
        worst = max(worst, len(wrong))
    return worst


def real_sets(reference):
    return {
        "every code point alone": alone(),
        "every code point between letters": between_letters(),
        "every code point before each of 15 marks": before_marks(),
        "every code point after marks": after_marks(),
        "random mixes": random_mixes(300_000),
        "words of the vocabulary": words_of_the_vocabulary(reference, 100_000),
        "long words": long_words(),
        "emoji sequences": emoji(),
        "licences": licences(),
    }


def synthetic_sets(_):
    return {
        "every code point between letters": between_letters(),
        "every code point after marks": after_marks(),
        "random mixes": random_mixes(100_000),
        "long words": long_words(),
    }


def main():
    program, real = sys.argv[1:3]
    print("the real vocabulary")
    worst = 0 if "--quick" in sys.argv else compare(program, real, real_sets)
    for flags in (
        {},
        {"lowercase": False},
        {"strip_accents": False},
        {"strip_accents": True, "lowercase": False},
        {"clean_text": False, "handle_chinese_chars": False},
    ):
        print("a vocabulary of every code point,", flags or "default flags")
        with tempfile.TemporaryDirectory() as folder:
            worst = max(worst, compare(program, synthetic(real, folder, **flags), synthetic_sets))
    sys.exit(1 if worst else 0)


if __name__ == "__main__":
    main()
