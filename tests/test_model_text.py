"""/api/models/{name}/tokenize and its like: the model's own tokenizer, template and completion."""

import pytest

from counsel import Daemon


@pytest.fixture
def daemon(home):
    home.mkdir()
    daemon = Daemon(home).start()
    yield daemon
    daemon.stop()


@pytest.fixture
def call(daemon):
    name = daemon.model("generator")["name"]
    return lambda what, body: daemon.post(f"/api/models/{name}/{what}", body)


def test_tokens_and_text_are_each_others_inverse(call):
    text = "The licensee, of course, pays £5."
    tokens = call("tokenize", {"content": text}).json["tokens"]
    assert len(tokens) > 5 and all(isinstance(token, int) for token in tokens)
    assert call("detokenize", {"tokens": tokens}).json["content"] == text


def test_the_models_own_template_is_applied(call):
    prompt = call("apply-template", {"messages": [{"role": "user", "content": "Hello"}]}).json["prompt"]
    assert prompt.endswith("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"), prompt


def test_a_completion_is_streamed_when_asked_for(daemon, call):
    reply = call("completion", {"prompt": "One, two, three,", "n_predict": 4, "temperature": 0}).json
    assert reply["tokens_predicted"] == 4
    name = daemon.model("generator")["name"]
    body = {"prompt": "One, two, three,", "n_predict": 4, "temperature": 0, "stream": True}
    pieces = [data for _, data in daemon.stream(f"/api/models/{name}/completion", body)]
    assert "".join(piece["content"] for piece in pieces) == reply["content"]
    assert pieces[-1]["stop"]


def test_properties_name_the_models_end_token(daemon):
    name = daemon.model("generator")["name"]
    properties = daemon.post(f"/api/models/{name}/props").json
    assert properties["eos_token"] == "<|im_end|>"
    assert daemon.get(f"/api/models/{name}/props").json == properties  # loaded by now


def test_an_embedder_has_no_text_of_its_own(daemon):
    reply = daemon.post(f"/api/models/{daemon.model('embedder')['name']}/tokenize", {"content": "x"})
    assert reply.status == 400
    assert "embedder" in reply.json["error"]["message"]
    assert daemon.children() == []


def test_an_unknown_model_and_a_body_that_is_no_json(daemon, call):
    assert daemon.post("/api/models/nobody/tokenize", {"content": "x"}).status == 404
    name = daemon.model("generator")["name"]
    assert daemon.request("POST", f"/api/models/{name}/tokenize", b"{").status == 400
