"""Quotes first: how often the first quote, or one of five, stands where the answer does, and how soon they come.

    bench/run answers FOLDER [--set NAME] [--home HOME] [--given] [--half 1|2]

FOLDER: questions.jsonl (set, question, document, spans: half-open code points that answer) and corpus.tar.xz, as
LegalBench-RAG has them. All documents in one pool, asked with the defaults of /api/ask but `style: quotes`; --given names
the document in the request and leaves its name out of the question. --home keeps the documents from one run to the next;
--set takes one set; --half the questions of every other document, by name. See bench/README.md.
"""

import argparse
import collections
import contextlib
import json
import statistics
import tarfile
import time
from pathlib import Path

from bench import daemon_at, report, scratch

MARK = b"\xef\xbb\xbf"  # a byte order mark is not stored: positions behind it are one less


def read(folder, only):
    questions = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = {}
    with tarfile.open(folder / "corpus.tar.xz") as corpus:
        for member in corpus:
            if member.isfile():
                texts[member.name] = corpus.extractfile(member).read()
    questions = [one for one in questions if only in (None, one["set"])]
    wanted = {one["document"].split("/")[0] for one in questions}
    return questions, {name: text for name, text in texts.items() if name.split("/")[0] in wanted}


def add_all(daemon, texts, folder):
    there = {document["name"] for document in daemon.get("/api/documents").json["documents"]}
    for name, text in sorted(texts.items()):
        if name.split("/")[-1] in there:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
        assert daemon.add(path)["state"] == "ready", name


def ask(daemon, case, given):
    body = {"question": case["question"], "style": "quotes", "min_relevance": 0}
    if given:
        body |= {"document": case["document"].split("/")[-1],
                 "question": case["question"].partition(";")[2].strip() or case["question"]}
    began, first = time.perf_counter(), None
    for name, data in daemon.stream("/api/ask", body):
        if name == "quotes" and first is None:
            first = time.perf_counter() - began
        if name == "done":
            return data["quotes"], first
        assert name != "error", data


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--given", action="store_true")
    parser.add_argument("--half", type=int, choices=(1, 2))
    parser.add_argument("--details", type=Path, help="a file for what was quoted for each question")
    options = parser.parse_args()
    questions, texts = read(options.folder, options.set)
    names = sorted(texts)
    if options.half:
        questions = [one for one in questions if names.index(one["document"]) % 2 == options.half - 1]
    sums, taken, details = collections.defaultdict(collections.Counter), [], []
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(scratch())
        daemon = stack.enter_context(daemon_at(options.home or folder / "home"))
        add_all(daemon, texts, folder)
        daemon.post("/api/search", {"query": "warm"})
        for case in questions:
            mark = int(texts[case["document"]].startswith(MARK))
            gold = [(a - mark, b - mark) for a, b in case["spans"]]
            quotes, first = ask(daemon, case, options.given)
            over = [quote["name"] == case["document"].split("/")[-1] and
                    any(quote["start"] < b and a < quote["end"] for a, b in gold) for quote in quotes]
            for group in (case["set"], "all"):
                sums[group]["count"] += 1
                sums[group]["first"] += over[:1] == [True]
                sums[group]["five"] += any(over[:5])
                sums[group]["none"] += not quotes
            if first is not None:
                taken.append(first)
            details.append({**case, "gold": gold, "quotes": [[q["quote"], q["strength"], hit] for q, hit in zip(quotes, over)]})
    print("quotes, " + ("the document given" if options.given else "no document given"))
    for group, sum_of in sorted(sums.items(), key=lambda one: (one[0] == "all", one[0])):
        share = lambda key: 100 * sum_of[key] / sum_of["count"]
        print(f"  {group}: {sum_of['count']} questions; the first quote answers {share('first'):.1f} %, one of five "
              f"{share('five'):.1f} %; nothing quoted {share('none'):.1f} %")
    taken.sort()
    report("from the question to the event quotes, p50", 1000 * statistics.median(taken), "ms", "150 ms")
    report("p95", 1000 * taken[int(0.95 * (len(taken) - 1))], "ms", "300 ms")
    if options.details:
        options.details.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in details))


if __name__ == "__main__":
    main()
