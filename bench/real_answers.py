"""Answers that a model wrote about real contracts, and how the grades compare with what somebody says who has not seen them.

    bench/run real-answers FOLDER ask   [--home HOME] [--corpus CORPUS] [--until HH:MM]
    bench/run real-answers FOLDER score LABELS [LABELS]

bench/real_answers/questions.jsonl: 120 questions as a lawyer asks them, each of one of 28 contracts of LegalBench-RAG (18 of
confidence, 10 mergers); documents belong in turn to a half to tune on and one that is held out. CORPUS: the folder with corpus.tar.xz.
`ask` asks with `style: answer` and the defaults (temperature 0) and writes into FOLDER, going on where it was left:
sentences.jsonl, which alone a labeller sees, with texts/; grades.jsonl and asked.jsonl (the outcome tells the grade of a short answer), which nobody reads before there are labels.
LABELS: a line for each sentence, {"id", "label": "true" | "false" | "no claim"}. With two files the first decides, and the
share on which both say the same is printed. Wanted: 75 % of the true supported or near, 2 % of the false supported.
"""

import argparse
import collections
import contextlib
import json
import sys
import tarfile
import time
from pathlib import Path

from bench import daemon_at, scratch

QUESTIONS = Path(__file__).resolve().parent / "real_answers/questions.jsonl"
GRADES = ("supported", "near", "unsupported")


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line] if path.exists() else []


def write(path, rows):
    with path.open("a", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def unpack(corpus, folder):
    """Names without signs that a shell or a reader stumbles over; the byte order mark is not stored, so it goes."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    with tarfile.open(corpus / "corpus.tar.xz") as archive:
        for member in archive:
            if member.isfile():
                name = "".join(c if c.isalnum() or c in "-." else "_" for c in member.name.split("/")[-1])
                files[member.name] = folder / name
                if not files[member.name].exists():
                    files[member.name].write_bytes(archive.extractfile(member).read().removeprefix(b"\xef\xbb\xbf"))
    return files


def ask(daemon, question, document):
    began, first = time.perf_counter(), None
    body = {"question": question, "document": document, "style": "answer"}
    for name, data in daemon.stream("/api/ask", body):
        if name == "token" and first is None:
            first = time.perf_counter() - began
        if name == "done":
            return data, first, time.perf_counter() - began
        assert name != "error", data


def rows_of(number, case, path, answer):
    """What a labeller sees of each sentence, and what Counsel says of it."""
    draft, sentences, grades = answer["draft"].encode(), [], []
    for i, sentence in enumerate(answer["sentences"]):
        about = {"id": f"{number:03}.{i + 1}"}
        sentences.append(about | {"half": case["half"], "document": case["document"], "file": path.name, "question": case["question"],
                                  "sentence": draft[sentence["start"]:sentence["end"]].decode()})
        cited = [{key: citation[key] for key in ("quote", "start", "end")} for citation in answer["citations"]
                 if answer["outcome"] == "answered" and sentence["start"] < citation["answer_end"] and citation["answer_start"] < sentence["end"]]
        grades.append(about | {key: sentence[key] for key in ("grade", "needs_support", "why_not", "differences")} | {"cited": cited})
    return sentences, grades


def ask_all(options):
    options.folder.mkdir(parents=True, exist_ok=True)
    files = unpack(options.corpus, options.folder / "texts")
    asked = {row["number"] for row in lines(options.folder / "asked.jsonl")}
    with contextlib.ExitStack() as stack:
        daemon = stack.enter_context(daemon_at(options.home or stack.enter_context(scratch()) / "home"))
        there = {one["name"]: one["id"] for one in daemon.get("/api/documents").json["documents"]}
        for number, case in enumerate(lines(QUESTIONS)):
            if options.until and time.strftime("%H:%M") >= options.until:
                break
            if number in asked:
                continue
            path = files[case["document"]]
            if path.name not in there:
                added = daemon.add(path)
                assert added["state"] == "ready", added
                there[path.name] = added["id"]
            answer, first, whole = ask(daemon, case["question"], there[path.name])
            sentences, grades = rows_of(number, case, path, answer)
            write(options.folder / "sentences.jsonl", sentences)
            write(options.folder / "grades.jsonl", grades)
            kept = {key: answer[key] for key in ("outcome", "model", "prompt_tokens", "completion_tokens")}
            write(options.folder / "asked.jsonl", [{"number": number, **case, **kept, "first": first, "seconds": whole}])
            print(f"{number + 1}: {len(sentences)} sentences in {whole:.0f} s", flush=True)


def score(options):
    grades = {row["id"]: row for row in lines(options.folder / "grades.jsonl")}
    labels = [{row["id"]: row["label"] for row in lines(path)} for path in options.labels]
    sentences = [row for row in lines(options.folder / "sentences.jsonl") if row["id"] in labels[0]]
    for half in ("tuned", "held-out"):
        for label in ("true", "false", "no claim"):
            some = [grades[row["id"]]["grade"] for row in sentences if row["half"] == half and labels[0][row["id"]] == label]
            count = collections.Counter(some)
            shares = ", ".join(f"{grade} {count[grade]} ({100 * count[grade] / len(some):.1f} %)" for grade in GRADES) if some else ""
            print(f"{half:9} {label:9} {len(some):4}  {shares}")
    if len(labels) > 1:
        both = [one for one in labels[0] if one in labels[1]]
        same = sum(labels[0][one] == labels[1][one] for one in both)
        print(f"two labellers: {same} of {len(both)} the same ({100 * same / max(1, len(both)):.0f} %)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("what", choices=("ask", "score"))
    parser.add_argument("labels", type=Path, nargs="*")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--until", help="ask nothing more after this time of day")
    options = parser.parse_args()
    if options.what == "ask" and not options.corpus:
        sys.exit("--corpus names the folder with corpus.tar.xz")
    if options.what == "score" and not options.labels:
        sys.exit("score wants a file of labels")
    (ask_all if options.what == "ask" else score)(options)


if __name__ == "__main__":
    main()
