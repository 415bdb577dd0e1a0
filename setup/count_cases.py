"""Prints "PASSED FAILED SKIPPED" of a JUnit file (ctest's or pytest's), counting test cases inside ctest's programs; then
the ten slowest of them, one a line: "SECONDS NAME".

    count_cases.py JUNIT [FOLDER]     FOLDER: GoogleTest's own JSON, one file per test program
"""

import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

passed = failed = skipped = 0
times = []
folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
if not pathlib.Path(sys.argv[1]).exists():
    print("0 1 0")  # the tests ended before they wrote it
    sys.exit()


def cases_inside(program):
    """GoogleTest's cases of a test program; none of one that died before it wrote them, or that is no GoogleTest."""
    file = folder / f"{program}.json" if folder else None
    if file is None or not file.exists():
        return []
    return [case for suite in json.loads(file.read_text())["testsuites"] for case in suite["testsuite"]]


def name_of(case):
    # pytest writes a file as a module, and pytest-xdist a test's group behind its name.
    name, module = re.sub(r"@[^\]]*$", "", case.get("name")), case.get("classname", "")
    return name if folder or not module else f"{module.split('.')[-1]}.py::{name}"


for case in xml.parse(sys.argv[1]).iter("testcase"):
    broke = case.find("failure") is not None or case.find("error") is not None
    if case.get("status") == "notrun":  # a program that could not be started
        failed += 1
        continue
    if case.find("skipped") is not None or case.get("status") == "disabled":
        skipped += 1
        continue
    inside = cases_inside(case.get("name"))
    if not inside:
        passed, failed = passed + (not broke), failed + broke
        times.append((float(case.get("time", 0)), name_of(case)))
        continue
    bad = sum("failures" in case for case in inside)
    left = sum(case["result"] != "COMPLETED" and "failures" not in case for case in inside)
    passed += len(inside) - bad - left
    skipped += left
    # It may also fail after its last case: a leak, say.
    failed += max(bad, int(broke))
    times += [(float(one["time"].rstrip("s")), f"{one['classname']}.{one['name']}") for one in inside]
print(passed, failed, skipped)
for seconds, name in sorted(times, reverse=True)[:10]:
    print(f"{seconds:.1f} {name}")
