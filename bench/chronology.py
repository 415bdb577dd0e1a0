"""bench/run chronology: labelled dates (tests/data/chronology) through a daemon, and how long a matter of N documents takes.

A date is right when its kind, days and marks are; invented is one where no date stands.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from counsel import Daemon  # noqa: E402

LABEL = re.compile(r"\{\{(.*?)\|(\S+) (\S+?)\}\}", re.S)


def read(file):
    """The text without its labels, and [(start, end, kind, value)]."""
    marked, text, labels, at = file.read_text(), "", [], 0
    for found in LABEL.finditer(marked):
        text += marked[at:found.start()]
        labels.append((len(text), len(text) + len(found[1]), found[2], found[3]))
        text += found[1]
        at = found.end()
    return text + marked[at:], labels


def value(date):
    if date["from"] is None:
        return "?"
    first, last = date["from"], date["to"]
    if date["precision"] == "year":
        first, last = first[:4], last[:4]
    elif date["precision"] != "day" and (date["kind"] != "between" or date["precision"] == "month"):
        first, last = first[:7], last[:7]
    sign = "~" if {"counted", "year inferred"} & set(date["marks"]) else ""
    return sign + (first if first == last else f"{first}..{last}")


def chronology(daemon, matter):
    done = daemon.cli("chronology", "--json", "--undated", "--matter", matter)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def compare(daemon, folder, tell):
    labelled = {}
    for file in sorted((ROOT / "tests/data/chronology" / folder).glob("*.txt")):
        text, labels = read(file)
        path = daemon.home.parent / f"{folder}-{file.name}"
        path.write_text(text)
        daemon.add(path, folder)
        labelled[path.name] = labels
    right = other = invented = 0
    found = {name: [] for name in labelled}
    for event in chronology(daemon, folder)["events"]:
        for source in event["sources"]:
            found[source["name"]].append(source)
    for name, labels in labelled.items():
        for source in found[name]:
            if not any(source["date_start"] < end and start < source["date_end"] for start, end, _, _ in labels):
                invented += 1
        for start, end, kind, wanted in labels:
            ones = [one for one in found[name] if one["date_start"] < end and start < one["date_end"]]
            got = (ones[0]["date"]["kind"], value(ones[0]["date"])) if ones else ("nothing", "")
            right += got == (kind, wanted)
            other += bool(ones) and got[1] not in (wanted, "?")
            if tell and got != (kind, wanted):
                print(f"  {name} at {start}: {got} for {(kind, wanted)}")
    count = sum(map(len, labelled.values()))
    print(f"{folder}: {count} dates, {right} right ({100 * right / count:.1f} %), {other} with another day, {invented} invented")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=0, help="also the time for a matter of so many documents")
    parser.add_argument("--tell", action="store_true", help="print what is wrong")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir(mode=0o700)
        daemon = Daemon(home).start()
        try:
            for part in ("seen", "held_out"):
                compare(daemon, part, options.tell)
            if options.documents:
                text = read(ROOT / "tests/data/chronology/seen/statement-cole.txt")[0]
                many = Path(folder) / "many"
                many.mkdir()
                for n in range(options.documents):
                    (many / f"{n}.txt").write_text(f"Statement {n}\n\n{text}")
                daemon.cli("add", str(many), "--matter", "many")
                begun = time.perf_counter()
                page = chronology(daemon, "many")
                print(f"{page['documents']} documents, {page['dates']} dates, {len(page['events'])} events: "
                      f"{time.perf_counter() - begun:.1f} s")
        finally:
            daemon.stop()


if __name__ == "__main__":
    main()
