"""What stands for the first product's llama_cpp.Llama (llama-cpp-python 0.3.36), over the daemon."""

from __future__ import annotations

import time
import uuid
from typing import Any, Dict, Iterator, List, Optional, Sequence, Union
from urllib.parse import quote

from . import _chat
from ._daemon import Daemon
from ._sampling import Stop, refuse, sampling, stop_list

Prompt = Union[str, List[int]]
# What is wanted of a completion's reply; it repeats the prompt and every setting otherwise.
_FIELDS = ["content", "tokens", "tokens_predicted", "tokens_evaluated", "stop", "stop_type", "completion_probabilities"]


class Generator:
    """Text of the daemon's generator, which is loaded when it is not, and kept loaded only while it works. For any thread.

    Parameters, defaults and dictionaries are llama-cpp-python's. What cannot be carried raises NotImplementedError.
    """

    def __init__(self, daemon: Daemon, name: str, model_path: str) -> None:
        self._daemon = daemon
        self.model_path = model_path
        self._path = "/api/models/" + quote(name, safe="") + "/"
        self.name = name
        self._props: Optional[Dict[str, Any]] = None
        self._ids: Dict[str, int] = {}  # of the special tokens, by their text
        self._control: Dict[int, bool] = {}  # which ids are control tokens, as far as was asked

    def __repr__(self) -> str:
        return f"<Generator {self.name}>"

    # ---- the model's own facts ----

    def n_ctx(self) -> int:
        self._props = None  # a load with less memory may have made it smaller
        return int(self._properties()["default_generation_settings"]["n_ctx"])

    def token_eos(self) -> int:
        return self._special("eos_token")

    def token_bos(self) -> int:
        return self._special("bos_token")

    def tokenize(self, text: bytes, add_bos: bool = True, special: bool = False) -> List[int]:
        """`text` must be UTF-8. `special`: whether words like <|im_end|> are taken for the tokens they name."""
        return [int(token) for token in self._call("tokenize", {
            "content": text.decode("utf-8"), "add_special": add_bos, "parse_special": special})["tokens"]]

    def detokenize(self, tokens: Sequence[int], prev_tokens: Optional[Sequence[int]] = None, special: bool = False) -> bytes:
        """The bytes of these tokens, exactly; without those of control tokens unless `special`."""
        del prev_tokens  # as in LlamaTokenizer: it changes nothing
        ids = [int(token) for token in tokens]
        pieces = self._pieces(ids)
        if special:
            return b"".join(pieces)
        self._learn_control(ids, pieces)
        kept = [piece for token, piece in zip(ids, pieces) if not self._control[token]]
        text = b"".join(kept)
        return text[1:] if ids and text[:1] == b" " and ids[0] == self.token_bos() else text

    # ---- text ----

    def __call__(self, prompt: Prompt, suffix: Optional[str] = None, max_tokens: Optional[int] = 16, temperature: float = 0.8,
                 top_p: float = 0.95, min_p: float = 0.05, typical_p: float = 1.0, logprobs: Optional[int] = None,
                 echo: bool = False, stop: Stop = None, frequency_penalty: float = 0.0, presence_penalty: float = 0.0,
                 repeat_penalty: float = 1.0, top_k: int = 40, stream: bool = False, seed: Optional[int] = None,
                 tfs_z: float = 1.0, mirostat_mode: int = 0, mirostat_tau: float = 5.0, mirostat_eta: float = 0.1,
                 model: Optional[str] = None, stopping_criteria: Any = None, logits_processor: Any = None,
                 grammar: Any = None, logit_bias: Optional[Dict[int, float]] = None) -> Any:
        """A completion as a dictionary, or with `stream` an iterator of them. Closing the iterator ends the work."""
        refuse(suffix=suffix, tfs_z=tfs_z, stopping_criteria=stopping_criteria, logits_processor=logits_processor)
        body = sampling(
            temperature=temperature, top_p=top_p, min_p=min_p, typical_p=typical_p, top_k=top_k,
            repeat_penalty=repeat_penalty, frequency_penalty=frequency_penalty, presence_penalty=presence_penalty,
            mirostat_mode=mirostat_mode, mirostat_tau=mirostat_tau, mirostat_eta=mirostat_eta, seed=seed,
            logit_bias=logit_bias, grammar=grammar)
        return self._complete(prompt, body, max_tokens, stop, logprobs, echo, stream, model)

    create_completion = __call__

    def create_chat_completion(self, messages: List[Dict[str, Any]], functions: Optional[List[Dict[str, Any]]] = None,
                               function_call: Any = None, tools: Optional[List[Dict[str, Any]]] = None,
                               tool_choice: Any = None, temperature: float = 0.2, top_p: float = 0.95, top_k: int = 40,
                               min_p: float = 0.05, typical_p: float = 1.0, stream: bool = False, stop: Stop = None,
                               seed: Optional[int] = None, response_format: Optional[Dict[str, Any]] = None,
                               max_tokens: Optional[int] = None, presence_penalty: float = 0.0,
                               frequency_penalty: float = 0.0, repeat_penalty: float = 1.0, tfs_z: float = 1.0,
                               mirostat_mode: int = 0, mirostat_tau: float = 5.0, mirostat_eta: float = 0.1,
                               model: Optional[str] = None, logits_processor: Any = None, grammar: Any = None,
                               logit_bias: Optional[Dict[int, float]] = None, logprobs: Optional[bool] = None,
                               top_logprobs: Optional[int] = None) -> Any:
        """An answer to `messages` by the model's own template. `tools` without a `tool_choice` lets the model choose; one
        that is named is made to be called, by its schema."""
        refuse(tfs_z=tfs_z, logits_processor=logits_processor)
        tools, tool_choice = _chat.as_tools(functions, function_call, tools, tool_choice)
        forced = _chat.forced_tool(tools, tool_choice)
        schema = _chat.schema_of(response_format, forced)
        if schema is not None and grammar is not None:
            raise NotImplementedError("grammar together with response_format or tool_choice")
        body = sampling(
            temperature=temperature, top_p=top_p, min_p=min_p, typical_p=typical_p, top_k=top_k,
            repeat_penalty=repeat_penalty, frequency_penalty=frequency_penalty, presence_penalty=presence_penalty,
            mirostat_mode=mirostat_mode, mirostat_tau=mirostat_tau, mirostat_eta=mirostat_eta, seed=seed,
            logit_bias=logit_bias, grammar=grammar)
        if tools and not forced and tool_choice != "none":
            if logprobs or schema is not None or grammar is not None:
                raise NotImplementedError("logprobs, grammar or response_format together with tools to choose from")
            body.update(model=self.name, messages=messages, tools=tools, tool_choice=tool_choice or "auto",
                        stop=stop_list(stop), stream=stream, n_predict=_most(max_tokens))
            head = self._head("chatcmpl-", "chat.completion.chunk" if stream else "chat.completion", model)
            if stream:
                return _chat.native_chunks(self._daemon.stream("/v1/chat/completions", body), head)
            return _chat.native(self._daemon.call("POST", "/v1/chat/completions", body), head)
        if schema is not None:
            body["json_schema"] = schema
        prompt = self._call("apply-template", {"messages": messages})["prompt"]
        completion = self._complete(prompt, body, max_tokens, stop, (top_logprobs or 1) if logprobs else None, False, stream,
                                    model)
        if forced:
            return _chat.function_chunks(completion, forced) if stream else _chat.function_call(completion, forced)
        return _chat.chunks(completion) if stream else _chat.answer(completion)

    def generate(self, tokens: Sequence[int], top_k: int = 40, top_p: float = 0.95, min_p: float = 0.05,
                 typical_p: float = 1.0, temp: float = 0.80, repeat_penalty: float = 1.0, reset: bool = True,
                 frequency_penalty: float = 0.0, presence_penalty: float = 0.0, tfs_z: float = 1.0, mirostat_mode: int = 0,
                 mirostat_tau: float = 5.0, mirostat_eta: float = 0.1, penalize_nl: bool = True,
                 logits_processor: Any = None, stopping_criteria: Any = None, grammar: Any = None) -> Iterator[int]:
        """Token ids as they come, until after the end-of-text token or the end of the context. Close it to end the work.

        Ids cannot be sent in (`.send(ids)`): NotImplementedError.
        """
        refuse(tfs_z=tfs_z, stopping_criteria=stopping_criteria, logits_processor=logits_processor, penalize_nl=penalize_nl,
               reset=reset)
        body = sampling(
            temperature=temp, top_p=top_p, min_p=min_p, typical_p=typical_p, top_k=top_k, repeat_penalty=repeat_penalty,
            frequency_penalty=frequency_penalty, presence_penalty=presence_penalty, mirostat_mode=mirostat_mode,
            mirostat_tau=mirostat_tau, mirostat_eta=mirostat_eta, seed=None, logit_bias=None, grammar=grammar)
        return self._ids_as_they_come([int(token) for token in tokens], body)

    # ---- below: what the above is made of ----

    def _call(self, action: str, body: Dict[str, Any]) -> Dict[str, Any]:
        reply: Dict[str, Any] = self._daemon.call("POST", self._path + action, body)
        return reply

    def _properties(self) -> Dict[str, Any]:
        if self._props is None:
            self._props = self._daemon.call("POST", self._path + "props")
        return self._props

    def _special(self, which: str) -> int:
        if which not in self._ids:
            text = self._properties().get(which) or ""
            ids = self.tokenize(text.encode(), add_bos=False, special=True) if text else []
            self._ids[which] = ids[0] if len(ids) == 1 else -1
        return self._ids[which]

    def _pieces(self, ids: List[int]) -> List[bytes]:
        rows = self._call("tokenize", {"content": ids, "with_pieces": True})["tokens"] if ids else []
        return [bytes(row["piece"]) if isinstance(row["piece"], list) else row["piece"].encode() for row in rows]

    def _learn_control(self, ids: List[int], pieces: List[bytes]) -> None:
        """A control token is one that its own text is only taken for when special tokens are looked for."""
        unknown = {token: piece for token, piece in zip(ids, pieces) if token not in self._control}
        texts = {token: piece for token, piece in unknown.items() if _may_be_control(piece)}
        self._control.update({token: False for token in unknown if token not in texts})
        for token, piece in texts.items():
            named = self.tokenize(piece, add_bos=False, special=True)
            self._control[token] = named[-1:] == [token] and token not in self.tokenize(piece, add_bos=False)

    def _head(self, prefix: str, kind: str, model: Optional[str]) -> Dict[str, Any]:
        return {"id": prefix + str(uuid.uuid4()), "object": kind, "created": int(time.time()),
                "model": model if model is not None else self.model_path}

    def _complete(self, prompt: Prompt, body: Dict[str, Any], max_tokens: Optional[int], stop: Stop,
                  logprobs: Optional[int], echo: bool, stream: bool, model: Optional[str]) -> Any:
        if echo and (stream or logprobs is not None):
            raise NotImplementedError("echo together with stream or logprobs")
        body.update(prompt=prompt, n_predict=_most(max_tokens), stop=stop_list(stop))
        if logprobs is not None:
            body["n_probs"] = max(int(logprobs), 1)
        head = self._head("cmpl-", "text_completion", model)
        if stream:
            return self._streamed(body, logprobs, len(prompt), head)
        reply = self._call("completion", {**body, "return_tokens": True, "response_fields": _FIELDS})
        text, tokens, rows = reply["content"], reply["tokens"], reply.get("completion_probabilities", [])
        if reply["stop_type"] == "eos":  # the end-of-text token is not counted there
            tokens, rows = tokens[:-1], rows[:len(tokens) - 1]
        if echo:
            text = (prompt if isinstance(prompt, str) else self.detokenize(prompt).decode("utf-8", "ignore")) + text
        read = reply["tokens_evaluated"]
        return {**head, "choices": [{
            "text": text, "index": 0, "logprobs": None if logprobs is None else _logprobs(rows, logprobs, len(prompt)),
            "finish_reason": _finish(reply),
        }], "usage": {"prompt_tokens": read, "completion_tokens": len(tokens), "total_tokens": read + len(tokens)}}

    def _streamed(self, body: Dict[str, Any], logprobs: Optional[int], offset: int, head: Dict[str, Any]
                  ) -> Iterator[Dict[str, Any]]:
        last: Dict[str, Any] = {}
        rows: List[Dict[str, Any]] = []
        events = self._daemon.stream(self._path + "completion", {**body, "stream": True})
        try:
            for last in events:
                rows += last.get("completion_probabilities", [])
                if not last["content"]:
                    continue
                shown = None if logprobs is None else _logprobs(rows, logprobs, offset)
                yield {**head, "choices": [
                    {"text": last["content"], "index": 0, "logprobs": shown, "finish_reason": None}]}
                offset += len(last["content"])
                rows = []
        finally:
            events.close()  # type: ignore[attr-defined]
        yield {**head, "choices": [{"text": "", "index": 0, "logprobs": None, "finish_reason": _finish(last)}]}

    def _ids_as_they_come(self, tokens: List[int], body: Dict[str, Any]) -> Iterator[int]:
        events = self._daemon.stream(self._path + "completion", {
            **body, "prompt": tokens, "n_predict": -1, "return_tokens": True, "stream": True})
        seen = 0
        try:
            for event in events:
                ids = [int(token) for token in event.get("tokens", [])]
                missing = int(event.get("tokens_predicted", seen)) - seen - len(ids)
                if missing > 0 and ids:
                    # The server holds back the tokens of a character until it is whole, and then names the last alone.
                    whole = self.tokenize(event["content"].encode(), add_bos=False)
                    ids = whole if len(whole) == missing + len(ids) else whole or ids
                seen = int(event.get("tokens_predicted", seen + len(ids)))
                for token in ids:
                    if (yield token) is not None:
                        raise NotImplementedError("ids cannot be sent into generate(): call it again with the longer list")
        finally:
            events.close()  # type: ignore[attr-defined]


def _most(max_tokens: Optional[int]) -> int:
    """-1: as many as fit."""
    return -1 if max_tokens is None or max_tokens <= 0 else int(max_tokens)


def _finish(reply: Dict[str, Any]) -> str:
    return "stop" if reply.get("stop_type") in ("eos", "word") else "length"


def _may_be_control(piece: bytes) -> bool:
    """Control tokens have names, of three bytes or more: <s>, </s>, [INST], <|im_end|>."""
    return len(piece) >= 3 and not piece[:1].isalnum() and piece[:1] != b" "


def _logprobs(rows: List[Dict[str, Any]], most: int, offset: int) -> Dict[str, Any]:
    tokens, offsets, values, tops = [], [], [], []
    for row in rows:
        text = bytes(row["bytes"]).decode("utf-8", "ignore")
        top = {bytes(other["bytes"]).decode("utf-8", "ignore"): other["logprob"] for other in row["top_logprobs"][:most]}
        top[text] = row["logprob"]
        tokens.append(text)
        offsets.append(offset)
        values.append(row["logprob"])
        tops.append(top)
        offset += len(text)
    return {"tokens": tokens, "text_offset": offsets, "token_logprobs": values, "top_logprobs": tops}
