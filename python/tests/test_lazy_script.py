"""test_lazy_loading.py: four ticks as things are, and a cross for each promise that a fault in the daemon or a child breaks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import BIN, ROOT

# What a process shares with another daemon's counts half in its memory, until that one ends.
pytestmark = pytest.mark.alone

TITLES = ["No models loaded at startup", "Models load on first use", "Memory usage is reasonable", "Models can be unloaded"]


def run(*arguments, cwd=ROOT, **environment):
    kept = {name: value for name, value in os.environ.items() if name != "COUNSEL_HOME"}
    return subprocess.run([sys.executable, ROOT / "test_lazy_loading.py", *arguments], cwd=cwd, capture_output=True,
                          encoding="utf-8", env={**kept, **environment}, stdin=subprocess.DEVNULL)


def crosses(done):
    lines = [line for line in done.stdout.splitlines() if line[:1] in "✓✗"]
    assert [line[2:].split(":")[0] for line in lines] == TITLES, done.stdout + done.stderr
    assert done.returncode == (1 if any(line[0] == "✗" for line in lines) else 0)
    return {title: line[2:] for title, line in zip(TITLES, lines) if line[0] == "✗"}


def wrapper(folder, name, text):
    file = folder / name
    file.write_text("#!/bin/sh\n" + text + "\n")
    file.chmod(0o755)
    return file


def around_the_engine(folder, text):
    """A llama-server that runs `text`, with the engine's other programs beside it."""
    engine = (BIN / "engine").resolve()
    for file in engine.iterdir():
        if file.name != "llama-server":
            (folder / file.name).symlink_to(file)
    return wrapper(folder, "llama-server", f'real="{engine}/llama-server"\n{text}')


@pytest.fixture
def fault(tmp_path):
    if shutil.which("cc") is None:
        pytest.skip("no C compiler: cc")
    library = tmp_path / "fault.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, Path(__file__).parent / "data/fault.c"], check=True)
    return library


def test_four_ticks_and_nothing_else():
    done = run()
    assert done.stdout == "".join(f"✓ {title}\n" for title in TITLES), done.stdout + done.stderr
    assert done.returncode == 0


def test_every_figure_stands_beside_the_first_products(tmp_path):
    done = run("-v", cwd=tmp_path)
    assert not crosses(done)
    assert done.stdout.count("(first product: ") >= 9


@pytest.mark.of_the_daemon
def test_a_daemon_that_loads_at_startup_is_found_out(tmp_path):
    wrapper(tmp_path, "counsel", f'LAZY_LOADING=false exec "{BIN}/counsel" "$@"')
    assert TITLES[0] in crosses(run(COUNSEL_BIN=str(tmp_path)))


@pytest.mark.of_the_daemon
def test_a_child_that_leaves_the_model_to_another_process_is_found_out(tmp_path):
    server = around_the_engine(tmp_path, 'exec 3<&0\n"$real" "$@" <&3 3<&- &\nwait $!')
    found = crosses(run(COUNSEL_LLAMA_SERVER=str(server)))
    assert list(found) == [TITLES[1]] and "does not hold" in found[TITLES[1]], found


@pytest.mark.of_the_daemon
def test_a_daemon_that_hoards_is_found_out(tmp_path, fault):
    wrapper(tmp_path, "counsel", f'FAULT=hoard LD_PRELOAD="{fault}" exec "{BIN}/counsel" "$@"')
    found = crosses(run(COUNSEL_BIN=str(tmp_path)))
    assert list(found) == [TITLES[2]] and "idle: 3" in found[TITLES[2]]


@pytest.mark.of_the_daemon
def test_a_child_that_outgrows_its_plan_is_found_out(tmp_path, fault):
    server = around_the_engine(tmp_path, f'FAULT=hoard LD_PRELOAD="{fault}" exec "$real" "$@"')
    found = crosses(run(COUNSEL_LLAMA_SERVER=str(server)))
    assert list(found) == [TITLES[2]] and "loaded: " in found[TITLES[2]]


@pytest.mark.of_the_daemon
def test_a_child_that_does_not_go_is_found_out(tmp_path, fault):
    server = around_the_engine(tmp_path, f'FAULT=linger LD_PRELOAD="{fault}" exec "$real" "$@"')
    found = crosses(run(COUNSEL_LLAMA_SERVER=str(server)))
    assert list(found) == [TITLES[3]] and "left after" in found[TITLES[3]]
