"""Prints "PASSED FAILED" of a JUnit file (ctest's or pytest's), counting test cases inside ctest's programs.

    count_cases.py JUNIT [FOLDER]     FOLDER: GoogleTest's own JSON, one file per test program
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as xml

passed = failed = 0
folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
for case in xml.parse(sys.argv[1]).iter("testcase"):
    if case.find("skipped") is not None or case.get("status") in ("disabled", "notrun"):
        # A skipped test is neither; a program that could not be started has failed.
        failed += case.get("status") == "notrun"
        continue
    broke = case.find("failure") is not None or case.find("error") is not None
    inside = folder / f"{case.get('name')}.json" if folder else None
    if inside is None or not inside.exists():
        # A program that died before it wrote its cases counts as one.
        passed, failed = passed + (not broke), failed + broke
        continue
    cases = [case for suite in json.loads(inside.read_text())["testsuites"] for case in suite["testsuite"]]
    bad = sum("failures" in case for case in cases)
    skipped = sum(case["result"] != "COMPLETED" for case in cases)
    passed += len(cases) - bad - skipped
    # It may also fail after its last case: a leak, say.
    failed += max(bad, int(broke))
print(passed, failed)
