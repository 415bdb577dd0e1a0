"""Models loaded and given back many times, and where memory is limited. bench/run lifecycle does the same at length."""

import os
import shutil
from pathlib import Path

import pytest

from counsel import Daemon, wait_until
from model_lifecycle import cycle, held_by, kills, memory_group, peak

GGUF = Path(os.environ["COUNSEL_MODELS"]) / "SmolLM2-135M-Instruct.Q4_1.gguf"
CYCLES = 30


@pytest.mark.long
def test_nothing_is_left_of_many_loads(daemon):
    names = [daemon.model(role)["name"] for role in ("embedder", "generator")]
    for _ in range(3):
        cycle(daemon, names)
    before = held_by(daemon)
    for _ in range(CYCLES):
        cycle(daemon, names)
    # The connection of the last request may still be open, then or now.
    wait_until(lambda: all(now <= before[what] for what, now in held_by(daemon).items()), f"no more than {before}")


@pytest.mark.alone
def test_two_models_that_do_not_fit_a_control_group_together_take_turns(home, tmp_path):
    home.mkdir()
    entries = []
    for name in ("a", "b"):
        shutil.copy(GGUF, tmp_path / f"{name}.gguf")
        entries.append(f'[[model]]\nname = "{name}"\nrole = "generator"\ncontext_tokens = 1024\n'
                       f'flags = ["--load-mode", "none", "--cache-ram", "0", "--parallel", "2"]\n'  # not fewer where memory is short
                       f'[[model.files]]\npath = "{tmp_path / name}.gguf"\n')
    (home / "catalogue.toml").write_text("\n".join(entries))
    planning = Daemon(home).start()
    claim = planning.post("/api/models/a/plan").json["claim"]["host"]
    planning.stop()
    limit = int(1.8 * claim / 0.8)  # MEMORY_THRESHOLD is 0.8
    with memory_group(limit) as group:
        if group is None:
            pytest.skip("no version 1 memory control group can be made here")
        daemon = Daemon(home).start()
        try:
            events = daemon.events()
            for turn in range(6):
                reply = daemon.post("/v1/chat/completions", {
                    "model": "ab"[turn % 2], "messages": [{"role": "user", "content": f"{turn}"}], "max_tokens": 2})
                assert reply.status == 200, reply.body
            told = []
            for name, event in events:
                told += [event] if name == "eviction" else []
                if len(told) == 5:
                    break
            events.close()
            assert [(event["model"], event["for"]) for event in told] == [
                ("ab"[turn % 2], "ba"[turn % 2]) for turn in range(5)]
            assert kills(group) == 0
            assert peak(group) <= limit
        finally:
            daemon.stop()
