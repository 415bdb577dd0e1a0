"""model_manager: what it hands out, when it returns, and what it raises."""

import inspect
import json
import multiprocessing
import os
import pickle
import socket
import subprocess
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import GGUF, counsel
from sc_gen5 import errors
from sc_gen5.rag.v2 import models

MISTRAL = "models/mistral-7b-instruct-v0.2.Q4_K_M.gguf"


def daemon_pid(home):
    return json.loads((home / "daemon.json").read_text())["pid"]


def children(pid):
    return subprocess.run(["ps", "--ppid", str(pid), "-o", "comm="], capture_output=True, text=True).stdout.split()


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_it_starts_a_daemon_and_returns_when_the_model_is_ready(home, manager):
    assert manager._embedder is None and manager._models == {} and not (home / "daemon.json").exists()
    embedder, same = manager.get_embedder()
    assert embedder is same is manager._embedder
    status = manager.get_memory_status()
    assert status["models_loaded"] == {"embedder": True, "generator": False, "utility": False}
    assert children(daemon_pid(home)) == ["counsel-embedde"]
    tokenizer, model = manager.get_generator_model()
    assert manager.get_memory_status()["models_loaded"] == {"embedder": True, "generator": True, "utility": False}
    assert manager._models["generator"]["model"] is model and manager._models["generator"]["tokenizer"] is tokenizer
    assert manager._model_configs["generator"]["model_path"] == model.model_path == str(GGUF)


def test_a_repeated_call_returns_the_same_and_loads_again_what_was_given_up(home, manager):
    embedder, _ = manager.get_embedder()
    tokenizer, model = manager.get_generator_model()
    assert counsel("unload").returncode == 0  # by somebody else
    assert manager._embedder is None and manager._models == {}
    assert manager.get_memory_status()["models_loaded"] == {"embedder": False, "generator": False, "utility": False}
    assert manager.get_embedder()[0] is embedder
    assert manager.get_generator_model() == (tokenizer, model)
    assert manager.get_memory_status()["models_loaded"] == {"embedder": True, "generator": True, "utility": False}


def test_a_handle_loads_its_model_when_it_was_given_up(home, manager):
    embedder, _ = manager.get_embedder()
    manager.unload_all_models()
    assert children(daemon_pid(home)) == []
    assert embedder.encode("The lease").shape == (384,)


def test_the_shapes_of_the_status(manager):
    usage = manager.get_memory_usage()
    assert set(usage) == {"ram_used_gb", "ram_total_gb", "gpu_vram", "gpu_allocated"}
    assert all(isinstance(value, float) for value in usage.values()) and 0 < usage["ram_used_gb"] < usage["ram_total_gb"]
    status = manager.get_memory_status()
    assert set(status) == {"memory_usage", "models_loaded", "model_configs", "lazy_loading"}
    assert set(models.get_model_info()) == set(usage)
    progress = models.load_models_progressively()
    assert set(progress) == {"embedder", "utility", "generator", "memory_usage", "errors", "lazy_loading", "message"}
    assert models.warmup_models() is True
    assert models.verify_models() == {"utility": False, "reasoning": True, "embedder": True, "errors": [], "lazy_loading": True}
    loading = models.get_loading_status()
    assert set(loading) == set(status) | {"recommendations", "memory_info"}
    assert set(loading["memory_info"]) == {"gpu_allocated", "gpu_cached", "gpu_total", "gpu_free"}
    assert loading["recommendations"] == []
    models.unload_models()
    assert len(models.get_loading_status()["recommendations"]) == 2


def test_the_modules_functions_reach_the_same_models():
    model = models.model_manager.get_generator_model()
    for function in (models.generator_llm, models.reasoning_llm, models.reasoner_llm, models.retriever_llm):
        assert function() == model
    assert models.embedder() == models.model_manager.get_embedder()
    for function in (models.utility_llm, models.model_manager.get_utility_model, models.model_manager.load_utility_model):
        with pytest.warns(DeprecationWarning, match="get_generator_model"):
            assert function() == model
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        models.model_manager.load_generator_model(force_reload=True)


def test_unloading_waits_for_what_runs_and_force_ends_it(home, manager):
    _, model = manager.get_generator_model()
    answers = []
    # Long enough that both run at the same time, however late the second thread comes to run.
    long = {"max_tokens": 200, "temperature": 0, "logit_bias": {2: -100, 0: -100}}
    running = threading.Thread(target=lambda: answers.append(model("1, 2, 3,", **long)))
    stream = model("1, 2, 3,", stream=True, **long)
    first = next(stream)
    running.start()
    wait_until(lambda: sum(row["leases"] for row in manager._look()["models"]) == 2)
    unloading = threading.Thread(target=manager.unload_all_models)
    unloading.start()
    text = first["choices"][0]["text"] + "".join(chunk["choices"][0]["text"] for chunk in stream)
    running.join()
    unloading.join()
    assert text.startswith(" 4, 5") and answers[0]["usage"]["completion_tokens"] > 1
    assert children(daemon_pid(home)) == []

    stream = model("1, 2, 3,", max_tokens=1500, temperature=0, stream=True, logit_bias={2: -100, 0: -100})
    next(stream)
    manager.unload_all_models(force=True)
    assert children(daemon_pid(home)) == []
    with pytest.raises(errors.CounselError):
        list(stream)


