"""Answers side by side with an earlier build: the first written word, the whole answer, and how many sentences hold.

    bench/run time-of-answers EARLIER --model GGUF [--corpus CORPUS] [--count 20] [--until HH:MM] [--save FILE]

EARLIER: the folder of the earlier build's programs. The same questions (bench/real_answers/questions.jsonl, those of the short
contracts) asked of a store of all these contracts, no document named, as the earlier build's figures were, with the same model, by
turns, so that both meet the same machine; each daemon has answered one question before. CORPUS: the folder with corpus.tar.xz. Questions that either declines are counted and not timed. Wanted: the first
word 3 × sooner, the whole answer 2 × sooner, supported or near at least as many.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

from bench import report, scratch
from counsel import Daemon
from real_answers import QUESTIONS, lines, unpack


class EarlierDaemon(Daemon):
    """Of a build that knows no `style`: it always asks the generator."""

    def __init__(self, programs, *arguments, **more):
        super().__init__(*arguments, **more)
        self.wrapper = ("sh", "-c", 'shift && exec "$0" "$@"', str(programs / "counsel"))


def ask(daemon, question):
    began, first = time.perf_counter(), None
    style = {} if isinstance(daemon, EarlierDaemon) else {"style": "answer"}
    for name, data in daemon.stream("/api/ask", {"question": question, **style}):
        if name == "token" and first is None:
            first = time.perf_counter() - began
        if name == "done":
            holds = [one for one in data["sentences"] if one["needs_support"] and one.get("grade", "supported" if one["supported"] else "") in ("supported", "near")]
            return {"outcome": data["outcome"], "first": first, "whole": time.perf_counter() - began, "hold": len(holds),
                    "sentences": sum(one["needs_support"] for one in data["sentences"]), "prompt_tokens": data["prompt_tokens"],
                    "completion_tokens": data["completion_tokens"], "draft": data["draft"]}
        assert name != "error", data
    raise AssertionError("the stream ended without an answer")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("earlier", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--save", type=Path, help="a file for each answer, written as they come")
    parser.add_argument("--until", help="HH:MM: ask nothing more after this time of day")
    options = parser.parse_args()
    os.environ["MAIN_MODEL"] = str(options.model.resolve())
    everything = [case for case in lines(QUESTIONS) if case["document"].startswith("contractnli/")]
    warm, *questions = list(dict.fromkeys(case["question"] for case in everything))[: options.count + 1]
    rows = []
    with scratch() as folder:
        files = unpack(options.corpus, folder / "texts")
        daemons = {}
        try:
            for side in ("earlier", "now"):
                (folder / side).mkdir()
                daemon = EarlierDaemon(options.earlier, folder / side) if side == "earlier" else Daemon(folder / side)
                daemons[side] = daemon.start()
                for name in sorted({case["document"] for case in everything}):
                    assert daemon.add(files[name])["state"] == "ready", name
                ask(daemon, warm)
            for question in questions:
                if options.until and time.strftime("%H:%M") >= options.until:
                    break
                row = {"question": question, **{side: ask(daemon, question) for side, daemon in daemons.items()}}
                rows.append(row)
                print("  " + "   ".join(f"{side} {row[side]['first'] or 0:.1f} s, {row[side]['whole']:.1f} s, {row[side]['hold']} of "
                                        f"{row[side]['sentences']}" for side in daemons), flush=True)
                if options.save:
                    with options.save.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        finally:
            for daemon in daemons.values():
                daemon.stop()
    both = [row for row in rows if all(row[side]["first"] for side in daemons)]
    print(f"{len(rows)} questions; declined before {sum(not row['earlier']['first'] for row in rows)}, now {sum(not row['now']['first'] for row in rows)}")
    for what, wanted in (("first", 3), ("whole", 2)):
        for side in daemons:
            report(f"{what}, {side}, median of {len(both)}", statistics.median(row[side][what] for row in both), "s")
        ratio = statistics.median(row["earlier"][what] for row in both) / statistics.median(row["now"][what] for row in both)
        report(f"{what}: so many times sooner", ratio, "", wanted, ratio >= wanted)
    for side in daemons:
        print(f"  sentences that hold, {side}: {sum(row[side]['hold'] for row in rows)} of {sum(row[side]['sentences'] for row in rows)}")


if __name__ == "__main__":
    main()
