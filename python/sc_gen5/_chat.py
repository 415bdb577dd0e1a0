"""Chat answers in llama-cpp-python's shapes, made from completions and from the server's own chat replies. Pure functions."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Tuple

Dictionary = Dict[str, Any]


def as_tools(functions: Optional[List[Dictionary]], function_call: Any, tools: Optional[List[Dictionary]],
             tool_choice: Any) -> Tuple[Optional[List[Dictionary]], Any]:
    """The older `functions` and `function_call` as tools."""
    if functions is not None:
        tools = [{"type": "function", "function": function} for function in functions]
    if function_call in ("none", "auto"):
        tool_choice = function_call
    elif isinstance(function_call, dict):
        tool_choice = {"type": "function", "function": {"name": function_call["name"]}}
    return tools, tool_choice


def forced_tool(tools: Optional[List[Dictionary]], tool_choice: Any) -> Optional[Dictionary]:
    if not tools or not isinstance(tool_choice, dict):
        return None
    name = tool_choice["function"]["name"]
    for tool in tools:
        if tool["function"]["name"] == name:
            return dict(tool["function"])
    raise ValueError(f"Tool choice '{name}' not found in tools.")


def schema_of(response_format: Optional[Dictionary], forced: Optional[Dictionary]) -> Optional[Dictionary]:
    if forced is not None:
        return dict(forced.get("parameters") or {"type": "object"})
    if response_format is None or response_format.get("type") == "text":
        return None
    if response_format.get("type") == "json_object":
        return dict(response_format.get("schema") or {"type": "object"})
    raise NotImplementedError(f"response_format of type {response_format.get('type')!r}: json_object and text are served")


def _chat_logprobs(logprobs: Optional[Dictionary]) -> Optional[Dictionary]:
    if logprobs is None:
        return None
    return {"content": [
        {"token": token, "bytes": None, "logprob": value,
         "top_logprobs": [{"token": other, "logprob": of, "bytes": None} for other, of in top.items()]}
        for token, value, top in zip(logprobs["tokens"], logprobs["token_logprobs"], logprobs["top_logprobs"])
    ], "refusal": None}


def answer(completion: Dictionary) -> Dictionary:
    choice = completion["choices"][0]
    return {"id": "chat" + completion["id"], "object": "chat.completion", "created": completion["created"],
            "model": completion["model"],
            "choices": [{"index": 0, "message": {"role": "assistant", "content": choice["text"]},
                         "logprobs": _chat_logprobs(choice["logprobs"]), "finish_reason": choice["finish_reason"]}],
            "usage": completion["usage"]}


def _chunk(of: Dictionary, delta: Dictionary, logprobs: Optional[Dictionary], finish: Optional[str]) -> Dictionary:
    return {"id": "chat" + of["id"], "model": of["model"], "created": of["created"], "object": "chat.completion.chunk",
            "choices": [{"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": finish}]}


def chunks(completions: Iterator[Dictionary]) -> Iterator[Dictionary]:
    first = True
    for completion in completions:
        if first:
            yield _chunk(completion, {"role": "assistant"}, None, None)
            first = False
        choice = completion["choices"][0]
        delta = {"content": choice["text"]} if choice["finish_reason"] is None else {}
        yield _chunk(completion, delta, _chat_logprobs(choice["logprobs"]), choice["finish_reason"])


def function_call(completion: Dictionary, function: Dictionary) -> Dictionary:
    reply = answer(completion)
    text = completion["choices"][0]["text"]
    call = {"name": function["name"], "arguments": text}
    choice = reply["choices"][0]
    choice["message"] = {"role": "assistant", "content": None, "function_call": call, "tool_calls": [
        {"id": f"call__0_{function['name']}_{completion['id']}", "type": "function", "function": dict(call)}]}
    choice["finish_reason"] = "tool_calls"
    return reply


def function_chunks(completions: Iterator[Dictionary], function: Dictionary) -> Iterator[Dictionary]:
    first = True
    for completion in completions:
        if first:
            yield _chunk(completion, {"role": "assistant", "content": None, "function_call": None, "tool_calls": None}, None,
                         None)
            first = False
        choice = completion["choices"][0]
        if choice["finish_reason"] is not None:
            yield _chunk(completion, {}, None, "tool_calls")
            continue
        call = {"name": function["name"], "arguments": choice["text"]}
        yield _chunk(completion, {
            "role": None, "content": None, "function_call": call, "tool_calls": [
                {"index": 0, "id": f"call__0_{function['name']}_{completion['id']}", "type": "function",
                 "function": dict(call)}]}, _chat_logprobs(choice["logprobs"]), None)


def native(reply: Dictionary, head: Dictionary) -> Dictionary:
    """The server's own answer when the model may choose from tools."""
    choice = reply["choices"][0]
    usage = {name: reply["usage"][name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
    message = {"role": "assistant", "content": choice["message"].get("content")}
    if choice["message"].get("tool_calls"):
        message["tool_calls"] = choice["message"]["tool_calls"]
    return {**head, "choices": [{"index": 0, "message": message, "logprobs": None,
                                 "finish_reason": choice["finish_reason"]}], "usage": usage}


def native_chunks(events: Iterator[Dictionary], head: Dictionary) -> Iterator[Dictionary]:
    for event in events:
        for choice in event.get("choices", []):
            yield {**head, "choices": [{"index": 0, "delta": choice["delta"], "logprobs": None,
                                        "finish_reason": choice["finish_reason"]}]}
