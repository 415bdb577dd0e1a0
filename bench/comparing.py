"""Are all changes of a known kind found? Pairs of contracts, the second one made from the first by edits that are known.

bench/run comparing [--pairs 200] [--seed 1] [--texts FOLDER…]: texts are the system's licences and, where they are given, the
contracts of a folder (*.txt, below it too). Each pair has a piece of a text and the same with twelve edits: another sum, number,
date, percentage or duration, must for may, a "not" more or less; and paragraphs that went, came or changed places. An edit is
found when a change that is told spans its words; one that is told only as a clause that was added and one that was removed is
counted apart. What else is told, per pair, is printed too. The program is compare_texts of the build; a pair of 100 pages last.
"""

import argparse
import collections
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
LICENCES = Path("/usr/share/common-licenses")
PAGE = 3_000  # characters
MONTHS = b"January February March April May June July August September October November December".split()
MODALS = (b"shall", b"may", b"must", b"will")

SUM = re.compile(rb"(?<![\w])[$](\d[\d,]*)(?![\d.])")
PERCENTAGE = re.compile(rb"(?<![\d.])(\d{1,2})%")
DATE = re.compile(rb"\b(%s) (\d{1,2}), (\d{4})" % b"|".join(MONTHS))
DURATION = re.compile(rb"\b(\d{1,3}) (days|months|years|weeks)\b")
NUMBER = re.compile(rb"(?<=[a-z] )(\d{2,4})(?= [a-z])(?! (?:days|months|years|weeks|percent)\b)")
MODAL = re.compile(rb"(?<=[a-z] )(shall|may|must|will)(?= [a-z])")
NOT = re.compile(rb"(?<=[a-z] )not (?=[a-z])")
MODAL_FOR_NOT = re.compile(rb"(?<=[a-z] )(?:shall|may|must|will) (?!not\b)(?=[a-z])")


def another(number, chance):
    value = int(number.replace(b",", b""))
    while True:
        new = max(1, value + chance.choice((-7, -3, -1, 2, 5, 10, 30)))
        if new != value:
            return b"%d" % new if b"," not in number else f"{new:,}".encode()


def changed(kind, found, chance):
    """(start, end, what stands there instead), of the first text."""
    if kind in ("sum", "percentage", "duration", "number"):
        return found.start(1), found.end(1), another(found[1], chance)
    if kind == "date":
        day = chance.choice([day for day in range(1, 28) if day != int(found[2])])
        return found.start(2), found.end(2), b"%d" % day
    if kind == "modal":
        return found.start(1), found.end(1), chance.choice([modal for modal in MODALS if modal != found[1]])
    if kind == "negation taken out":
        return found.start(), found.end(), b""
    return found.end(), found.end(), b"not "


KINDS = {"sum": SUM, "percentage": PERCENTAGE, "date": DATE, "duration": DURATION, "number": NUMBER, "modal": MODAL,
         "negation taken out": NOT, "negation put in": MODAL_FOR_NOT}


def edits_of(text, chance, most=12):
    """Edits that are 200 bytes apart at least, of as many kinds as the text has."""
    places = {kind: list(pattern.finditer(text)) for kind, pattern in KINDS.items()}
    for found in places.values():
        chance.shuffle(found)
    edits = []
    kinds = list(KINDS)
    for turn in range(most * 4):
        kind = kinds[turn % len(kinds)]
        while places[kind]:
            start, end, new = changed(kind, places[kind].pop(), chance)
            if all(abs(start - other[1]) > 200 for other in edits):
                edits.append((kind, start, end, new))
                break
        if len(edits) == most:
            break
    return sorted(edits, key=lambda edit: edit[1])


def paragraphs_changed(text, edits, chance):
    """Paragraphs without edits: one goes, one comes, one changes its place. As edits of another kind."""
    spans = [(found.start(), found.end()) for found in re.finditer(rb"(?<=\n\n)\S[^\n]{150,900}(?:\n[^\n]{20,}){0,8}(?=\n\n)", text)]
    free = [span for span in spans if all(not span[0] - 10 <= edit[1] <= span[1] + 10 for edit in edits)]
    if len(free) < 6:
        return []
    gone, moved, target, beside = chance.sample(free, 4)
    return [("paragraph", *gone, b""), ("paragraph", *moved, b""), ("paragraph", target[0], target[0], text[slice(*moved)] + b"\n\n"),
            ("paragraph", beside[0], beside[0],
             b"Each party gives the other a copy of every report that it receives under this heading, free of charge.\n\n")]


def edited(text, edits):
    """The second text, and of each edit where it stands there."""
    out, at, places = b"", 0, []
    for _, start, end, new in edits:
        out += text[at:start]
        places.append((len(out), len(out) + len(new)))
        out += new
        at = end
    return out + text[at:], places


