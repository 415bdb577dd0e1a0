"""Scans: read by OCR, found, cited with their page, opened at their place. The scans are rendered from known text here."""

import json
import math
import os
import pty
import random
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import make_documents as make
import make_hostile_pages as pages
import pytest

from counsel import BIN, wait_until
from test_formats import extract
from make_scans import POSSIBLE, bmp, gif, jpeg, moving_webp, picture_pdf, png, scan, tiff, webp

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="pdftoppm (poppler-utils) makes the scans")

LINES = ["The ferryman shall keep two lanterns lit from dusk.", "A toll of seven pence is due at the northern landing.",
         "Cattle cross on Thursdays only, and never after rain."]


@pytest.fixture(scope="module", autouse=True)
def english():
    report = json.loads(subprocess.run([BIN / "counsel-extract", "--ocr-report"], capture_output=True, check=True).stdout)
    if "eng" not in report["languages"]:
        pytest.skip("tesseract-ocr-eng is not installed")


def rotated(picture, degrees):
    """By two shears, which is a rotation for small angles."""
    width, height, data = picture
    slope = math.tan(math.radians(degrees))

    def shear(rows, length):
        middle = len(rows) / 2
        for y, row in enumerate(rows):
            by = round((y - middle) * slope)
            yield (b"\xff" * by + row)[:length] if by >= 0 else row[-by:] + b"\xff" * -by

    rows = list(shear([data[y * width:(y + 1) * width] for y in range(height)], width))
    slope = -slope
    columns = list(shear([bytes(column) for column in zip(*rows)], height))
    return width, height, b"".join(bytes(row) for row in zip(*columns))


def noisy(picture, share, seed=1):
    width, height, data = picture
    spots = random.Random(seed)
    data = bytearray(data)
    for _ in range(int(len(data) * share)):
        data[spots.randrange(len(data))] = spots.randrange(256)
    return width, height, bytes(data)


def quarter_turned(picture):
    width, height, data = picture
    rows = [data[y * width:(y + 1) * width] for y in range(height)]
    return height, width, b"".join(bytes(column) for column in zip(*rows[::-1]))


