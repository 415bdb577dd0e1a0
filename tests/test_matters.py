"""Matters: walls between clients, whatever is done in whatever order, and deleting one for good."""

import re
import zipfile

import make_documents as make
from counsel import SEED, chance, cli, wait_until

QUESTION = "What does the deed say of the estate?"


def hits(daemon, query, *matters):
    wall = {"matter": list(matters)} if matters else {}
    found = daemon.post("/api/search", {"query": query, **wall, "min_relevance": 0, "limit": 30})
    assert found.status == 200, found.body
    return found.json["hits"]


def holding(folder, word):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")
                  if path.is_file() and word.encode() in path.read_bytes())


def everything_in(folder):
    return b"\0".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()).lower()


def texts_of(daemon, matter):
    documents = daemon.get(f"/api/documents?matter={matter}&superseded=true").json["documents"]
    return documents, " ".join(daemon.get(f"/api/documents/{document['id']}/text").json["text"] for document in documents)


def answer(daemon, question, matter):
    """All of it but how long it took and its number in the record."""
    reply = daemon.post("/api/ask", {"question": question, "matter": [matter], "max_tokens": 60, "style": "answer", "stream": False})
    assert reply.status == 200, reply.body
    return {name: value for name, value in reply.json.items() if name not in ("seconds", "record")}


def test_a_deleted_matter_is_in_no_file_and_the_other_answers_as_before(daemon, tmp_path):
    empty = everything_in(daemon.home)  # the words of the schema and the settings
    (tmp_path / "deed.txt").write_text("The deed of zyxquorvian conveys the southern estate to Ada Blackwood in 1987.")
    assert daemon.add(tmp_path / "deed.txt", "Blackwood")["state"] == "ready"
    (tmp_path / "deed.txt").write_text("The deed of zyxquorvian conveys the northern estate to Ada Blackwood in 1997.")
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as bundle:
        bundle.writestr("inside.txt", "The zyxquorvian schedule lists the barns of the estate.")
    (tmp_path / "lease.docx").write_bytes(make.lease_docx())
    (tmp_path / "offer.eml").write_bytes(make.offer_eml())
    for name in ("deed.txt", "bundle.zip", "lease.docx", "offer.eml"):
        assert daemon.add(tmp_path / name, "Blackwood")["state"] == "ready"
    (tmp_path / "ours.txt").write_text("The deed of gift conveys the southern estate to Ben Whitwell in 2003.\n\n"
                                       "The estate of Ben Whitwell is let to a tenant at a rent of nine pounds a year.")
    assert daemon.add(tmp_path / "ours.txt", "Whitwell")["state"] == "ready"
    wait_until(lambda: daemon.get("/api/status").json["documents"]["pending"] == 0, "what they hold is read")

    questions = [QUESTION, "What rent does the tenant of Ben Whitwell pay?", "Who insures the waterwheel?"]
    for question in questions:
        answer(daemon, question, "Whitwell")  # the model is there, and its prompt cache filled
    before = [answer(daemon, question, "Whitwell") for question in questions]
    found = hits(daemon, QUESTION, "Whitwell")
    listed = daemon.get("/api/matters").json["matters"]
    # Two deeds, an archive and what it holds, a lease, a mail and its two attachments.
    assert [(matter["name"], matter["documents"]) for matter in listed] == [("Blackwood", 8), ("Whitwell", 1)]

    documents, text = texts_of(daemon, "Blackwood")
    # Its path too, and what the record says of the questions, which were all asked of the other.
    kept = (texts_of(daemon, "Whitwell")[1] + str(tmp_path) + daemon.get("/api/record").body.decode()).lower()
    words = {word.lower() for word in re.findall(r"[^\W\d_]{5,}", text)}
    words = {word.encode() for word in words if word not in kept and word.encode() not in empty}
    words |= {document["sha256"].encode() for document in documents} | {document["id"].encode() for document in documents}
    words |= {document["name"].lower().encode() for document in documents}
    full = everything_in(daemon.home)
    assert len(words) > 60 and {word for word in words if word not in full} == set()

    deleted = daemon.request("DELETE", "/api/matters/Blackwood")
    assert deleted.status == 200 and deleted.json["deleted"]["documents"] == 8, deleted.body
    left = everything_in(daemon.home)
    assert {left[max(left.index(word) - 60, 0):left.index(word) + 60] for word in words if word in left} == set()
    assert b"blackwood" not in left
    assert len([path for path in (daemon.home / "originals").rglob("*") if path.is_file()]) == 1, "the other's original"
    assert daemon.get("/api/status").json["documents"]["purging"] is False
    assert [answer(daemon, question, "Whitwell") for question in questions] == before
    assert hits(daemon, QUESTION, "Whitwell") == found
    assert {hit["matter"] for hit in hits(daemon, QUESTION)} == {"Whitwell"}
    assert daemon.request("DELETE", "/api/matters/Blackwood").status == 404
    assert daemon.post("/api/search", {"query": QUESTION, "matter": ["Blackwood"]}).status == 404


