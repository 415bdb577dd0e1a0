"""A disk that is full and files that are too large: one sentence, and nothing lost."""

import itertools

import make_documents as make
import make_hostile_documents as hostile
import pytest

from counsel import DaemonOnASmallDisk, cli
from test_documents import upload

MIB = 1 << 20


@pytest.fixture
def small_disk(home):
    if not DaemonOnASmallDisk.possible():
        pytest.skip("this machine does not let a user mount a file system in a namespace")
    home.mkdir()
    daemon = DaemonOnASmallDisk(home).start()
    yield daemon
    daemon.stop()


def lease(n):
    """The text of a lease, some kilobytes long, unlike that of another number."""
    return "\n\n".join(f"{clause}. The tenant of Plot {n} shall, in month {clause}, pay {n * 1000 + clause} pounds to the "
                       f"landlord and repair fence {clause} of the plot." for clause in range(1, 60))


@pytest.mark.long
def test_an_original_that_does_not_fit_on_the_disk_is_refused_and_fits_later(small_disk, tmp_path):
    (tmp_path / "kept.txt").write_text(lease(1))
    (tmp_path / "late.txt").write_text(lease(2))
    kept = small_disk.add(tmp_path / "kept.txt")
    filler = small_disk.fill(0)
    refused = small_disk.post("/api/documents/local", {"path": str(tmp_path / "late.txt")})
    assert refused.status == 507, refused.body
    assert "space" in refused.json["error"]["message"] and refused.json["error"]["next_step"]
    assert upload(small_disk, "late.txt", lease(2).encode()).status == 507
    shown = cli(small_disk.seen_home(), "add", tmp_path / "late.txt")
    assert shown.returncode == 1 and "space" in shown.stderr, shown.stderr
    # What was there is still found, by a model that was not loaded before the disk was full.
    small_disk.post("/api/models/unload")
    hits = small_disk.post("/api/search", {"query": "What does the tenant of Plot 1 pay?"})
    assert hits.status == 200 and {hit["document"] for hit in hits.json["hits"]} == {kept["id"]}
    filler.unlink()
    assert small_disk.add(tmp_path / "late.txt")["state"] == "ready"
    assert small_disk.get("/api/documents").json["count"] == 2


@pytest.mark.parametrize("leave", [8 << 10, 32 << 10, 64 << 10, 128 << 10, 256 << 10])
def test_a_disk_that_fills_up_at_any_point_of_adding_loses_nothing(small_disk, tmp_path, leave):
    filler = small_disk.fill(leave)
    taken = []
    for n in itertools.count(1):
        (tmp_path / f"{n}.txt").write_text(lease(n))
        added = small_disk.post("/api/documents/local", {"path": str(tmp_path / f"{n}.txt")})
        if added.status == 507:
            break
        assert added.status == 202, added.body
        taken.append(added.json["id"])
    assert small_disk.get("/health").status == 200
    filler.unlink()
    for n in range(1, len(taken) + 2):
        assert small_disk.add(tmp_path / f"{n}.txt")["state"] == "ready"
    documents = small_disk.get("/api/documents").json["documents"]
    assert len(documents) == len(taken) + 1 and set(taken) <= {d["id"] for d in documents}
    hits = small_disk.post("/api/search", {"query": "What does the tenant of the plot pay?", "limit": 30}).json["hits"]
    assert len({(hit["document"], hit["start"]) for hit in hits}) == len(hits) > 0


def test_a_file_over_the_limit_is_refused_with_the_limit(daemon, tmp_path):
    enormous = tmp_path / "enormous.txt"
    with open(enormous, "wb") as file:
        file.truncate(256 * MIB + 1)
    refused = daemon.post("/api/documents/local", {"path": str(enormous)})
    assert refused.status == 413 and "256 MiB" in refused.json["error"]["message"]
    shown = daemon.cli("add", enormous)
    assert shown.returncode == 1 and "256 MiB" in shown.stderr
    announced = daemon.request("POST", "/api/documents", b"", {"Content-Type": "multipart/form-data; boundary=b",
                                                               "Content-Length": str(300 * MIB)}, tcp=True)
    assert announced.status == 413, announced.body
    assert daemon.get("/api/documents").json["count"] == 0


