"""How well /api/search finds the passage that answers, on any folder in the form of LegalBench-RAG:

    bench/run retrieval FOLDER [--home HOME] [--given] [--everywhere] [--absent] [--sets contractnli] [-v]

FOLDER holds corpus.tar.xz (plain texts, SET/NAME) and questions.jsonl, a line a question: {"set", "question", "document":
"SET/NAME", "spans": [[start, end]…]}, half-open code points of the text (a byte order mark at its head counts there, and is
not counted by Counsel).

All documents are in one pool, and nothing is set: the question is asked as it stands. P@k and R@k are the paper's
(arXiv 2408.10343): characters of the answer found over all characters shown, over all of the answer's, the mean over
questions. `document`: the first hit is of the right document. Of each set the documents, by name, belong in turn to the half
that may be looked at while something is tuned, and to the half that is only reported.

--home HOME: the home that the documents are in, or will be (embedding them takes minutes), and that stays; without it a
temporary one. --given: the request names the document, and the question goes without its name ("Consider …;"): what a perfect
choice of the document would give. --everywhere: the document that is meant is not looked for. --absent: each question is asked
of the documents of the other half: the share that is declined, no hit reaching the cut-off. --save FILE: all of it, as JSON.
"""

import argparse
import collections
import contextlib
import json
import statistics
import sys
import tarfile
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))
from bench import daemon_at, scratch, wait_until  # noqa: E402

KS = (1, 2, 4, 8, 16)
HALVES = ("tuned", "reported")
CUT_OFF = 0.2


def read_cases(folder, sets):
    """The questions, each with the half that its document belongs to and its spans as Counsel counts."""
    cases = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines() if line]
    cases = [case for case in cases if not sets or case["set"] in sets]
    with tarfile.open(folder / "corpus.tar.xz") as corpus:
        marked = {member.name for member in corpus if member.isfile() and corpus.extractfile(member).read(3) == b"\xef\xbb\xbf"}
    half = {}
    for name in sorted({case["set"] for case in cases}):
        documents = sorted({case["document"] for case in cases if case["set"] == name})
        half |= {document: HALVES[i % 2] for i, document in enumerate(documents)}
    for case in cases:
        case["half"] = half[case["document"]]
        mark = int(case["document"] in marked)
        case["spans"] = [(start - mark, end - mark) for start, end in case["spans"]]
    return cases


def add(daemon, folder, cases):
    """Those documents that are not there yet; each half is a matter of its own."""
    half = {case["document"]: case["half"] for case in cases}
    there = {document["name"] for document in daemon.get("/api/documents").json["documents"]}
    with tempfile.TemporaryDirectory() as unpacked, tarfile.open(folder / "corpus.tar.xz") as corpus:
        for member in corpus:
            name = member.name.split("/")[-1]
            if member.name not in half or name in there:
                continue
            path = Path(unpacked) / name
            path.write_bytes(corpus.extractfile(member).read())
            added = daemon.post("/api/documents/local", {"path": str(path), "matter": half[member.name]})
            assert added.status in (200, 202), added.body
        wait_until(lambda: daemon.get("/api/status").json["documents"]["pending"] == 0, "all is read", 7200, 1)
    failed = [d["name"] for d in daemon.get("/api/documents?state=failed").json["documents"]]
    assert not failed, failed


def ask(daemon, case, options):
    query = {"query": case["question"], "limit": max(KS), "min_relevance": 0}
    if options.given:
        query |= {"document": case["document"].split("/")[-1],
                  "query": case["question"].partition(";")[2].strip() or case["question"]}
    if options.everywhere:
        query["everywhere"] = True
    if options.absent:
        query["matter"] = HALVES[case["half"] == HALVES[0]]
    reply = daemon.post("/api/search", query)
    assert reply.status == 200, reply.body
    return reply.json


def measure(case, hits):
    """The question's part of each figure."""
    name = case["document"].split("/")[-1]
    own = [hit["name"] == name for hit in hits]
    answers = [mine and any(hit["start"] < end and start < hit["end"] for start, end in case["spans"])
               for mine, hit in zip(own, hits)]
    first = next((i for i, yes in enumerate(answers) if yes), None)
    figures = {"document": float(bool(own) and own[0]), "MRR": 0 if first is None else 1 / (first + 1)}
    total = len({i for start, end in case["spans"] for i in range(start, end)})
    for k in KS:
        found, shown = set(), 0
        for hit, mine in list(zip(hits, own))[:k]:
            shown += hit["end"] - hit["start"]
            if mine:
                for start, end in case["spans"]:
                    found.update(range(max(start, hit["start"]), min(end, hit["end"])))
        figures |= {f"P@{k}": len(found) / shown if shown else 0, f"R@{k}": len(found) / total,
                    f"hit@{k}": float(any(answers[:k]))}
    return figures


def table(rows):
    """rows: (group, figures) of each question."""
    columns = ["hit@1", "hit@8", "MRR", "document", "P@1", "P@8", "R@1", "R@8", "R@16"]
    groups = collections.defaultdict(list)
    for names, figures in rows:
        for name in names:
            groups[name].append(figures)
    print(f"{'':34}{'n':>5}" + "".join(f"{column:>10}" for column in columns))
    for name in sorted(groups, key=lambda name: (name.startswith("all"), name)):
        means = [100 * statistics.mean(figures[column] for figures in groups[name]) for column in columns]
        print(f"{name:34}{len(groups[name]):>5}" + "".join(f"{mean:>10.1f}" for mean in means))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--sets", type=lambda text: set(text.split(",")), default=set())
    parser.add_argument("--given", action="store_true")
    parser.add_argument("--everywhere", action="store_true")
    parser.add_argument("--absent", action="store_true")
    parser.add_argument("--save", type=Path)
    parser.add_argument("-v", action="store_true", help="the questions whose first hit is wrong")
    options = parser.parse_args()
    cases = read_cases(options.folder, options.sets)
    with contextlib.ExitStack() as stack:
        home = options.home or stack.enter_context(scratch()) / "home"
        home.parent.mkdir(parents=True, exist_ok=True)
        daemon = stack.enter_context(daemon_at(home))
        add(daemon, options.folder, cases)
        rows, taken, refused, kept = [], [], [], []
        for case in cases:
            began = time.monotonic()
            reply = ask(daemon, case, options)
            taken.append(time.monotonic() - began)
            hits = reply["hits"]
            figures = measure(case, hits)
            groups = (case["set"], f"{case['set']}, {case['half']} half", "all", f"all, {case['half']} half")
            rows.append((groups, figures))
            refused.append(max((hit["relevance"] for hit in hits), default=0) < CUT_OFF)
            kept.append(case | {"figures": figures, "searched_in": reply.get("searched_in"),
                                "hits": [{key: hit[key] for key in ("name", "start", "end", "relevance", "heading")} for hit in hits]})
            if options.v and not figures["hit@1"]:
                print(f"{case['question']}\n    {case['document']}; in {reply.get('searched_in')}")
    if options.absent:
        print(f"{len(cases)} questions of documents that are not there: declined {100 * statistics.mean(refused):.1f} %")
    else:
        table(rows)
        print(f"declined, though the document is there: {100 * statistics.mean(refused):.1f} %")
    taken.sort()
    print(f"a search, embedding included: p50 {1000 * statistics.median(taken):.0f} ms, p95 "
          f"{1000 * taken[int(.95 * (len(taken) - 1))]:.0f} ms")
    if options.save:
        options.save.write_text(json.dumps(kept))


if __name__ == "__main__":
    main()
