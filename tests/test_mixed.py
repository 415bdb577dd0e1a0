"""Everything at once: no request fails, but with a 503 that says so, and all that is stored stays whole."""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
import mixed  # noqa: E402

SECONDS = 10


def test_sixteen_clients_do_everything_at_once():
    seed = random.randrange(1 << 30)
    done = mixed.run(SECONDS, seed, clauses=10)
    assert not done.errors, f"seed {seed}: {done.errors}"
    for what in mixed.CLIENTS:
        assert done.done[what] > 0 or done.declared or what in ("ask", "delete"), f"seed {seed}: no {what} in {SECONDS} s"