def comments_html():
    """Takes several hundred MiB to read, and says one sentence."""
    return b"<!DOCTYPE html><html><body>" + (b"<!--" + b"-x" * (MIB >> 1) + b"-->") * 60 + b"<p>Rent is due.</p></body></html>"


# (setting, too little, the document, what is said then, enough)
LIMITS = [
    ("extraction.max_text_mb", 1, "long.txt", lambda: (b"x" * 9_999 + b" ") * 130, "is longer than 1 MiB", 2),
    ("extraction.max_pages", 2, "three.pdf", lambda: hostile.many_pages(3, text=b"Rent is due " * 20), "has more than 2 pages", 3),
    ("extraction.max_embedded_files", 1, "two.zip", lambda: make.zipped([("a.txt", "Rent."), ("b.txt", "Toll.")]),
     "holds more than 1 files", 2),
    ("extraction.max_unpacked_mb", 1, "large.zip", lambda: make.zipped([("a.txt", b" " * (2 * MIB) + b"Rent.")]),
     "unpacks to more than 1 MiB", 3),
    ("extraction.memory_mb", 256, "heavy.html", comments_html, "needs more memory than 256 MiB", 2048),
]


@pytest.mark.parametrize("setting,little,name,content,said,enough", LIMITS, ids=[limit[0] for limit in LIMITS])
def test_a_document_over_a_limit_names_the_setting_and_is_read_when_that_is_raised(daemon, tmp_path, setting, little, name,
                                                                                   content, said, enough):
    (tmp_path / name).write_bytes(content())
    assert daemon.cli("config", "set", setting, little).returncode == 0
    refused = daemon.add(tmp_path / name)
    assert refused["state"] == "failed" and f"{said}, the limit {setting}." in refused["reason"], refused
    assert daemon.cli("config", "set", setting, enough).returncode == 0
    assert daemon.add(tmp_path / name)["state"] == "ready"


def test_the_size_of_a_file_is_a_setting(daemon, tmp_path):
    assert daemon.cli("config", "set", "extraction.max_file_mb", "1").returncode == 0
    (tmp_path / "file.txt").write_bytes(b"Rent is due." + b" " * MIB)
    for refused in (daemon.post("/api/documents/local", {"path": str(tmp_path / "file.txt")}),
                    upload(daemon, "file.txt", b"x" * (MIB + 1)), upload(daemon, "file.txt", b"x" * 2 * MIB)):
        assert refused.status == 413
        assert refused.json["error"]["message"] == "The file is larger than 1 MiB, the limit extraction.max_file_mb."
    assert daemon.cli("config", "set", "extraction.max_file_mb", "2").returncode == 0
    assert daemon.add(tmp_path / "file.txt")["state"] == "ready"


def test_the_time_of_a_document_is_a_setting(daemon, tmp_path):
    endless = dict(hostile.pdfs(16))["forms-doubling.pdf"]
    (tmp_path / "endless.pdf").write_bytes(endless)
    for seconds in (1, 2):
        assert daemon.cli("config", "set", "extraction.seconds", seconds).returncode == 0
        document = daemon.add(tmp_path / "endless.pdf")
        assert document["state"] == "failed"
        assert f"could not be read within {seconds} seconds, the limit extraction.seconds." in document["reason"]


def test_the_reader_is_kept_to_the_limits_that_are_set(home):
    home.mkdir()
    (home / "counsel.toml").write_text("[extraction]\nmemory_mb = 300\nseconds = 7\nmax_text_mb = 2\nmax_unpacked_mb = 3\n")
    shown = cli(home, "doctor").stdout
    assert "memory 300 MiB, processor time 9 s, output 29 MiB" in shown, shown


def test_more_text_than_is_read_is_refused_with_the_limit(daemon, tmp_path):
    (tmp_path / "long.txt").write_bytes(b"All work and no play makes Jack a dull boy.\n" * (65 * MIB // 44 + 1))
    document = daemon.add(tmp_path / "long.txt")
    assert document["state"] == "failed" and "64 MiB" in document["reason"], document
