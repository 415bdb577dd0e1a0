"""Writes llama_cpp_python.json: what llama-cpp-python 0.3.36 answers to the calls below, greedily.

    pip install llama-cpp-python==0.3.36        # compiles llama.cpp: minutes
    python record_llama_cpp_python.py SmolLM2-135M-Instruct.Q4_1.gguf

A recorded call is {"call", "arguments", "result"}: bytes as {"utf8": text} or {"hex": digits}, iterators as lists. The names
that differ each time (id, created, model) are left out. python/tests/test_against_originals.py makes the same calls on ours.
"""

import inspect
import json
import pathlib
import sys

import llama_cpp

CHAT = [{"role": "user", "content": "What is a lease? Answer in one sentence."}]
TALK = [{"role": "system", "content": "You answer in French."}, {"role": "user", "content": "Good morning!"},
        {"role": "assistant", "content": "Bonjour !"}, {"role": "user", "content": "How are you?"}]
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
PROMPT = "The quick brown fox"
TEXTS = ["The tenant shall pay the rent on the first day of each month.", "", " ", "Caf\u00e9 na\u00efve \u2014 \u20ac5 \U0001f98a",
         "<|im_start|>user\nHi<|im_end|>\n", "\n\n\tx  y", "\u4f60\u597d, \u0417\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439"]


def calls():
    for text in TEXTS:
        for special in (False, True):
            for add_bos in (False, True):
                yield "tokenize", {"text": {"utf8": text}, "add_bos": add_bos, "special": special}
    for tokens in ([], [1, 520, 9531, 2], [2, 2756, 15107, 116, 228, 198], [15107], [15107, 116], [1, 28, 46, 306]):
        for special in (False, True):
            yield "detokenize", {"tokens": tokens, "special": special}
    for name in ("token_eos", "token_bos", "n_ctx"):
        yield name, {}
    greedy = {"temperature": 0.0, "max_tokens": 24}
    yield "create_completion", {"prompt": PROMPT, **greedy}
    yield "create_completion", {"prompt": PROMPT, "temperature": 0.0}  # 16 tokens
    yield "create_completion", {"prompt": [504, 2365, 6354, 16438], **greedy}
    yield "create_completion", {"prompt": PROMPT, **greedy, "echo": True}
    yield "create_completion", {"prompt": PROMPT, **greedy, "stop": " dog"}
    yield "create_completion", {"prompt": "1, 2, 3,", **greedy, "stop": [" 9", "zzz"]}
    yield "create_completion", {"prompt": "<|im_start|>user\nSay only: yes<|im_end|>\n<|im_start|>assistant\n",
                                "temperature": 0.0, "max_tokens": 200}
    yield "create_completion", {"prompt": PROMPT, **greedy, "logit_bias": {"28": -100.0}}
    yield "create_completion", {"prompt": "Is water wet?", **greedy, "grammar": 'root ::= " yes" | " no"'}
    yield "create_completion", {"prompt": PROMPT, "temperature": 0.0, "max_tokens": 6, "logprobs": 3}
    yield "create_completion", {"prompt": PROMPT, **greedy, "stream": True}
    yield "create_completion", {"prompt": "1, 2, 3,", **greedy, "stop": [" 9"], "stream": True}
    yield "create_completion", {"prompt": PROMPT, **greedy, "frequency_penalty": 0.5, "presence_penalty": 0.5}
    yield "create_completion", {"prompt": PROMPT, **greedy, "repeat_penalty": 1.2}
    chat = {"temperature": 0.0, "max_tokens": 24}
    yield "create_chat_completion", {"messages": CHAT, **chat}
    yield "create_chat_completion", {"messages": TALK, **chat}
    yield "create_chat_completion", {"messages": CHAT, **chat, "stream": True}
    yield "create_chat_completion", {"messages": CHAT, "temperature": 0.0, "max_tokens": 4, "logprobs": True, "top_logprobs": 2}
    yield "create_chat_completion", {"messages": [{"role": "user", "content": "What is the weather in Paris?"}], **chat,
                                     "tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "weather"}}}
    yield "generate", {"tokens": [504, 2365, 6354, 16438], "temp": 0.0}


def plain(value):
    if isinstance(value, bytes):
        try:
            return {"utf8": value.decode()}
        except UnicodeDecodeError:
            return {"hex": value.hex()}
    if isinstance(value, dict):
        return {str(name): plain(of) for name, of in value.items() if name not in ("id", "created", "model")}
    if isinstance(value, (list, tuple)):
        return [plain(of) for of in value]
    return round(float(value), 4) if isinstance(value, float) or type(value).__module__ == "numpy" else value


def main():
    models = {all_logits: llama_cpp.Llama(sys.argv[1], n_ctx=2048, n_threads=2, logits_all=all_logits, verbose=False)
              for all_logits in (False, True)}
    rows = []
    for call, arguments in calls():
        given = dict(arguments)
        if "text" in given:
            given["text"] = given["text"]["utf8"].encode()
        if "grammar" in given:
            given["grammar"] = llama_cpp.LlamaGrammar.from_string(given["grammar"], verbose=False)
        model = models[bool(arguments.get("logprobs"))]
        model.reset()
        result = getattr(model, call)(**given)
        if call == "generate":
            result = [token for token, _ in zip(result, range(24))]
        elif arguments.get("stream"):
            result = list(result)
        rows.append({"call": call, "arguments": arguments, "result": plain(result)})
    for call in ("__call__", "create_completion", "create_chat_completion", "generate", "tokenize", "detokenize"):
        parameters = inspect.signature(getattr(llama_cpp.Llama, call)).parameters
        rows.append({"call": "signature", "arguments": {"of": call}, "result": [
            [name, "needed" if of.default is of.empty else of.default] for name, of in parameters.items()]})
    text = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"
    (pathlib.Path(__file__).parent / "llama_cpp_python.json").write_text(text)


if __name__ == "__main__":
    main()