def overlaps(one, other):
    return one[0] < other[1] and other[0] < one[1]


class Program:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def compare(self, first, second):
        self.process.stdin.write(f"{first}\n{second}\n".encode())
        self.process.stdin.flush()
        *told, took = self.process.stdout.readline().rstrip(b"\n").split(b"\t")
        matters = []
        for line in told[:-1]:
            kind, a, b, c, d, *_ = line.split(b"|")
            matters.append((kind.decode(), (int(a), int(b)), (int(c), int(d))))
        return matters, float(took)


def pieces(folders, chance, most):
    texts = sorted(path for path in LICENCES.iterdir() if path.is_file() and not path.is_symlink())
    for folder in folders:
        texts += sorted(path for path in Path(folder).rglob("*.txt"))
    loaded = [path.read_bytes().removeprefix(b"\xef\xbb\xbf") for path in texts]
    loaded = [text for text in loaded if len(text) > 4_000]
    for n in range(most):
        text = loaded[n % len(loaded)]
        size = min(len(text), chance.randrange(10_000, 90_000))
        start = chance.randrange(0, len(text) - size + 1)
        start = 0 if start == 0 else text.find(b"\n", start) + 1
        yield text[start:start + size].rsplit(b"\n", 1)[0] + b"\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", nargs="*", default=[])
    parser.add_argument("--program", default=HERE.parent / "build/release/bin/compare_texts")
    parser.add_argument("--show", action="store_true", help="print each edit that is not found")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    program = Program(options.program)
    made, found, as_clause = collections.Counter(), collections.Counter(), collections.Counter()
    other, clauses, longest, pairs, slowest = 0, 0, b"", 0, 0
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder, "first.txt"), Path(folder, "second.txt")
        for text in pieces(options.texts, chance, options.pairs):
            edits = edits_of(text, chance)
            edits = sorted(edits + paragraphs_changed(text, edits, chance), key=lambda edit: edit[1])
            new, places = edited(text, edits)
            first.write_bytes(text)
            second.write_bytes(new)
            matters, took = program.compare(first, second)
            pairs, slowest = pairs + 1, max(slowest, took)
            matched = set()
            for (kind, start, end, put), place in zip(edits, places):
                if kind == "paragraph":
                    continue
                made[kind] += 1
                hits = [i for i, (what, a, b) in enumerate(matters)
                        if (end > start and overlaps((start, end), a)) or (place[1] > place[0] and overlaps(place, b))]
                exact = [i for i in hits if not matters[i][0].startswith("clause")]
                matched.update(hits)
                if exact:
                    found[kind] += 1
                elif hits:
                    as_clause[kind] += 1
                if options.show and not exact:
                    print(f"{kind}: {'as a clause ' if hits else ''}{text[max(0, start - 60):end + 40]!r} -> {put!r}")
            clauses += sum(what.startswith("clause") for i, (what, *_) in enumerate(matters) if i not in matched)
            other += sum(not what.startswith("clause") for i, (what, *_) in enumerate(matters) if i not in matched)
        for kind in KINDS:
            print(f"{kind:20} {made[kind]:5} made, {found[kind]:5} found, {as_clause[kind]:3} told as clauses, "
                  f"{made[kind] - found[kind] - as_clause[kind]:3} missed")
        print(f"{pairs} pairs, seed {options.seed}: {sum(made.values())} edits, {sum(found.values())} found, "
              f"{sum(as_clause.values())} told as clauses, {sum(made.values()) - sum(found.values()) - sum(as_clause.values())} missed; "
              f"beside them told per pair: {other / pairs:.1f} changes, {clauses / pairs:.1f} clauses added or removed; slowest {slowest:.0f} ms")
        # 100 pages, with an edit in each third page.
        whole = b"\n\n".join(path.read_bytes() for path in sorted(LICENCES.iterdir()) if not path.is_symlink())
        for path in options.texts:
            whole = max([whole, *(one.read_bytes() for one in Path(path).rglob("*.txt"))], key=len)
        whole = whole[:100 * PAGE]
        new, _ = edited(whole, edits_of(whole, chance, 33))
        first.write_bytes(whole)
        second.write_bytes(new)
        times = sorted(program.compare(first, second)[1] for _ in range(5))
        print(f"{len(whole) // PAGE} pages, {len(whole):,} bytes, 33 edits: {times[2]:.0f} ms (median of 5), at most {times[-1]:.0f} ms")
    return 0 if sum(made.values()) == sum(found.values()) + sum(as_clause.values()) else 1


sys.exit(main())
