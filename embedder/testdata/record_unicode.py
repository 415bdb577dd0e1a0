#!/usr/bin/env python3
"""Writes ../reference_unicode_tables.inc: the Unicode properties as the reference tokeniser sees them.

    python3 record_unicode.py      # needs the Python packages tokenizers 0.23 and nothing else

The reference (the Rust crate `tokenizers`) takes its properties from crates of different ages: categories are those of
Unicode 8, decompositions those of Unicode 12. Asking it about every code point is the only way to be equal to it, and
makes us independent of the utf8proc that a distribution has.
"""
import pathlib

import tokenizers
from tokenizers import normalizers, pre_tokenizers

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def bert(**on):
    flags = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**flags, **on}).normalize_str


def between(function):
    """The code points that `function` makes vanish from between two letters."""
    return {c for c in CODE_POINTS if function(f"a{chr(c)}b") == "ab"}


def punctuation():
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    return {c for c in CODE_POINTS if [t for t, _ in split(f"a{chr(c)}b")] == ["a", chr(c), "b"]}


def normalised():
    """What NFD changes: code points that decompose, and those that it moves (a combining class that is not 0)."""
    nfd = normalizers.NFD().normalize_str

    def moves(c):
        lowest, highest = f"a{c}\u0334", f"a\u0345{c}"
        return nfd(lowest) != lowest or nfd(highest) != highest

    return {c for c in CODE_POINTS if nfd(chr(c)) != chr(c) or moves(chr(c))}


def table(name, comment, members):
    ranges = []
    for c in sorted(members):
        if ranges and ranges[-1][1] == c - 1:
            ranges[-1][1] = c
        else:
            ranges.append([c, c])
    cells = [f"{{0x{a:X}, 0x{b:X}}}," for a, b in ranges]
    lines, line = [], " "
    for cell in cells:
        if len(line) + 1 + len(cell) > 118:
            lines.append(line)
            line = " "
        line += " " + cell
    lines.append(line)
    return f"// {comment}\nconstexpr Range {name}[] = {{\n" + "\n".join(lines) + "\n};\n"


def main():
    parts = [
        f"// Written by testdata/record_unicode.py from tokenizers {tokenizers.__version__}. Do not edit.\n",
        table("kRemoved", "clean_text removes them: NUL, U+FFFD, control, format and private use.", between(bert(clean_text=True))),
        table("kNonspacingMarks", "strip_accents removes them.", between(bert(strip_accents=True))),
        table("kPunctuation", "Each is a word of its own.", punctuation()),
        table("kNormalised", "NFD decomposes or reorders them.", normalised()),
    ]
    pathlib.Path(__file__).parent.with_name("reference_unicode_tables.inc").write_text("\n".join(parts))


if __name__ == "__main__":
    main()