def test_a_wall_that_is_misspelt_or_names_nothing_is_no_open_door(library):
    for wall in ({"matters": ["general"]}, {"matter": []}, {"document": []}, {"Matter": "general"}):
        for route, asked in (("/api/search", {"query": "source"}), ("/api/ask", {"question": "source?"})):
            reply = library.post(route, {**asked, **wall})
            assert reply.status == 400, (route, wall, reply.body)


def test_on_the_command_line_deleting_a_matter_wants_a_yes(home, tmp_path):
    (tmp_path / "deed.txt").write_text("The deed conveys the estate.")
    assert cli(home, "add", tmp_path / "deed.txt", "--matter", "Smith v Jones").returncode == 0
    assert "Smith v Jones" in cli(home, "matters").stdout
    refused = cli(home, "matters", "--delete", "Smith v Jones")
    assert refused.returncode == 2 and "--yes" in refused.stderr
    assert "Smith v Jones" in cli(home, "matters").stdout
    deleted = cli(home, "matters", "--delete", "Smith v Jones", "--yes")
    assert deleted.returncode == 0 and "1 documents" in deleted.stdout, deleted.stderr
    assert "No matters yet" in cli(home, "matters").stdout
    assert cli(home, "matters", "--delete", "Smith v Jones", "--yes").returncode == 4


def test_nothing_leaks_between_matters_whatever_is_done(daemon, tmp_path):
    """Random additions (the same bytes in several matters too), new versions and deletions; after each, every query,
    listing and export shows what belongs to the matter and nothing else."""
    choose = chance()
    matters = ["Alpha", "Beta", "Gamma"]
    texts = [f"The clause number {n} of the tenancy says that the tenant keeps garden {n} tidy." for n in range(6)]
    has = {matter: set() for matter in matters}  # texts, those of old versions too: one document each
    ever = set()
    for step in range(24):
        where = f"COUNSEL_TEST_SEED={SEED}, step {step}"
        matter = choose.choice(matters)
        doing = choose.choice(["add", "add", "add", "delete", "delete matter"])
        if doing == "add":
            path = tmp_path / f"{choose.randrange(4)}.txt"
            path.write_text(choose.choice(texts))
            assert daemon.add(path, matter)["state"] == "ready", where
            ever.add(matter)
            has[matter].add(path.read_text())
        elif doing == "delete" and has[matter]:
            gone = choose.choice(daemon.get(f"/api/documents?matter={matter}&superseded=true").json["documents"])
            text = daemon.get(f"/api/documents/{gone['id']}/text").json["text"]
            assert daemon.request("DELETE", f"/api/documents/{gone['id']}").status == 200, where
            has[matter].remove(text)
        elif doing == "delete matter" and matter in ever:
            assert daemon.request("DELETE", f"/api/matters/{matter}").status == 200, where
            has[matter] = set()
            ever.discard(matter)
        for one in matters:
            if one not in ever:
                assert daemon.get(f"/api/documents?matter={one}").status == 404, where
                continue
            everything = daemon.get(f"/api/documents?matter={one}&superseded=true").json["documents"]
            assert {document["matter"] for document in everything} <= {one} and len(everything) == len(has[one]), where
            current = {document["id"] for document in daemon.get(f"/api/documents?matter={one}").json["documents"]}
            found = hits(daemon, "Which garden does the tenant keep tidy?", one)
            assert {hit["document"] for hit in found} == current, where
            assert {hit["quote"] for hit in found} <= has[one], where
            answer = daemon.post("/api/ask", {"question": "Who is the king of Spain?", "matter": [one], "stream": False})
            assert {passage["document"] for passage in answer.json["passages"]} <= current, where
    matter = next((one for one in matters if has[one]), None)
    if matter:
        exported = cli(daemon.home, "export", tmp_path / "out", "--matter", matter)
        assert exported.returncode == 0, exported.stderr
        for text in set.union(*has.values()) - has[matter]:
            assert holding(tmp_path / "out", text) == [], f"COUNSEL_TEST_SEED={SEED}"