def test_closing_a_stream_ends_the_work(manager):
    _, model = manager.get_generator_model()
    stream = model("1, 2, 3,", max_tokens=1500, temperature=0, stream=True, logit_bias={2: -100, 0: -100})
    next(stream)
    stream.close()
    wait_until(lambda: not any(row["leases"] for row in manager._look()["models"]))


@pytest.mark.parametrize("name", [MISTRAL, "/nowhere/mistral.gguf"])
def test_a_model_that_was_set_and_is_missing_is_named_as_it_was_written(home, manager, monkeypatch, name):
    monkeypatch.setenv("MAIN_MODEL", name)
    with pytest.raises(FileNotFoundError) as caught:
        manager.get_generator_model()
    first, second = str(caught.value).split("\n", 1)
    assert first == f"Model file not found: {name}"
    assert "counsel pull mistral-7b-instruct-v0.2" in second if name == MISTRAL else second
    assert models.verify_models()["reasoning"] is False


def test_a_relative_path_is_tried_in_the_home_then_where_it_was_set(home, manager, monkeypatch, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "model.gguf").symlink_to(GGUF)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAIN_MODEL", "mine/model.gguf")
    _, model = manager.get_generator_model()
    assert model("The", max_tokens=1)["choices"][0]["text"]


def test_a_daemon_that_was_killed_is_one_exception_and_comes_back(home, manager):
    _, model = manager.get_generator_model()
    stream = model("1, 2, 3,", max_tokens=1500, temperature=0, stream=True, logit_bias={2: -100, 0: -100})
    next(stream)
    os.kill(daemon_pid(home), 9)
    with pytest.raises(errors.DaemonGone) as caught:
        list(stream)
    assert "counsel serve" in caught.value.next_step and isinstance(caught.value, ConnectionError)
    assert model("The", max_tokens=1)["usage"]["completion_tokens"] == 1


def test_without_a_program_it_says_what_to_do(home, manager, monkeypatch):
    monkeypatch.setenv("COUNSEL_BIN", "/nowhere")
    with pytest.raises(errors.DaemonGone, match="COUNSEL_BIN"):
        manager.get_embedder()
    manager.unload_all_models()  # nothing runs, so nothing is loaded


def test_a_time_out_can_be_set(home, manager):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(home / "s"))
    listener.listen()
    (home / "daemon.json").write_text(json.dumps({"socket": str(home / "s"), "pid": os.getpid()}))
    manager.timeout = 0.05
    with pytest.raises(TimeoutError, match="0.05 s") as caught:
        manager.get_memory_status()
    assert "model_manager.timeout" in str(caught.value)
    listener.close()
    (home / "daemon.json").unlink()


def test_threads_share_it(manager):
    embedder, _ = manager.get_embedder()
    _, model = manager.get_generator_model()
    texts = [f"Clause {number} of the lease" for number in range(12)]
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(embedder.encode, texts))
        words = list(pool.map(lambda text: model(text, max_tokens=2, temperature=0)["usage"]["completion_tokens"], texts))
    assert abs(embedder.encode(texts) - vectors).max() < 1e-6 and words == [2] * 12


def test_a_forked_process_has_connections_of_its_own(manager):
    embedder, _ = manager.get_embedder()
    before = embedder.encode("The lease")
    forked = multiprocessing.get_context("fork").Process(
        target=lambda: os._exit(0 if (embedder.encode("The lease") == before).all() else 1))
    forked.start()
    assert (embedder.encode("The lease") == before).all()
    forked.join()
    assert forked.exitcode == 0


@pytest.mark.parametrize("refused", [
    {"suffix": "x"}, {"tfs_z": 0.5}, {"stopping_criteria": [len]}, {"logits_processor": [len]}, {"temperature": -1.0},
    {"echo": True, "stream": True}, {"echo": True, "logprobs": 1}])
def test_what_cannot_be_carried_is_refused(manager, refused):
    _, model = manager.get_generator_model()
    with pytest.raises(NotImplementedError):
        model("The", **refused)


