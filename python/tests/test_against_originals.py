"""The same calls on ours and on the originals: fixtures in data/, and the embedder's reference vectors."""

import inspect
import json
from pathlib import Path

import numpy
import pytest

from conftest import ROOT

RECORDED = json.loads((Path(__file__).parent / "data/llama_cpp_python.json").read_text())
ROWS = [row for row in RECORDED if row["call"] != "signature"]
SIGNATURES = [row for row in RECORDED if row["call"] == "signature"]
VECTORS = json.loads((ROOT / "embedder/testdata/vectors.json").read_text())


PLAIN = next(at for at, row in enumerate(ROWS) if row["call"] == "create_completion")


def name(row):
    shown = {key: value for key, value in row["arguments"].items() if key not in ("temperature", "temp")}
    return row["call"] + " " + json.dumps(shown, ensure_ascii=True)[:70]


def plain(value):
    if isinstance(value, bytes):
        try:
            return {"utf8": value.decode()}
        except UnicodeDecodeError:
            return {"hex": value.hex()}
    if isinstance(value, dict):
        return {key: plain(of) for key, of in value.items() if key not in ("id", "created", "model")}
    return [plain(of) for of in value] if isinstance(value, (list, tuple)) else value


def joined(chunks):
    """Chunks with the neighbours merged that hold only text: how a text is cut into chunks is not part of the contract."""
    merged = []
    for chunk in chunks:
        choice = chunk["choices"][0]
        if choice.get("text") == "" and choice["finish_reason"] is None:
            continue
        inner = choice.get("delta", choice)
        key = "content" if "delta" in choice else "text"
        before = merged[-1]["choices"][0] if merged else None
        before = before.get("delta", before) if before else None
        if before and inner.get(key) and before.get(key) and choice["finish_reason"] is None:
            before[key] += inner[key]
        else:
            merged.append(chunk)
    return merged


def near(ours, theirs, where="result"):
    """Equal, but for numbers, and for the runners-up: the two compile llama.cpp differently."""
    if isinstance(theirs, float):
        assert ours == pytest.approx(theirs, abs=0.3), where
    elif ".top_logprobs" in where:
        assert len(ours) == len(theirs), where
    elif isinstance(theirs, dict):
        assert set(ours) == set(theirs), where
        for key in theirs:
            near(ours[key], theirs[key], f"{where}.{key}")
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs), where
        for at, (our, their) in enumerate(zip(ours, theirs)):
            near(our, their, f"{where}[{at}]")
    elif where.endswith(".arguments"):
        assert json.loads(ours) == json.loads(theirs), where  # their grammar for a schema allows other spaces
    else:
        assert ours == theirs, where


def without_counts(reply):
    return {key: of for key, of in reply.items() if key != "usage"}


@pytest.fixture(scope="module")
def model():
    from sc_gen5.rag.v2.models import model_manager

    return model_manager.get_generator_model()[1]


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_generator_answers_as_llama_cpp_python(model, row):
    given = dict(row["arguments"])
    if "text" in given:
        given["text"] = given["text"]["utf8"].encode()
    result = getattr(model, row["call"])(**given)
    if row["call"] == "generate":
        result = [token for token, _ in zip(result, range(24))]
    if given.get("stream"):
        result = joined(plain(list(result)))
        near(result, joined(row["result"]))
    elif "repeat_penalty" in given or "frequency_penalty" in given:
        # docs/migrating.md: the server counts the end of the prompt too, so that the words differ.
        assert set(result) - {"id", "created", "model"} == set(row["result"])
        assert result["choices"][0]["text"] != ROWS[PLAIN]["result"]["choices"][0]["text"]
    elif "tools" in given:
        near(without_counts(plain(result)), without_counts(row["result"]))
    else:
        near(plain(result), row["result"])


@pytest.mark.parametrize("row", SIGNATURES, ids=name)
def test_the_parameters_are_llama_cpp_pythons(row):
    from sc_gen5._generator import Generator

    ours = inspect.signature(getattr(Generator, row["arguments"]["of"])).parameters
    shown = [[name, "needed" if of.default is of.empty else of.default] for name, of in ours.items()]
    theirs = [[name, None if default == [] else default] for name, default in row["result"]]  # of `stop`
    assert shown == theirs


def test_the_tokenizer_is_the_models_own(model):
    from sc_gen5.rag.v2.models import model_manager

    tokenizer, _ = model_manager.get_generator_model()
    for row in ROWS:
        if row["call"] == "tokenize" and row["arguments"]["add_bos"] and not row["arguments"]["special"]:
            text = row["arguments"]["text"]["utf8"]
            assert tokenizer(text) == {"input_ids": row["result"], "attention_mask": [1] * len(row["result"])}
            assert tokenizer.decode(tokenizer.encode(text)) == text


def test_vectors_are_the_reference_embedders():
    from sc_gen5.rag.v2.models import model_manager

    embedder, again = model_manager.get_embedder()
    assert embedder is again
    ours = embedder.encode([row["text"] for row in VECTORS])
    theirs = numpy.array([row["cls"] for row in VECTORS], dtype=numpy.float32)
    assert numpy.abs(ours - theirs).max() < 2e-3
    assert (ours * theirs).sum(axis=1).min() > 0.9999
