"""The first product's HTTP API: its clients get its shapes, defaults and errors. Examples are written by hand from the
reference; docs/api.md has the section."""

import datetime
import http.client
import json
import socket
import sqlite3

import pytest

from counsel import LICENSES, Daemon, cli

LEASE = """Tenancy agreement for Alder House.

1. The rent of Alder House is 1,450 pounds a month, due on the first day of each month.

2. The tenant shall not keep a dog in Alder House without the written consent of the landlord.

3. Either party may end this agreement by giving two months' notice in writing.
"""
RENT = "What is the rent of Alder House?"
MISTRAL = "models/mistral-7b-instruct-v0.2.Q4_K_M.gguf"


def form(name, data, field="file", boundary="frontier"):
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    return head.encode() + data + f"\r\n--{boundary}--\r\n".encode()


def upload(daemon, name, data, field="file", **more):
    headers = {"Content-Type": "multipart/form-data; boundary=frontier", **more.pop("headers", {})}
    return daemon.request("POST", "/api/rag/upload", form(name, data, field), headers, **more)


def answer(daemon, **body):
    return daemon.post("/api/rag/answer", body)


def has_shape(value, shape):
    """`value` has what `shape` names, of its types; more is an addition."""
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(k in value and has_shape(value[k], s) for k, s in shape.items())
    if isinstance(shape, list):
        return isinstance(value, list) and all(has_shape(item, shape[0]) for item in value)
    if shape is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if shape is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, shape)


