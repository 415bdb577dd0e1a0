"""Names of documents and matters are their owner's: not in what other accounts can read of our processes, nor in the log."""

import os
import shutil
from pathlib import Path

import pytest

from counsel import BIN, COUNSEL, Daemon, children_of, wait_until
from held_engine import SCRIPT

NAME = "Zarquon gegen Öxönböll"
SECRETS = [part.encode() for part in ("Zarquon", "xönb", "x%C3%B6nb")]


READER = "counsel-extract-text"  # the one that is asked first


class DaemonWithHeldReader(Daemon):
    """A copy of the programs in FOLDER/bin, whose reader stands still at its start while it is held."""

    def __init__(self, folder):
        self.programs = folder / "bin"
        self.programs.mkdir()
        shutil.copy(COUNSEL, self.programs / "counsel")
        for path in BIN.iterdir():
            if path.name not in ("counsel", READER):
                (self.programs / path.name).symlink_to(path.resolve())
        os.mkfifo(self.programs / f"gate-{READER}")
        self.hold()
        reader = self.programs / READER
        reader.write_text(SCRIPT.format(program=BIN / READER, folder=self.programs, name=READER))
        reader.chmod(0o755)
        self.wrapper = ("sh", "-c", 'shift; exec "$0" "$@"', str(self.programs / "counsel"))
        home = folder / "home"
        home.mkdir()
        super().__init__(home)

    def hold(self):
        (self.programs / f"hold-{READER}").touch()

    def wait_until_held(self):
        wait_until((self.programs / f"held-{READER}").exists, "the reader is held")

    def let_go(self):
        (self.programs / f"hold-{READER}").unlink()
        with open(self.programs / f"gate-{READER}", "w"):
            pass


def descendants(pid):
    for child in children_of(pid):
        yield child
        yield from descendants(child)


def told_by(pid):
    """What /proc says of the daemon's children: their arguments and environments."""
    told = b""
    for child in descendants(pid):
        told += Path(f"/proc/{child}/cmdline").read_bytes() + Path(f"/proc/{child}/environ").read_bytes()
    return told


def none_of_the_secrets_in(text):
    return [secret.decode() for secret in SECRETS if secret in text]


@pytest.fixture
def held(tmp_path_factory):
    daemon = DaemonWithHeldReader(tmp_path_factory.mktemp("names")).start()
    yield daemon
    daemon.stop()


def test_no_name_of_a_document_is_in_an_argument_an_environment_or_the_log(held, tmp_path):
    folder = tmp_path / NAME
    folder.mkdir()
    document = folder / f"{NAME}.md"
    document.write_text("# Rent\n\nThe rent is nine hundred pounds a month, payable on the first day of each month.\n")
    broken = folder / f"{NAME}.pdf"
    broken.write_bytes(b"%PDF-1.4\nnothing of a document\n")
    matter = NAME

    added = held.post("/api/documents/local", {"path": str(document), "matter": matter}).json
    held.wait_until_held()
    reading = told_by(held.pid)
    assert b"--zygote" in reading  # what forks the readers, which have its arguments, is among them
    assert none_of_the_secrets_in(reading) == []
    held.let_go()
    read = held.finished(added["id"])
    assert read["state"] == "ready" and read["media_type"] == "text/markdown", "the name came through all the same"

    failed = held.add(broken, matter)
    assert failed["state"] == "failed" and NAME in failed["reason"], "its owner is told"

    answer = held.post("/api/ask", {"question": "How much is the rent a month?", "matter": matter, "style": "answer",
                                    "stream": False})
    assert answer.status == 200, answer.body
    answering = told_by(held.pid)
    assert b"llama-server" in answering
    assert none_of_the_secrets_in(answering) == []
    held.request("DELETE", f"/api/documents/{added['id']}")
    assert held.request("DELETE", "/api/matters/Zarquon%20gegen%20%C3%96x%C3%B6nb%C3%B6ll").status == 200

    held.stop()
    log = Path(held.log.name).read_bytes()
    assert f"document {added['id']}".encode() in log
    assert none_of_the_secrets_in(log) == []
