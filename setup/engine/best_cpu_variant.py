"""Prints which libggml-cpu-*.so of a folder ggml would pick on this processor, by ggml's own score."""

import ctypes
import pathlib
import sys


def score(library: pathlib.Path) -> int:
    try:
        return ctypes.CDLL(str(library)).ggml_backend_score()
    except (OSError, AttributeError):
        return 0


folder = pathlib.Path(sys.argv[1])
best = max(sorted(folder.glob("libggml-cpu-*.so")), key=score, default=None)
if best is None or score(best) == 0:
    sys.exit(f"error: no CPU variant in {folder} runs on this processor")
print(best.name)
