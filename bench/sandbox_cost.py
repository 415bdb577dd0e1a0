#!/usr/bin/env python3
"""What counsel-extract takes for a small document, in turn with another build of it (one without a sandbox, say).

    bench/sandbox_cost.py PROGRAM…     milliseconds from start to end: fastest, median of COUNSEL_BENCH_RUNS (300)
"""

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from make_hostile_documents import HELLO, one_page  # noqa: E402

DOCUMENTS = {"text, 3 kB": b"The licence runs for three years.\n" * 90, "PDF, one page": one_page(HELLO)}
RUNS = int(os.environ.get("COUNSEL_BENCH_RUNS", "300"))


def milliseconds(program, content):
    document, result = os.memfd_create("document"), os.memfd_create("result")
    os.write(document, content)
    os.lseek(document, 0, os.SEEK_SET)
    # Away from 3 and 4, so that neither is overwritten before it is placed.
    places = [(os.dup2(document, 50), 3), (os.dup2(result, 51), 4)]
    start = time.perf_counter()
    child = os.posix_spawn(program, [program], {"LC_ALL": "C.UTF-8"},
                           file_actions=[(os.POSIX_SPAWN_DUP2, here, there) for here, there in places])
    _, status = os.waitpid(child, 0)
    took = (time.perf_counter() - start) * 1000
    assert status == 0, f"{program}: status {status}"
    for descriptor in (document, result, 50, 51):
        os.close(descriptor)
    return took


for kind, content in DOCUMENTS.items():
    seen = {program: [] for program in sys.argv[1:]}
    for _ in range(RUNS):
        for program, times in seen.items():
            times.append(milliseconds(program, content))
    for program, times in seen.items():
        print(f"{kind:14} {program}: fastest {min(times):.2f} ms, median {statistics.median(times):.2f} ms")
