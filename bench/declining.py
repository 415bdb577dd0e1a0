"""Questions that name a document: how many that it answers pass, and how many that it does not are declined.

    bench/run declining [--home HOME] [--questions FILE | --further | --fields] [--half tuned|held-out] [-v] [--save FILE]

bench/calibration/named/questions.jsonl: 60 questions that one of seven documents answers, and 60 near ones that it does not, each
naming it; written before any score was seen. In pairs, by turns one to tune on and one held out. All documents are in one matter
and asked with the defaults of /api/ask but `style: quotes`. Promise: 90 % of the answerable pass, 80 % of the others are declined.
--further: 30 and 30 of bench/further (insurance, a charter, a franchise, a will, a partnership, letters), written later and reported
before any of them was looked at; of the answerable it is also told how often the first quote has the answer.
--fields: 30 and 20 of bench/fields, likewise (publishing, berths of a marina, building works, a family court's order, a player's
contract, minutes, a pension); many name no document.
"""

import argparse
import contextlib
import json
import re
import statistics
from pathlib import Path

from bench import daemon_at, scratch

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ROOT / "bench/calibration/named/questions.jsonl"
FURTHER = ROOT / "bench/further"
FIELDS = ROOT / "bench/fields"
LICENCES = Path("/usr/share/common-licenses")
DOCUMENTS = [ROOT / "tests/data/claims/docs/employment-contract.txt", ROOT / "tests/data/claims/docs/privacy-policy.txt",
             ROOT / "bench/calibration/small/tenancy.txt",
             *(LICENCES / name for name in ("GPL-3", "Apache-2.0", "MPL-2.0", "Artistic"))]


def first_answers(case):
    quotes = case["reply"]["quotes"]
    return "phrase" not in case or (bool(quotes) and case["phrase"] in re.sub(r"\s+", " ", quotes[0]["lead_in"] + " " + quotes[0]["quote"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--further", action="store_true")
    parser.add_argument("--fields", action="store_true")
    parser.add_argument("--half", choices=("tuned", "held-out"))
    parser.add_argument("--save", type=Path, help="a file for what came of each")
    parser.add_argument("-v", action="store_true", help="list those on the wrong side")
    options = parser.parse_args()
    questions, documents = (FURTHER / "named.jsonl", sorted(FURTHER.glob("*.txt"))) if options.further else (options.questions, DOCUMENTS)
    if options.fields:
        questions, documents = FIELDS / "named.jsonl", sorted([*FIELDS.glob("*.txt"), *FIELDS.glob("*.md")])
    cases = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines() if line]
    for i, case in enumerate(cases):
        case["half"] = ("tuned", "held-out")[i // 2 % 2]
    with contextlib.ExitStack() as stack:
        home = options.home or stack.enter_context(scratch()) / "home"
        daemon = stack.enter_context(daemon_at(home))
        there = {document["name"] for document in daemon.get("/api/documents").json["documents"]}
        for path in documents:
            if path.name not in there:
                assert daemon.add(path)["state"] == "ready"
        for case in cases:
            reply = daemon.post("/api/ask", {"question": case["question"], "style": "quotes", "stream": False})
            assert reply.status == 200, reply.body
            case["reply"] = reply.json
            case["declined"] = reply.json["outcome"] == "no_evidence"
            meant = reply.json["searched_in"] or {"documents": []}
            case["meant"] = [document["name"] for document in meant["documents"]] == [case["document"]]
    for half in ("tuned", "held-out"):
        some = [case for case in cases if case["half"] == half]
        if options.half not in (None, half):
            continue
        passed = statistics.mean(not case["declined"] for case in some if case["answerable"])
        declined = statistics.mean(case["declined"] for case in some if not case["answerable"])
        meant = statistics.mean(case["meant"] for case in some)
        print(f"{half:9} {len(some):4} questions: answerable that pass {passed:6.1%}, unanswerable that are declined {declined:6.1%}; "
              f"the document is meant {meant:6.1%}")
        if any("phrase" in case for case in some):
            print(f"          the first quote has the answer: {statistics.mean(first_answers(case) for case in some if case['answerable']):.1%}")
        for case in some if options.v else []:
            if case["declined"] == case["answerable"] or (case["answerable"] and not first_answers(case)):
                quotes = case["reply"]["quotes"]
                print(f"    {'declined' if case['declined'] else 'let in  ' if not case['answerable'] else 'another '} {case['question']}  {quotes[0]['quote'][:90] if quotes else ''!r}")
    if options.save:
        options.save.write_text("\n".join(json.dumps(case) for case in cases))


if __name__ == "__main__":
    main()