ANSWER = {"answer": str, "confidence": float,
          "sources": [{"document_id": str, "filename": str, "chunk_id": str, "relevance_score": float,
                       "text_excerpt": str}],
          "chunks_analyzed": int, "chunks_used": int, "processing_time": float, "model_used": str}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A daemon with a lease and two licences in matter "general", and a file of another matter. Tests leave it so."""
    folder = tmp_path_factory.mktemp("office")
    home = folder / "h"
    home.mkdir()
    daemon = Daemon(home, {"ALLOWED_ORIGINS": "http://localhost:3000, https://counsel.example/"}).start()
    daemon.lease = upload(daemon, "lease.txt", LEASE.encode()).json["doc_id"]
    for name in ("GPL-3", "Apache-2.0"):
        assert upload(daemon, name, (LICENSES / name).read_bytes()).status == 200
    (folder / "birch.txt").write_text("The rent of Birch House is 2,900 pounds a month, due on the fifth day.")
    daemon.birch = daemon.add(folder / "birch.txt", "birch")["id"]
    yield daemon
    daemon.stop()


# ---- status ----


def test_status_before_anything_is_ready_and_no_model_is_loaded(daemon):
    for path in ("/api/rag/status", "/api/rag/health", "/api/system/stats", "/api/rag/documents"):
        assert daemon.get(path).status == 200
    status = daemon.get("/api/rag/status").json
    assert has_shape(status, {
        "status": str, "ready": bool, "message": str,
        "models": {"embedder": bool, "utility": bool, "reasoning": bool, "lazy_loading": bool},
        "documents": {"count": int, "indexed": int}, "chunks": {"count": int, "indexed": int},
        "hardware": {"gpu_available": bool, "memory_usage": float, "total_memory": float}})
    assert status["status"] == "ready" and status["ready"]
    assert status["models"] == {"embedder": False, "utility": False, "reasoning": False, "lazy_loading": True}
    assert status["documents"] == {"count": 0, "indexed": 0}
    assert 0 < status["hardware"]["memory_usage"] < status["hardware"]["total_memory"]
    assert daemon.children() == []


def test_initialize_loads_both_models(daemon):
    reply = daemon.post("/api/rag/initialize")
    assert reply.status == 200 and reply.json["status"] == "ready" and reply.json["message"]
    models = daemon.get("/api/rag/status").json["models"]
    assert models["embedder"] and models["reasoning"] and not models["utility"]


def test_health(office):
    health = office.get("/api/rag/health").json
    assert health["status"] == "healthy"
    assert has_shape(health, {"timestamp": str, "version": str, "architecture": str})
    said = datetime.datetime.fromisoformat(health["timestamp"])
    assert abs((datetime.datetime.now(datetime.timezone.utc) - said).total_seconds()) < 300


def test_system_stats(office):
    stats = office.get("/api/system/stats").json
    assert has_shape(stats, {"cpu": {"usage": float, "cores": int}, "ram": {"usage": float, "memory": str},
                             "storage": {"usage": float, "space": str}, "gpu": {"usage": float, "memory": str}})
    assert 0 <= stats["cpu"]["usage"] <= 100 and stats["cpu"]["cores"] >= 1
    for text in (stats["ram"]["memory"], stats["storage"]["space"], stats["gpu"]["memory"]):
        used, total = text.split(" / ")
        assert used.endswith("GB") and total.endswith("GB") and float(used[:-2]) <= float(total[:-2])


# ---- documents ----


def test_an_upload_answers_when_the_document_can_be_asked(daemon):
    reply = upload(daemon, "lease.txt", LEASE.encode())
    assert reply.status == 200
    assert has_shape(reply.json, {"message": str, "doc_id": str, "chunks_created": int, "processing_time": float})
    assert reply.json["chunks_created"] >= 1
    listed = daemon.get("/api/rag/documents").json
    assert has_shape(listed, {"count": int, "documents": [{"id": str, "filename": str, "file_size": int,
                                                           "chunk_count": int, "created_at": str}]})
    assert listed["count"] == 1
    only = listed["documents"][0]
    assert (only["id"], only["filename"], only["file_size"]) == (reply.json["doc_id"], "lease.txt", len(LEASE))
    assert only["chunk_count"] == reply.json["chunks_created"]
    datetime.datetime.fromisoformat(only["created_at"])
    again = upload(daemon, "lease.txt", LEASE.encode())
    assert again.status == 200 and again.json["doc_id"] == reply.json["doc_id"]
    assert daemon.get("/api/rag/documents").json["count"] == 1
    gone = daemon.request("DELETE", f"/api/rag/documents/{reply.json['doc_id']}")
    assert gone.status == 200 and list(gone.json) == ["message"]
    assert daemon.get("/api/rag/documents").json == {"documents": [], "count": 0}


def test_a_failed_upload_says_why_and_leaves_nothing(office):
    before = office.get("/api/rag/documents").json
    binary = upload(office, "a.bin", bytes(range(256)) * 8)
    assert binary.status == 400 and "a.bin" in binary.json["detail"]
    empty = upload(office, "e.txt", b"")
    assert empty.status == 400 and "empty" in empty.json["detail"]
    assert office.get("/api/rag/documents").json == before


def test_a_form_without_a_file_is_told_as_a_missing_field(office):
    missing = {"detail": [{"type": "missing", "loc": ["body", "file"], "msg": "Field required", "input": None}]}
    for reply in (upload(office, "a.txt", b"text", field="document"), office.post("/api/rag/upload", {})):
        assert reply.status == 422 and reply.json == missing
    broken = office.request("POST", "/api/rag/upload", b"x", {"Content-Type": "multipart/form-data"})
    assert broken.status == 400 and isinstance(broken.json["detail"], str)


def test_a_file_over_50_mb_is_refused_with_400(office):
    with socket.create_connection(("127.0.0.1", office.port), timeout=60) as connection:
        connection.sendall(b"POST /api/rag/upload HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: %d\r\n"
                           b"Content-Type: multipart/form-data; boundary=x\r\n\r\n" % (office.port, 51 << 20))
        reply = http.client.HTTPResponse(connection)
        reply.begin()
        assert reply.status == 400 and "50 MiB" in json.loads(reply.read())["detail"]


def test_an_unannounced_file_over_50_mb_is_refused_with_400_too(office):
    def pieces():
        yield form("a.txt", b"").rsplit(b"\r\n--", 1)[0]
        for _ in range(51):
            yield b"word " * 200_000 + b" " * ((1 << 20) - 1_000_000)

    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)
    try:
        connection.request("POST", "/api/rag/upload", pieces(), {"Content-Type": "multipart/form-data; boundary=frontier"},
                           encode_chunked=True)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the reply came before the end
    reply = connection.getresponse()
    assert reply.status == 400 and "50 MiB" in json.loads(reply.read())["detail"]
    connection.close()


def test_an_unknown_document_is_not_found(office):
    for unknown in ("nosuchdocument", office.lease[:8], "lease.txt", office.birch):
        reply = office.request("DELETE", f"/api/rag/documents/{unknown}")
        assert reply.status == 404 and reply.json == {"detail": "Document not found"}


def test_another_matter_is_neither_listed_nor_counted_nor_searched(office):
    listed = office.get("/api/rag/documents").json
    assert office.birch not in {document["id"] for document in listed["documents"]}
    status = office.get("/api/rag/status").json
    assert status["documents"] == {"count": listed["count"], "indexed": listed["count"]}
    assert status["chunks"]["count"] == sum(document["chunk_count"] for document in listed["documents"])
    reply = answer(office, question="What is the rent of Birch House?", max_tokens=40).json
    assert office.birch not in {source["document_id"] for source in reply["sources"]}
    assert "2,900" not in reply["answer"]


# ---- answers ----


def test_an_answer_has_the_reference_s_shape_and_its_sources_stand_in_the_documents(office):
    reply = answer(office, question=RENT)
    assert reply.status == 200 and has_shape(reply.json, ANSWER), reply.body
    found = reply.json
    assert "1,450 pounds" in found["answer"]
    assert found["sources"][0]["document_id"] == office.lease and found["sources"][0]["filename"] == "lease.txt"
    assert found["chunks_used"] == len(found["sources"]) <= found["chunks_analyzed"] <= 15
    assert office.model("generator")["name"] in found["model_used"]
    for source in found["sources"]:
        text = office.text(source["document_id"], source["start"], source["end"])
        assert source["text_excerpt"] == (text[:200] + "..." if len(text) > 200 else text)
    assert len({source["chunk_id"] for source in found["sources"]}) == len(found["sources"])


def test_every_field_but_the_question_may_be_null_and_unknown_ones_are_ignored(office):
    nothing = dict.fromkeys(("session_id", "max_chunks", "min_relevance", "include_sources", "response_style",
                             "max_tokens", "matter_type", "analysis_style", "focus_area"))
    question = "What is the rent a month?"
    plain = answer(office, question=question).json
    null = answer(office, question=question, **nothing, unknown=[1]).json
    spelt = answer(office, question=question, max_chunks="15", min_relevance="0.2", include_sources="yes",
                   response_style="detailed", max_tokens=500.0, matter_type="litigation",
                   analysis_style="comprehensive", focus_area="liability").json
    for other in (null, spelt):
        assert {**other, "processing_time": 0, "record": 0} == {**plain, "processing_time": 0, "record": 0}


def test_confidence_rises_with_checked_sentences_and_falls_to_nothing_without_evidence(office):
    checked = answer(office, question=RENT).json
    assert checked["outcome"] == "answered" and 0.5 < checked["confidence"] <= 1
    # The starter model turns this one round, so that no sentence is supported.
    unsupported = answer(office, question="May the tenant keep a dog?").json
    if unsupported["outcome"] == "unsupported":
        assert 0 < unsupported["confidence"] <= 0.25
    nothing = answer(office, question="How do I bake banana bread with walnuts?").json
    assert nothing["outcome"] == "no_evidence"
    assert nothing["confidence"] == 0 and nothing["sources"] == [] and nothing["chunks_used"] == 0
    assert nothing["model_used"] == "none"


def test_an_empty_store_is_said_and_loads_no_model(daemon, tmp_path):
    reply = answer(daemon, question=RENT)
    assert reply.status == 200 and has_shape(reply.json, ANSWER)
    assert reply.json["confidence"] == 0 and "added" in reply.json["answer"]
    assert daemon.children() == []
    # Another matter's document changes nothing.
    (tmp_path / "lease.txt").write_text(LEASE)
    daemon.add(tmp_path / "lease.txt", "alder")
    assert answer(daemon, question=RENT).json["answer"] == reply.json["answer"]


@pytest.mark.long
def test_the_options_do_what_they_say(office):
    question = "What must be done when a modified version is conveyed?"
    few = answer(office, question=question, max_chunks=4, max_tokens=3).json
    assert few["chunks_analyzed"] == 4 and few["chunks_used"] > 1
    assert few["completion_tokens"] <= 3
    one = answer(office, question=question, max_chunks=1, max_tokens=3, include_sources=False).json
    assert one["chunks_analyzed"] == one["chunks_used"] == 1
    assert one["sources"] == []
    assert answer(office, question=RENT, min_relevance=1).json["outcome"] == "no_evidence"
    # The same passages under another instruction, or for another case.
    prompts = {answer(office, question=RENT, max_tokens=1, **more).json["prompt_tokens"]
               for more in ({"response_style": "concise"}, {"response_style": "detailed"}, {"focus_area": ""})}
    assert len(prompts) == 3


def test_a_session_gives_context_and_survives_a_restart(home):
    home.mkdir()
    daemon = Daemon(home).start()
    upload(daemon, "lease.txt", LEASE.encode())
    upload(daemon, "GPL-3", (LICENSES / "GPL-3").read_bytes())
    first = answer(daemon, question=RENT, session_id="s-1").json
    assert first["outcome"] == "answered"
    daemon.stop()
    daemon = Daemon(home).start()
    try:
        follow_up = "And on what day?"
        alone = answer(daemon, question=follow_up, max_tokens=1, max_chunks=2).json
        other = answer(daemon, question=follow_up, max_tokens=1, max_chunks=2, session_id="s-2").json
        with_session = answer(daemon, question=follow_up, max_tokens=1, max_chunks=2, session_id="s-1").json
        assert with_session["sources"] and with_session["sources"][0]["filename"] == "lease.txt"
        assert alone["sources"] == other["sources"] != with_session["sources"]
        # Deleting what an answer came from deletes the answer.
        lease = with_session["sources"][0]["document_id"]
        assert daemon.request("DELETE", f"/api/rag/documents/{lease}").status == 200
        again = answer(daemon, question=follow_up, max_tokens=1, max_chunks=2, session_id="s-1").json
        assert again["sources"] == answer(daemon, question=follow_up, max_tokens=1, max_chunks=2).json["sources"]
        left = [file for file in home.rglob("*") if file.is_file() and b"1,450 pounds" in file.read_bytes()]
        assert left == []
    finally:
        daemon.stop()
    with sqlite3.connect(home / "counsel.db") as store:
        assert store.execute("SELECT count(*) FROM exchanges e JOIN conversations s ON s.id = e.conversation "
                             "WHERE s.name = 's-1' AND e.question = ?", (RENT,)).fetchone() == (0,)


# ---- errors ----


def test_faults_have_pydantic_s_shape_all_of_a_body_at_once(office):
    reply = answer(office)
    assert reply.status == 422
    assert reply.json == {"detail": [{"type": "missing", "loc": ["body", "question"], "msg": "Field required",
                                      "input": {}}]}
    reply = answer(office, question=5, max_chunks="x", min_relevance="y", include_sources="maybe",
                   response_style="poetic", max_tokens=1.5)
    assert reply.status == 422
    assert reply.json == {"detail": [
        {"type": "string_type", "loc": ["body", "question"], "msg": "Input should be a valid string", "input": 5},
        {"type": "int_parsing", "loc": ["body", "max_chunks"],
         "msg": "Input should be a valid integer, unable to parse string as an integer", "input": "x"},
        {"type": "float_parsing", "loc": ["body", "min_relevance"],
         "msg": "Input should be a valid number, unable to parse string as a number", "input": "y"},
        {"type": "bool_parsing", "loc": ["body", "include_sources"],
         "msg": "Input should be a valid boolean, unable to interpret input", "input": "maybe"},
        {"type": "literal_error", "loc": ["body", "response_style"],
         "msg": "Input should be 'concise', 'detailed' or 'technical'", "input": "poetic",
         "ctx": {"expected": "'concise', 'detailed' or 'technical'"}},
        {"type": "int_from_float", "loc": ["body", "max_tokens"],
         "msg": "Input should be a valid integer, got a number with a fractional part", "input": 1.5}]}


def test_bad_json_is_told_with_its_place(office):
    reply = office.post("/api/rag/answer", '{"question" "x"}')
    assert reply.status == 422
    assert reply.json == {"detail": [{"type": "json_invalid", "loc": ["body", 12], "msg": "JSON decode error",
                                      "input": {}, "ctx": {"error": "Expecting ':' delimiter"}}]}


@pytest.mark.parametrize("body", [
    {"question": ""}, {"question": " \n\t"}, {"question": "x", "max_chunks": 0}, {"question": "x", "max_chunks": 31},
    {"question": "x", "min_relevance": -0.1}, {"question": "x", "min_relevance": 1.1},
    {"question": "x", "min_relevance": "nan"}, {"question": "x", "max_tokens": 0},
    {"question": "x", "session_id": "s" * 201}])
def test_what_is_out_of_range_is_400_with_a_sentence(office, body):
    reply = office.post("/api/rag/answer", body)
    assert reply.status == 400 and list(reply.json) == ["detail"]
    assert reply.json["detail"].endswith("."), reply.body


def test_a_body_that_is_too_large_or_too_deep_is_refused(office):
    assert office.post("/api/rag/answer", json.dumps({"question": "why " * 100_000})).status == 413
    deep = office.post("/api/rag/answer", "[" * 200_000)
    assert deep.status == 400 and deep.json == {"detail": "There was an error parsing the body"}
    assert office.get("/health").status == 200


def test_unknown_paths_and_methods(office):
    for path in ("/api/rag/nothing", "/api/system/nothing", "/api/companies-house/nothing"):
        reply = office.get(path)
        assert reply.status == 404 and reply.json == {"detail": "Not Found"}
    reply = office.get("/api/rag/answer")
    assert reply.status == 405 and reply.json == {"detail": "Method Not Allowed"} and reply.headers["Allow"] == "POST"
    reply = office.get("/api/companies-house/search/?q=a%20b")
    assert reply.status == 307 and reply.headers["Location"] == "/api/companies-house/search?q=a%20b"
    assert office.get("/api/rag/nothing/").status == 404
    # The newer API keeps its own shape.
    assert set(office.get("/api/nothing").json) == {"error"} and office.get("/api/status/").status == 404


@pytest.mark.parametrize("name", [MISTRAL, "mistral-7b-instruct-v0.2"])
def test_a_main_model_that_was_set_and_is_not_there_is_404_with_the_exact_line(home, name):
    home.mkdir()
    daemon = Daemon(home, {"MAIN_MODEL": name}).start()
    try:
        reply = answer(daemon, question="why?")
        assert reply.status == 404
        first, second = reply.json["detail"].split("\n")
        assert first.startswith("Model file not found: ") and second
        if name == MISTRAL:
            assert first == f"Model file not found: {MISTRAL}"
        status = daemon.get("/api/rag/status").json
        assert status["status"] == "error" and not status["ready"] and first in status["message"]
    finally:
        daemon.stop()


# ---- Companies House ----


def test_companies_house_without_a_key(office):
    assert office.get("/api/companies-house/status").json["available"] is False
    for name in ("query", "q"):
        found = office.get(f"/api/companies-house/search?{name}=alder&type=company&limit=10")
        assert found.status == 200 and found.json == {"companies": [], "query": "alder", "total": 0}
    replies = [office.get("/api/companies-house/company/00000006"),
               office.post("/api/companies-house/company/00000006/filing/abc/download?category=accounts"),
               office.post("/api/companies-house/ingest", {"company_number": "00000006"})]
    for reply in replies:
        assert reply.status == 503 and "no key of the Companies House API" in reply.json["detail"], reply.body


def test_companies_house_checks_what_is_sent(office):
    reply = office.get("/api/companies-house/search?limit=ten")
    assert reply.status == 422
    assert reply.json["detail"] == [
        {"type": "missing", "loc": ["query", "query"], "msg": "Field required", "input": None},
        {"type": "int_parsing", "loc": ["query", "limit"],
         "msg": "Input should be a valid integer, unable to parse string as an integer", "input": "ten"}]
    reply = office.post("/api/companies-house/ingest", {"categories": ["accounts", 1], "max_documents": "many"})
    assert reply.status == 422
    assert [fault["loc"] for fault in reply.json["detail"]] == [
        ["body", "company_number"], ["body", "categories", 1], ["body", "max_documents"]]


# ---- who may ask ----

PAGE = "http://localhost:3000"


def test_an_allowed_page_is_told_so_and_others_are_refused(office):
    for origin in (PAGE, "https://counsel.example"):
        reply = office.get("/api/rag/status", tcp=True, headers={"Origin": origin})
        assert reply.status == 200 and reply.headers["Access-Control-Allow-Origin"] == origin
        assert "Origin" in reply.headers["Vary"]
    error = office.get("/api/rag/nothing", tcp=True, headers={"Origin": PAGE})
    assert error.status == 404 and error.headers["Access-Control-Allow-Origin"] == PAGE
    for origin in ("http://localhost:3001", "https://localhost:3000", "http://evil.example", "null",
                   "http://localhost:3000.evil.example"):
        reply = office.get("/api/rag/status", tcp=True, headers={"Origin": origin})
        assert reply.status == 403 and isinstance(reply.json["detail"], str)
        assert reply.headers["Access-Control-Allow-Origin"] is None


def test_a_preflight_is_answered_for_an_allowed_page_only(office):
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    reply = office.request("OPTIONS", "/api/rag/answer", headers={"Origin": PAGE, **ask}, tcp=True)
    assert reply.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == PAGE
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]
    assert reply.headers["Access-Control-Allow-Headers"] == "content-type"
    foreign = office.request("OPTIONS", "/api/rag/answer", headers={"Origin": "http://evil.example", **ask}, tcp=True)
    assert foreign.status == 403 and foreign.headers["Access-Control-Allow-Origin"] is None
    rebound = {"Origin": PAGE, "Host": "evil.example", **ask}
    assert office.request("OPTIONS", "/api/rag/answer", headers=rebound, tcp=True).status == 403


def test_an_allowed_page_can_neither_change_settings_nor_stop_the_daemon(office):
    for method, path, body in (("PUT", "/api/config", {"name": "log.level", "value": "debug"}), ("POST", "/api/stop", {})):
        reply = office.request(method, path, body, {"Origin": PAGE}, tcp=True)
        assert reply.status == 403 and reply.headers["Access-Control-Allow-Origin"] is None
    assert office.get("/health").status == 200


def test_a_foreign_host_is_refused_in_the_first_product_s_shape(office):
    reply = office.get("/api/rag/status", tcp=True, headers={"Host": "evil.example"})
    assert reply.status == 403 and isinstance(reply.json["detail"], str)


def test_allowed_origins_are_followed_live_and_checked(daemon):
    page = {"Origin": PAGE}
    assert daemon.get("/api/rag/status", tcp=True, headers=page).status == 403
    changed = daemon.request("PUT", "/api/config", {"name": "ALLOWED_ORIGINS", "value": PAGE})
    assert changed.status == 200 and changed.json["live"]
    assert daemon.get("/api/rag/status", tcp=True, headers=page).status == 200
    for wrong in ("*", "localhost:3000", "http://localhost:3000/app"):
        refused = daemon.request("PUT", "/api/config", {"name": "ALLOWED_ORIGINS", "value": wrong})
        assert refused.status == 400 and "ALLOWED_ORIGINS" in refused.json["error"]["message"]


def test_a_token_is_asked_for_but_not_in_a_preflight(home):
    home.mkdir()
    daemon = Daemon(home, {"COUNSEL_API_TOKEN": "secret", "ALLOWED_ORIGINS": PAGE}).start()
    try:
        refused = daemon.get("/api/rag/status", tcp=True, headers={"Origin": PAGE})
        assert refused.status == 401 and isinstance(refused.json["detail"], str)
        token = {"Origin": PAGE, "Authorization": "Bearer secret"}
        assert daemon.get("/api/rag/status", tcp=True, headers=token).status == 200
        ask = {"Origin": PAGE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        assert daemon.request("OPTIONS", "/api/rag/status", headers=ask, tcp=True).status == 200
    finally:
        daemon.stop()


def test_a_wrong_origin_in_the_settings_is_an_error_at_the_start(home):
    refused = cli(home, "status", environment={"ALLOWED_ORIGINS": "*"})
    assert refused.returncode != 0 and "ALLOWED_ORIGINS" in refused.stderr


def test_companies_house_with_a_key_says_what_is_true(home):
    home.mkdir()
    nobody = "http://127.0.0.1:1"  # no request leaves the machine
    daemon = Daemon(home, {"CH_API_KEY": "a-key", "CH_API_URL": nobody, "CH_DOCUMENT_URL": nobody}).start()
    try:
        assert daemon.get("/api/companies-house/status").json == {"available": True, "configured": True}
        for reply in (daemon.get("/api/companies-house/search?q=x"), daemon.get("/api/companies-house/company/1")):
            assert reply.status == 503 and "a-key" not in reply.body.decode()
    finally:
        daemon.stop()