def test_a_table_says_of_every_parameter_what_becomes_of_it():
    from sc_gen5 import _sampling
    from sc_gen5._generator import Generator

    handled = {*_sampling.CARRIED, *_sampling.REFUSED, "self", "prompt", "tokens", "messages", "max_tokens", "logprobs", "echo",
               "stop", "stream", "seed", "model", "grammar", "logit_bias", "functions", "function_call", "tools", "tool_choice",
               "response_format", "top_logprobs", "temp"}
    for call in (Generator.create_completion, Generator.create_chat_completion, Generator.generate):
        assert set(inspect.signature(call).parameters) <= handled
    table = (Path(__file__).resolve().parents[2] / "docs/migrating.md").read_text()
    for parameter in (*_sampling.CARRIED, *_sampling.REFUSED):
        assert f"`{parameter}`" in table, parameter


def test_a_prompt_that_is_too_long_is_llama_cpp_pythons_error(manager):
    _, model = manager.get_generator_model()
    with pytest.raises(ValueError, match=r"Requested tokens \(\d+\) exceed context window of 2048"):
        model("law " * 4000, max_tokens=1)


def test_generate_names_every_token(manager):
    _, model = manager.get_generator_model()
    prompt = model.tokenize("Repeat: \U0001f98a\U0001f98a\U0001f98a".encode())
    ids = [token for token, _ in zip(model.generate(prompt, temp=0), range(12))]
    assert ids == model.tokenize(model.detokenize(ids), add_bos=False) and len(ids) == 12
    to_the_end = list(model.generate(model.tokenize(b"<|im_start|>user\nSay only: yes<|im_end|>\n<|im_start|>assistant\n",
                                                    special=True), temp=0))
    assert to_the_end[-1] == model.token_eos()


def test_the_tokenizers_forms(manager):
    tokenizer, model = manager.get_generator_model()
    rows = tokenizer("The lease", return_tensors="np")
    assert rows["input_ids"].shape == rows["attention_mask"].shape == (1, len(tokenizer.encode("The lease")))
    assert tokenizer.decode(rows["input_ids"]) == "The lease"
    assert tokenizer(["a", "b c"])["input_ids"] == [tokenizer.encode("a"), tokenizer.encode("b c")]
    messages = [{"role": "user", "content": "Hi"}]
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    assert text.endswith("<|im_start|>user\nHi<|im_end|>\n")
    assert tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True) == text + "<|im_start|>assistant\n"
    ids = tokenizer.apply_chat_template(messages)
    assert tokenizer.decode(ids, skip_special_tokens=False) == text and "<|im_start|>" not in tokenizer.decode(ids)
    assert (tokenizer.eos_token_id, tokenizer.model_max_length) == (2, 2048)


def test_encode_has_sentence_transformers_forms(manager, capsys):
    import numpy

    embedder, _ = manager.get_embedder()
    assert embedder.get_sentence_embedding_dimension() == 384
    one, many = embedder.encode("The lease"), embedder.encode(["The lease", "The cat"])
    assert one.shape == (384,) and many.shape == (2, 384) and many.dtype == numpy.float32
    assert numpy.allclose(one, many[0]) and embedder.encode([]).shape == (0,)
    assert numpy.allclose(numpy.linalg.norm(many, axis=1), 1, atol=1e-3)
    prompt = "Represent this sentence for searching relevant passages: "
    assert numpy.allclose(embedder.encode("The lease", prompt=prompt), embedder.encode(prompt + "The lease"))
    assert embedder.encode([f"text {i}" for i in range(600)], normalize_embeddings=True).shape == (600, 384)
    embedder.encode(["a"] * 5, batch_size=2, show_progress_bar=True)
    assert capsys.readouterr().err.endswith("Texts: 5/5\n")
    for wrong in (7, [7], None):
        with pytest.raises(TypeError):
            embedder.encode(wrong)


def test_vectors_of_another_model_are_refused_clearly(manager):
    import numpy

    embedder, _ = manager.get_embedder()
    assert embedder.similarity(embedder.encode("a"), embedder.encode(["a", "b"])).shape == (1, 2)
    with pytest.raises(ValueError, match="768 numbers") as caught:
        embedder.similarity(numpy.zeros((3, 768)), embedder.encode("a"))
    assert "EMBEDDING_MODEL" in str(caught.value)


def test_tensors_need_torch(manager):
    pytest.importorskip("numpy")
    try:
        import torch  # noqa: F401
    except ImportError:
        embedder, _ = manager.get_embedder()
        with pytest.raises(NotImplementedError, match="torch"):
            embedder.encode("a", convert_to_tensor=True)


def test_errors_keep_what_they_say_across_processes():
    error = errors.error_of("model_file_missing", "Model file not found: a", "Put it there.")
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, FileNotFoundError) and str(copy) == str(error) == "Model file not found: a\nPut it there."
    assert copy.next_step == "Put it there."


def test_lines_end_at_line_feeds_alone():
    from sc_gen5._daemon import _lines

    assert list(_lines(iter(["a\u2028b".encode(), b"c\nd", b"e\n\n", b"f"]))) == ["a\u2028bc".encode(), b"de", b"", b"f"]
