#!/usr/bin/env python3
"""Measures `relevance` on questions with known answers, through a running daemon.

    ./run add /usr/share/common-licenses
    bench/calibration/measure.py                       # asks http://127.0.0.1:8181
    bench/calibration/measure.py --save hits.json      # keeps what was found, for fit.py
    bench/calibration/measure.py --hits hits.json      # asks nobody
    ./run add --matter small bench/calibration/small/tenancy.txt
    bench/calibration/measure.py --questions bench/calibration/small/questions.jsonl --matter small

A question passes when its best hit has at least the cut-off. Odd lines of questions.jsonl are the half that the constants
of models/catalogue.toml were fitted on (fit.py); even lines were held out. Exit status 1 when the held-out half misses
the promise: 90 % of the answerable pass, 80 % of the unanswerable are refused. Other question files are held out as a whole.
"""
import argparse
import json
import pathlib
import re
import sys
import urllib.request

QUESTIONS = pathlib.Path(__file__).resolve().with_name("questions.jsonl")
CUT_OFF = 0.2
PASS, REFUSE = 0.90, 0.80


def ask(url, question, matter):
    body = {"query": question, "limit": 15, "min_relevance": 0}
    if matter:
        body["matter"] = matter
    request = urllib.request.Request(url + "/api/search", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        return json.load(reply)["hits"]


def read_questions(path=QUESTIONS):
    """Each with `held_out`: every second line of QUESTIONS, all of another file."""
    questions = [json.loads(line) for line in path.read_text().splitlines() if line]
    for number, question in enumerate(questions, 1):
        question["held_out"] = number % 2 == 0 or path.resolve() != QUESTIONS
    return questions


def relevance(question):
    return max((hit["relevance"] for hit in question["hits"]), default=0.0)


def area(answerable, unanswerable):
    """Under the ROC curve: how often an answerable question scores above an unanswerable one."""
    wins = sum((a > u) + (a == u) / 2 for a in answerable for u in unanswerable)
    return wins / (len(answerable) * len(unanswerable))


def plain(text):
    return re.sub(r"[\s*]+", " ", text)


def found_at(question):
    """The place (from 1) of the first hit that holds the answering phrase of the right document, or None."""
    where = question["where"]
    for place, hit in enumerate(question["hits"], 1):
        # A phrase may be cut by the end of a passage: its first words must stand in it.
        # The link GPL names the same bytes as GPL-3.
        if hit["name"] in (where["document"], where["document"].split("-")[0]) and plain(where["phrase"])[:40] in plain(hit["quote"]):
            return place
    return None


def row(name, questions, score):
    yes = [score(q) for q in questions if q["answerable"]]
    no = [score(q) for q in questions if not q["answerable"]]
    passed = sum(s >= CUT_OFF for s in yes) / len(yes)
    refused = sum(s < CUT_OFF for s in no) / len(no)
    print(f"{name:10} {len(yes):6} {passed:9.1%} {len(no):8} {refused:9.1%} {area(yes, no):8.3f}")
    return passed, refused


def table(questions, score=relevance):
    print(f"cut-off {CUT_OFF}   answerable pass   unanswerable refused   AUC")
    if fitted := [q for q in questions if not q["held_out"]]:
        row("fitted", fitted, score)
    return row("held out", [q for q in questions if q["held_out"]], score)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8181")
    parser.add_argument("--matter", default="", help="search this matter only")
    parser.add_argument("--questions", type=pathlib.Path, default=QUESTIONS)
    parser.add_argument("--hits", type=pathlib.Path, help="read what an earlier run saved")
    parser.add_argument("--save", type=pathlib.Path, help="write what was found")
    parser.add_argument("-v", action="store_true", help="list the questions on the wrong side")
    options = parser.parse_args()

    if options.hits:
        questions = json.loads(options.hits.read_text())
    else:
        questions = read_questions(options.questions)
        for question in questions:
            question["hits"] = ask(options.url, question["question"], options.matter)
    if options.save:
        options.save.write_text(json.dumps(questions))

    passed, refused = table(questions)
    places = [found_at(q) for q in questions if q["answerable"] and q.get("where")]
    if places:
        within = ", ".join(f"first {n}: {sum(p is not None and p <= n for p in places) / len(places):.1%}" for n in (1, 5, 15))
        print(f"answering passage among the {within}")
    if options.v:
        for question in questions:
            if (relevance(question) >= CUT_OFF) != question["answerable"]:
                print(f"{relevance(question):.3f} {'missed ' if question['answerable'] else 'let in'} {question['question']}")
    return 0 if passed >= PASS and refused >= REFUSE else 1


if __name__ == "__main__":
    sys.exit(main())
