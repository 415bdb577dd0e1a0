"""The HTTP edge: who may ask, and what happens to requests that are not right."""

import socket

import pytest


def raw(daemon, data):
    """Sends bytes over TCP and returns what comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=60) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


def test_a_foreign_host_or_origin_is_refused(library):
    assert library.get("/api/models", tcp=True, headers={"Host": "evil.example"}).status == 403
    assert library.get("/api/models", tcp=True, headers={"Host": "127.0.0.1:1"}).status == 403
    assert library.get("/api/models", tcp=True, headers={"Origin": "http://evil.example"}).status == 403
    assert library.get("/api/models", tcp=True, headers={"Origin": "null"}).status == 403
    ours = f"http://localhost:{library.port}"
    assert library.get("/api/models", tcp=True, headers={"Origin": ours}).status == 401  # a browser: see test_page_entry.py


@pytest.mark.parametrize("data, status", [
    (b"nonsense\r\n\r\n", b"400"),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nBroken\r\n\r\n", b"400"),
    (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n", b"431"),
    (b"POST /api/ask HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: abc\r\n\r\n", b"400"),
    (b"GET /health HTTP/1.1\r\n\r\n", b"403"),
])
def test_malformed_requests_get_a_status_and_the_daemon_goes_on(library, data, status):
    if b"%d" in data:
        data = data % library.port
    assert raw(library, data).split(b" ")[1] == status
    assert library.get("/health").status == 200


def test_unknown_paths_and_methods_are_named(library):
    assert library.get("/nothing").status == 404
    reply = library.request("DELETE", "/api/ask")
    assert reply.status == 405 and reply.headers["Allow"] == "POST"


def test_bad_json_is_refused_with_its_place(library):
    reply = library.post("/api/ask", '{"question": "why", }')
    assert reply.status == 400 and "byte" in reply.json["error"]["message"]
    assert library.post("/api/ask", "[1]").status == 400
    assert library.post("/api/search", '{"query": "\\ud800"}').status == 400


def test_a_path_cannot_be_named_over_tcp(library):
    reply = library.post("/api/documents/local", {"path": "/etc/passwd"}, tcp=True)
    assert reply.status == 403


def test_openai_chat_streams_and_does_not(library):
    body = {"model": "default", "messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 8}
    whole = library.post("/v1/chat/completions", body)
    assert whole.status == 200 and whole.json["choices"][0]["message"]["content"]
    chunks = []
    events = library.stream("/v1/chat/completions", {**body, "stream": True})
    for line in events.reply:
        chunks.append(line)
    assert chunks[-2:] == [b"data: [DONE]\n", b"\n"]


def test_openai_embeddings_have_the_models_size(library):
    reply = library.post("/v1/embeddings", {"input": ["one text", "another"]})
    assert reply.status == 200
    vectors = [item["embedding"] for item in reply.json["data"]]
    assert [len(vector) for vector in vectors] == [384, 384]
    assert all(abs(sum(x * x for x in vector) - 1) < 1e-3 for vector in vectors)


def test_openai_errors_name_the_model(library):
    unknown = library.post("/v1/chat/completions", {"model": "gpt-17", "messages": []})
    assert unknown.status == 404 and "gpt-17" in unknown.json["error"]["message"]
    embedder = library.model("embedder")["name"]
    wrong = library.post("/v1/chat/completions", {"model": embedder, "messages": []})
    assert wrong.status == 400
    assert library.post("/v1/embeddings", '{"input": ').status == 400


def test_openai_lists_the_installed_models(library):
    listed = library.get("/v1/models").json
    assert listed["object"] == "list"
    assert library.model("generator")["name"] in {item["id"] for item in listed["data"]}


@pytest.mark.parametrize("target, members", [
    ("/v1/chat/completions", b'"messages":[{"role":"user","content":"Hello"}],"max_tokens":1'),
    ("/v1/embeddings", b'"input":"Hello"'),
    ("/api/search", b'"query":"Hello"'),
    ("/api/models/smollm2-135m-instruct/tokenize", b'"content":"Hello"'),
])
def test_a_body_that_would_cost_much_memory_or_a_stack_is_refused(daemon, target, members):
    for more in (b"[" * 200 + b"]" * 200, b"[0" + b",0" * 1_000_000 + b"]"):
        refused = daemon.request("POST", target, b"{%s,\"more\":%s}" % (members, more))
        assert refused.status in (400, 413), refused.body
        assert b"million values" in refused.body or refused.status == 413
    assert daemon.get("/health").status == 200 and daemon.children() == []