def junk_pdf(picture, letters=200):
    """A scan under a text layer whose letters are for private use, as fonts without a table of characters give them."""
    width, height, data = picture
    table = (b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def "
             b"1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <20> <7f> <e020> endbfrange endcmap end end")
    lines = b"".join(b"(%s) Tj T*" % (b"qxj" * 13) for _ in range(letters // 39 + 1))
    return pages.one_page(
        b"q %.2f 0 0 %.2f 48 %.2f cm /I Do Q BT 3 Tr /F1 12 Tf 14 TL 48 740 Td %s ET"
        % (width * 0.24, height * 0.24, 756 - height * 0.24, lines),
        page=b"/Resources << /XObject << /I 5 0 R >> /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R "
             b">> >> >>",
        more=[pages.image(zlib.compress(data), width, height), pages.stream(table)])


def read_page(content, page=1, name="scan", task="ocr", *more):
    """(head, rest) of what counsel-extract says of one page."""
    with tempfile.TemporaryFile() as document, tempfile.TemporaryFile() as result:
        document.write(content)
        document.seek(0)
        result.write(name.encode())
        result.seek(0)
        subprocess.run(["bash", "-c", f'exec "$0" "$@" 3<&{document.fileno()} 4>&{result.fileno()}', BIN / "counsel-extract",
                        "--task", task, "--page", str(page), *more],
                       pass_fds=[document.fileno(), result.fileno()], timeout=120, env={"OMP_THREAD_LIMIT": "1"})
        result.seek(0)
        line, _, rest = result.read().partition(b"\n")
    return json.loads(line), rest


def words(text):
    return text.split()


@pytest.mark.parametrize("change", [lambda p: p, lambda p: noisy(p, 0.01, seed=3), lambda p: rotated(p, 1), quarter_turned],
                         ids=["clean", "noise", "one degree", "quarter turn"])
def test_a_scan_is_read_word_for_word(change):
    head, text = read_page(png(change(scan(LINES))))
    # A speck beside the text may be read as a mark of its own ("_"), depending on the font that stands in for Helvetica.
    read = [word for word in words(text.decode()) if any(c.isalnum() for c in word)]
    assert read == words(" ".join(LINES)) and len(words(text.decode())) <= len(read) + 1
    assert head["confidence"] > 80


def test_a_jpeg_is_read_word_for_word():
    content = jpeg(LINES)
    assert content.startswith(b"\xff\xd8\xff")
    head, text = read_page(content)
    assert words(text.decode()) == words(" ".join(LINES)) and head["confidence"] > 80


@pytest.mark.parametrize("kind", [
    bmp, lambda p: bmp(p, 24), lambda p: bmp(p, 32), lambda p: bmp(p, 32, newest=True), lambda p: bmp(p, newest=True),
    lambda p: bmp(p, 24, top_down=True),
    lambda p: gif([p]), webp, lambda p: webp(p, lossless=0)],
    ids=["bmp", "bmp of 24 bits", "bmp of 32 bits", "bmp with masks", "bmp with a long head", "bmp from its top", "gif", "webp", "lossy webp"])
def test_other_pictures_are_read_word_for_word(kind):
    content = kind(scan(LINES))
    assert extract(content).head["needs_ocr"] == [1]
    head, text = read_page(content)
    assert words(text.decode()) == words(" ".join(LINES)) and head["confidence"] > 80


def test_of_an_animation_the_first_picture_is_read_and_that_is_told(daemon, tmp_path):
    pictures = [scan(LINES[:1]), scan(LINES[1:2])]
    for name, content in {"two.gif": gif(pictures), "two.webp": moving_webp(pictures)}.items():
        (tmp_path / name).write_bytes(content)
        document = daemon.add(tmp_path / name)
        assert document["state"] == "ready", document
        assert "Not read: an animation: only its first picture is read." in document["notes"]
        assert words(daemon.get(f"/api/documents/{document['id']}/text").json["text"]) == words(LINES[0])


def test_other_pictures_that_are_too_large_packed_or_cut_off_give_a_sentence():
    small = scan(LINES[:1], width=200, height=150)
    # GIF and WEBP say their size where nothing was unpacked yet; a BMP must be as long as it says.
    wide = struct.pack("<HH", 30_000, 30_000)
    for content in (gif([small]).replace(struct.pack("<HH", 200, 150), wide),
                    gif([small]).replace(b"," + struct.pack("<HHHH", 0, 0, 200, 150), b"," + struct.pack("<HH", 0, 0) + wide)):
        assert "30000 by 30000 pixels, more than 64 million, the limit ocr.megapixels" in read_page(content)[0]["error"]["message"]
    head, _ = read_page(webp(small), 1, "scan", "ocr", "--max-pixels", "20000")
    assert "200 by 150 pixels" in head["error"]["message"]
    assert read_page(bmp(small).replace(struct.pack("<ii", 200, 150), struct.pack("<ii", 30_000, 30_000)))[0]["error"]["code"] == "corrupt"
    packed = bytearray(bmp(small))
    packed[30] = 1
    assert read_page(bytes(packed))[0]["error"]["message"] == "'scan' is an image of a kind that Counsel cannot read."
    for whole in (bmp(small), gif([small]), webp(small), moving_webp([small, small])):
        for size in range(12, len(whole), max(1, len(whole) // 12)):
            head, text = read_page(whole[:size])
            assert text or head.get("text_bytes") == 0 or head["error"]["message"]


def test_a_text_layer_that_means_nothing_gives_way_to_what_the_page_shows(daemon, tmp_path):
    (tmp_path / "junk.pdf").write_bytes(junk_pdf(scan(LINES)))
    document = daemon.add(tmp_path / "junk.pdf")
    assert document["state"] == "ready", document
    assert any("Page 1 was read by OCR" in note for note in document["notes"]), document["notes"]
    text = daemon.get(f"/api/documents/{document['id']}/text").json["text"]
    assert words(text) == words(" ".join(LINES))
    assert daemon.post("/api/search", {"query": "When is a toll of seven pence due?"}).json["hits"][0]["ocr"]


def test_boxes_stand_where_the_words_are():
    picture = width, height, data = scan(LINES)
    head, text = read_page(png(picture))
    assert (head["width"], head["height"]) == (width, height)
    start, end, left, top, right, bottom, _ = head["words"][1]
    assert text.decode()[start:end] == "ferryman"
    inside = [data[y * width + x] for y in range(int(top), int(bottom)) for x in range(int(left), int(right))]
    assert sum(pixel < 128 for pixel in inside) / len(inside) > 0.1
    # Above the first line is nothing; the second line stands 14 points below.
    assert min(data[:int(top - 2) * width]) > 200
    below = next(word for word in head["words"] if text.decode()[word[0]:word[1]] == "toll")
    assert abs(below[3] - top - 14 * 300 / 72) < 12


def test_an_image_bomb_is_refused_before_it_is_unpacked():
    bomb = png((1, 1, b"\0")).replace(struct.pack(">II", 1, 1), struct.pack(">II", 30_000, 30_000), 1)
    head, _ = read_page(bomb)
    assert "30000 by 30000 pixels, more than 64 million, the limit ocr.megapixels" in head["error"]["message"]


def test_the_time_and_pixels_of_a_page_are_settings(daemon, tmp_path):
    picture = width, height, data = scan(LINES * 15, width=2200, height=2800)
    (tmp_path / "page.png").write_bytes(png(picture))
    for setting, little, said, enough in (("ocr.megapixels", 6, f"{width} by {height} pixels, more than 6 million", 64),
                                          ("ocr.seconds", 1, "could not be read within 1 seconds", 90)):
        assert daemon.cli("config", "set", setting, little).returncode == 0
        refused = daemon.add(tmp_path / "page.png")
        assert refused["state"] == "failed" and f"{said}, the limit {setting}." in refused["reason"], refused
        assert daemon.cli("config", "set", setting, enough).returncode == 0
    assert daemon.add(tmp_path / "page.png")["state"] == "ready"


def test_truncated_pictures_give_text_or_a_sentence():
    whole = png(scan(LINES[:1], height=150))
    for size in range(8, len(whole), max(1, len(whole) // 12)):
        head, text = read_page(whole[:size])
        assert text or head.get("text_bytes") == 0 or head["error"]["message"]


def test_a_language_that_is_missing_is_named_with_its_package():
    head, _ = read_page(png(scan(LINES[:1], height=150)), 1, "scan", "ocr", "--languages", "xyz")
    assert head["error"]["code"] == "unsupported"
    assert "apt-get install tesseract-ocr-xyz" in head["error"]["next_step"]


def test_scans_are_found_cited_and_opened_at_their_place(daemon, tmp_path):
    files = {"mixed.pdf": picture_pdf([["This page has text of its own. " * 3, "It speaks of the orchard wall and nothing else."] * 2,
                                       scan(LINES)]),
             "two.tif": tiff([scan(["The first page is about bees and their hives."], height=150),
                              scan(["The second page settles the matter of the weir."], height=150)])}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        assert daemon.add(tmp_path / name)["state"] == "ready"
    hit = daemon.post("/api/search", {"query": "When is a toll of seven pence due?"}).json["hits"][0]
    assert hit["name"] == "mixed.pdf" and hit["ocr"] and hit["ocr_confidence"] > 80
    hits = daemon.post("/api/search", {"query": "What settles the matter of the weir?"}).json["hits"]
    assert any(hit["name"] == "two.tif" and hit["ocr"] for hit in hits)

    mixed = hit["document"]
    text = daemon.get(f"/api/documents/{mixed}/text").json["text"]
    for phrase, ocr in (("seven pence", True), ("orchard wall", False)):
        start = text.index(phrase)
        place = daemon.get(f"/api/documents/{mixed}/passage?start={start}&end={start + len(phrase)}").json
        assert place["text"] == phrase and place["ocr"] == ocr and place["page"] == (2 if ocr else 1)
        [page] = place["pages"]
        assert (page["width"], page["height"], page["unit"]) == (612, 792, "points")
        assert len(page["words"]) == 2 and len(page["lines"]) == 1
        [line] = page["lines"]
        assert 0 < line["left"] < line["right"] < 612 and 40 < line["top"] < line["bottom"] < 140
        assert place["before"]["end"] == start and place["after"]["start"] == start + len(phrase)
        plain = daemon.get(f"/api/documents/{mixed}/page/{place['page']}.png")
        marked = daemon.get(f"/api/documents/{mixed}/page/{place['page']}.png?start={start}&end={start + len(phrase)}")
        assert plain.headers["Content-Type"] == "image/png" and plain.body.startswith(b"\x89PNG")
        assert marked.body.startswith(b"\x89PNG") and marked.body != plain.body
        shown = daemon.cli("show", f"mixed.pdf:{start}-{start + len(phrase)}", "--png", str(tmp_path / "page.png"))
        assert phrase in shown.stdout and ("read by OCR" in shown.stdout) == ocr
        assert (tmp_path / "page.png").read_bytes() == marked.body
    assert daemon.get(f"/api/documents/{mixed}/page/3.png").status == 404
    assert daemon.get(f"/api/documents/{mixed}/passage?start=5&end=5").status == 400


def test_progress_of_ocr_is_told(daemon, tmp_path):
    (tmp_path / "three.tif").write_bytes(tiff([scan([line], height=150) for line in LINES]))
    events = daemon.events()
    added = daemon.post("/api/documents/local", {"path": str(tmp_path / "three.tif")}).json["id"]
    told = []
    for name, data in events:
        if name != "document" or data["id"] != added:
            continue
        told.append((data["state"], data["pages_done"], data["pages"]))
        if data["state"] in ("ready", "failed"):
            break
    events.close()
    assert [one for one in told if one[0] == "extracting"] == [("extracting", 0, 0)] + [("extracting", n, 3) for n in (1, 2, 3)], told
    assert told[-1][0] == "ready"


def test_the_command_line_shows_the_pages_that_are_read(daemon, tmp_path):
    (tmp_path / "three.tif").write_bytes(tiff([scan([line], height=150) for line in LINES]))
    own, other = pty.openpty()
    process = subprocess.Popen([BIN / "counsel", "add", tmp_path / "three.tif"], stderr=other, stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "COUNSEL_HOME": str(daemon.home), "TERM": "xterm"})
    os.close(other)
    shown = b""
    while True:
        try:
            shown += (piece := os.read(own, 4096))
        except OSError:
            break  # nobody holds the other end
        if not piece:
            break
    os.close(own)
    assert process.wait() == 0 and "1 document ready" in process.stdout.read()
    assert b"of 3 by OCR" in shown, shown
    assert b"were read by OCR" in shown, shown


def test_a_superseded_scan_can_still_be_opened(daemon, tmp_path):
    path = tmp_path / "scan.png"
    path.write_bytes(png(scan(LINES[:2])))
    old = daemon.add(path)
    path.write_bytes(png(scan(LINES[2:])))
    new = daemon.add(path)
    assert daemon.get(f"/api/documents/{old['id']}").json["superseded_by"] == new["id"]
    for document, phrase in ((old["id"], "seven pence"), (new["id"], "after rain")):
        start = daemon.get(f"/api/documents/{document}/text").json["text"].index(phrase)
        place = daemon.get(f"/api/documents/{document}/passage?start={start}&end={start + len(phrase)}").json
        assert place["text"] == phrase and place["ocr"] and len(place["pages"][0]["words"]) == 2
        shown = daemon.get(f"/api/documents/{document}/page/1.png?start={start}&end={start + len(phrase)}")
        assert shown.status == 200 and shown.body.startswith(b"\x89PNG")
    old_page, new_page = (daemon.get(f"/api/documents/{one['id']}/page/1.png").body for one in (old, new))
    assert old_page != new_page


def test_an_answer_cites_a_scan_with_its_page_and_place(daemon, tmp_path):
    lease = ["Tenancy agreement for Alder House.", "", "1. The rent of Alder House is 1,450 pounds a month, due on the first day.", "",
             "2. The tenant shall not keep a dog in Alder House."]
    weather = ["This page has text of its own. " * 3, "It speaks of the weather and of nothing else."] * 2
    (tmp_path / "lease.pdf").write_bytes(picture_pdf([scan(lease), weather]))
    document = daemon.add(tmp_path / "lease.pdf")["id"]
    answer = daemon.post("/api/ask", {"question": "What is the rent of Alder House?", "stream": False}).json
    [cited] = [place for place in answer["citations"] if "1,450 pounds" in place["quote"]]
    assert (cited["document"], cited["page"], cited["ocr"]) == (document, 1, True) and cited["ocr_confidence"] > 80
    assert daemon.text(document, cited["start"], cited["end"]) == cited["quote"]
    place = daemon.get(f"/api/documents/{document}/passage?start={cited['start']}&end={cited['end']}").json
    assert place["ocr"] and place["page"] == 1 and place["text"] == cited["quote"]
    [page] = place["pages"]
    assert len(page["words"]) == len(words(cited["quote"]))
    for line in page["lines"]:
        assert 0 < line["left"] < line["right"] < 612 and 0 < line["top"] < line["bottom"] < 200


def test_when_a_language_has_come_what_wanted_it_is_read_again_and_old_citations_open(daemon, tmp_path):
    files = {"mixed.pdf": picture_pdf([["This page has text of its own. " * 3, "It speaks of the orchard wall and nothing else."] * 2,
                                       scan(LINES)]),
             "scan.png": png(scan(["The reeve keeps the key of the weir."], height=200)),
             "note.txt": b"The note says that the orchard wall is older than the weir."}
    daemon.stop()
    daemon.arguments = ["--set", "ocr.languages=xyz"]
    daemon.start()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    mixed, failed, note = (daemon.add(tmp_path / name) for name in files)
    assert (mixed["state"], failed["state"], note["state"]) == ("ready", "failed", "ready")
    assert [document["wants_language"] for document in (mixed, failed, note)] == [True, True, False]
    cited = daemon.post("/api/search", {"query": "What does the page say of the orchard wall?", "document": [mixed["id"]]}).json["hits"][0]
    opened = f"/api/documents/{mixed['id']}/passage?start={cited['start']}&end={cited['end']}"
    before = daemon.get(opened).json

    daemon.stop()
    daemon.arguments = []
    daemon.start()
    said = daemon.cli("reread", "--wants-language")
    assert said.returncode == 0 and sorted(line.split(" is read again")[0] for line in said.stdout.splitlines()) == [
        "mixed.pdf", "scan.png"], said.stdout + said.stderr
    wait_until(lambda: daemon.get("/api/status").json["documents"]["pending"] == 0, "they are read")
    again = {document["name"]: document for document in daemon.get("/api/documents").json["documents"]}
    assert again["scan.png"]["id"] == failed["id"] and again["note.txt"]["id"] == note["id"]
    assert again["mixed.pdf"]["id"] != mixed["id"] and not again["mixed.pdf"]["wants_language"]
    hit = daemon.post("/api/search", {"query": "When is a toll of seven pence due?"}).json["hits"][0]
    assert (hit["document"], hit["last_page"]) == (again["mixed.pdf"]["id"], 2)
    hits = daemon.post("/api/search", {"query": "Who keeps the key of the weir?", "limit": 30}).json["hits"]
    assert hits[0]["name"] == "scan.png" and mixed["id"] not in {hit["document"] for hit in hits}
    after = daemon.get(opened).json
    assert after["superseded_by"] == again["mixed.pdf"]["id"]
    assert {**after, "superseded_by": ""} == before
    assert daemon.cli("reread", "--wants-language").stdout == "No document wants a language of OCR.\n"
    assert daemon.cli("reread").returncode == 2

    assert daemon.request("DELETE", f"/api/documents/{again['mixed.pdf']['id']}").status == 200
    assert daemon.get(f"/api/documents/{mixed['id']}").status == 404, "what was read of it before went too"
