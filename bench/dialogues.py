"""Conversations: whether a second question finds what its written-out form finds.

    bench/run dialogues [--home HOME] [--half tuned|held-out] [--further | --fields] [-v]

bench/dialogues/dialogues.jsonl: 60 dialogues of two questions over seven documents, two of each kind beside each other; `whole` is the
second question as somebody would write it who had not asked the first, `phrase` stands in the sentence that answers. By turns one to
tune on and one held out. Both are asked with the defaults of /api/ask but `style: quotes`: the second question in a session behind
the first, `whole` alone. Promise: within 3 points. --further: 30 others, of bench/further (insurance, a charter, a franchise, a will, a
partnership), written later and reported before any of them was looked at. --fields: 20 of bench/fields, likewise (publishing, berths of
a marina, building works, a family court's order, a player's contract, minutes, a pension).
"""

import argparse
import contextlib
import json
import re
import statistics
from pathlib import Path

from bench import daemon_at, scratch

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "bench/dialogues"
FURTHER = ROOT / "bench/further"
FIELDS = ROOT / "bench/fields"
DOCUMENTS = [*sorted(HERE.glob("*.txt")), *sorted((ROOT / "tests/data/claims/docs").glob("*.txt")), ROOT / "bench/calibration/small/tenancy.txt"]
FIGURES = ("document", "first", "five")


def ask(daemon, question, session=None):
    body = {"question": question, "style": "quotes", "stream": False} | ({"session": session} if session else {})
    reply = daemon.post("/api/ask", body)
    assert reply.status == 200, reply.body
    return reply.json


def figures(case, answer):
    """Of the right document first; the first quote answers; one of them does."""
    quotes = answer["quotes"]
    right = [quote["name"] == case["document"] and case["phrase"] in re.sub(r"\s+", " ", quote["lead_in"] + " " + quote["quote"]) for quote in quotes]
    return {"document": bool(quotes) and quotes[0]["name"] == case["document"], "first": right[:1] == [True], "five": any(right)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--half", choices=("tuned", "held-out"))
    parser.add_argument("--further", action="store_true")
    parser.add_argument("--fields", action="store_true")
    parser.add_argument("-v", action="store_true", help="list those that the conversation finds worse")
    options = parser.parse_args()
    here, documents = (FURTHER, sorted(FURTHER.glob("*.txt"))) if options.further else (HERE, DOCUMENTS)
    if options.fields:
        here, documents = FIELDS, sorted([*FIELDS.glob("*.txt"), *FIELDS.glob("*.md")])
    cases = [json.loads(line) for line in (here / "dialogues.jsonl").read_text(encoding="utf-8").splitlines() if line]
    rows = {"tuned": [], "held-out": []}
    with contextlib.ExitStack() as stack:
        daemon = stack.enter_context(daemon_at(options.home or stack.enter_context(scratch()) / "home"))
        there = {document["name"] for document in daemon.get("/api/documents").json["documents"]}
        for path in documents:
            if path.name not in there:
                assert daemon.add(path)["state"] == "ready"
        for i, case in enumerate(cases):
            half = ("tuned", "held-out")[i % 2]
            if options.half not in (None, half):
                continue
            ask(daemon, case["first"], f"dialogue {i}")
            then, whole = ask(daemon, case["then"], f"dialogue {i}"), ask(daemon, case["whole"])
            rows[half].append((figures(case, then), figures(case, whole)))
            if options.v and sum(rows[half][-1][0].values()) < sum(rows[half][-1][1].values()):
                meant = [document["name"] for document in (then["searched_in"] or {"documents": []})["documents"]]
                print(f"  {case['first']} / {case['then']}\n      searched for {then['searched_for']!r} in {meant}: "
                      f"{[quote['quote'][:60] for quote in then['quotes'][:2]]}")
    for half, some in rows.items():
        if some:
            share = lambda side, name: 100 * statistics.mean(row[side][name] for row in some)
            print(f"{half:9} {len(some)} dialogues, second question / written out: right document {share(0, 'document'):.1f} / {share(1, 'document'):.1f} %, "
                  f"first quote {share(0, 'first'):.1f} / {share(1, 'first'):.1f} %, one of five {share(0, 'five'):.1f} / {share(1, 'five'):.1f} %")


if __name__ == "__main__":
    main()
