"""llama-cpp-python's parameters as llama-server's: each one is carried or refused, none is silently left out."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Union

# Theirs → the server's.
CARRIED = {
    "temperature": "temperature", "top_p": "top_p", "min_p": "min_p", "typical_p": "typical_p", "top_k": "top_k",
    "repeat_penalty": "repeat_penalty", "frequency_penalty": "frequency_penalty", "presence_penalty": "presence_penalty",
    "mirostat_mode": "mirostat", "mirostat_tau": "mirostat_tau", "mirostat_eta": "mirostat_eta",
}
# Refused unless they have the value that means nothing, and why.
REFUSED = {
    "suffix": (None, "filling in the middle is not served"),
    "tfs_z": (1.0, "tail-free sampling is gone from llama.cpp"),
    "stopping_criteria": (None, "Python functions cannot run inside the model's process; use stop, max_tokens or stream"),
    "logits_processor": (None, "Python functions cannot run inside the model's process; use logit_bias or grammar"),
    "penalize_nl": (True, "line ends are penalised like any other token"),
    "reset": (True, "the prompt is always the whole context"),
}
# In llama-cpp-python's order; the server's further samplers are off anyway.
_SAMPLERS = ["penalties", "top_k", "typ_p", "top_p", "min_p", "temperature"]

Stop = Optional[Union[str, List[str]]]


def refuse(**parameters: Any) -> None:
    for name, value in parameters.items():
        neutral, why = REFUSED[name]
        if value is not neutral and value != neutral:
            raise NotImplementedError(f"{name}={value!r}: {why}")


def sampling(*, seed: Optional[int], logit_bias: Optional[Dict[Any, float]], grammar: Any, **parameters: Any) -> Dict[str, Any]:
    """The server's members for these. `parameters` are those of CARRIED."""
    if parameters["temperature"] < 0:
        raise NotImplementedError("temperature below 0: sampling without any filter is not served; 0 takes the likeliest token")
    body: Dict[str, Any] = {CARRIED[name]: value for name, value in parameters.items()}
    body["samplers"] = _SAMPLERS
    if seed is not None:
        body["seed"] = int(seed) & 0xFFFFFFFF
    if logit_bias:
        body["logit_bias"] = [[int(token), float(bias)] for token, bias in logit_bias.items()]
    if grammar is not None:
        body["grammar"] = grammar_text(grammar)
    return body


def grammar_text(grammar: Any) -> str:
    """GBNF, from a str or from llama_cpp.LlamaGrammar."""
    text = grammar if isinstance(grammar, str) else getattr(grammar, "_grammar", None)
    if not isinstance(text, str):
        raise TypeError("grammar must be GBNF text, or a LlamaGrammar made from text")
    return text


def stop_list(stop: Stop) -> List[str]:
    if stop is None:
        return []
    return [stop] if isinstance(stop, str) else list(stop)
