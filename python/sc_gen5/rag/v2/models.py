"""The first product's model functions. Models load on first use, in the daemon; importing this contacts nothing.

    embedder, _ = model_manager.get_embedder()
    tokenizer, model = model_manager.get_generator_model()
    model_manager.unload_all_models()
"""

from __future__ import annotations

import contextlib
import importlib
import threading
import warnings
from typing import Any, Dict, Optional, Tuple
from urllib.parse import quote

from ..._daemon import Daemon
from ..._embedder import Embedder
from ..._generator import Generator
from ..._tokenizer import Tokenizer
from ...errors import CounselError, DaemonGone, error_of

_GIB = 1024.0 ** 3
_MAIN_MODEL = {
    "model_path": "models/mistral-7b-instruct-v0.2.Q4_K_M.gguf",
    "model_name": "Mistral-7B-Instruct",
    "device": "auto",
    "max_gpu_layers": "auto",
}
_MAIN_MODEL_NAME = "mistral-7b-instruct-v0.2"

_Models = Dict[str, Any]


class ModelManager:
    """The models as the daemon has them. `timeout`: seconds that any one call may take. For any thread, and after a fork."""

    def __init__(self, timeout: Optional[float] = None) -> None:
        self._daemon = Daemon(timeout)
        self._lock = threading.Lock()
        self._embedder_handle: Optional[Embedder] = None
        self._generator_handle: Optional[Tuple[Tokenizer, Generator]] = None
        self._generator_config = dict(_MAIN_MODEL)

    @property
    def timeout(self) -> float:
        return self._daemon.timeout

    @timeout.setter
    def timeout(self, seconds: float) -> None:
        self._daemon.timeout = float(seconds)

    # ---- what users call ----

    def get_embedder(self) -> Tuple[Embedder, Embedder]:
        """Returns when the embedder is ready: the same object each time, while the same model serves."""
        return self.load_embedder()

    def get_generator_model(self) -> Tuple[Tokenizer, Generator]:
        """Returns (tokenizer, model) when the generator is ready: the same objects each time, while the same model serves.

        FileNotFoundError, "Model file not found: PATH", when MAIN_MODEL was set and is not there.
        """
        return self.load_generator_model()

    def load_embedder(self, force_reload: bool = False) -> Tuple[Embedder, Embedder]:
        if self._embedder_handle is None:  # encode will want it: its import and the load need not wait for each other
            threading.Thread(target=importlib.import_module, args=("numpy",), daemon=True).start()
        name, facts = self._ready("embedder", force_reload)
        with self._lock:
            if self._embedder_handle is None or self._embedder_handle.name != name:
                self._embedder_handle = Embedder(self._daemon, name, int(facts["dimensions"]), int(facts["context_tokens"]))
            return self._embedder_handle, self._embedder_handle

    def load_generator_model(self, force_reload: bool = False) -> Tuple[Tokenizer, Generator]:
        name, facts = self._ready("generator", force_reload)
        with self._lock:
            if self._generator_handle is None or self._generator_handle[1].name != name:
                model = Generator(self._daemon, name, facts["path"])
                self._generator_handle = (Tokenizer(model), model)
            return self._generator_handle

    def load_utility_model(self, force_reload: bool = False) -> Tuple[Tokenizer, Generator]:
        """The utility model is gone; this is the main model."""
        _deprecated("load_utility_model", "get_generator_model")
        return self.load_generator_model(force_reload)

    def get_utility_model(self) -> Tuple[Tokenizer, Generator]:
        """The utility model is gone; this is the main model."""
        _deprecated("get_utility_model", "get_generator_model")
        return self.load_generator_model()

    def unload_all_models(self, force: bool = False) -> None:
        """Returns when the models' processes are gone. Waits up to 30 s for running calls; `force` ends them."""
        with contextlib.suppress(DaemonGone):  # its models went with it
            self._daemon.call("POST", "/api/models/unload", {"force": bool(force)}, start=False)

    def get_memory_usage(self) -> Dict[str, float]:
        return self._usage(self._look())

    def get_memory_status(self) -> Dict[str, Any]:
        look = self._look()
        return {
            "memory_usage": self._usage(look),
            "models_loaded": {"embedder": _is_ready(look, "embedder"), "generator": _is_ready(look, "generator"),
                              "utility": False},
            "model_configs": _with_fallback(self._model_configs, look),
            "lazy_loading": True,
        }

    # ---- what was readable, and mirrors the truth ----

    @property
    def _models(self) -> Dict[str, Any]:
        """{"generator": {"tokenizer", "model", "config"}} while it was handed out here and is loaded."""
        handle = self._generator_handle
        if handle is None or not self._loaded(handle[1].name):
            return {}
        return {"generator": {"tokenizer": handle[0], "model": handle[1], "config": self._model_configs["generator"]}}

    @property
    def _embedder(self) -> Optional[Embedder]:
        handle = self._embedder_handle
        return handle if handle is not None and self._loaded(handle.name) else None

    @property
    def _model_configs(self) -> Dict[str, Dict[str, Any]]:
        return {"generator": dict(self._generator_config)}

    # ---- below: what the above is made of ----

    def _look(self) -> _Models:
        look: _Models = self._daemon.call("GET", "/api/models")
        name = look["generator"]["name"]
        config = dict(_MAIN_MODEL)
        if name not in (None, _MAIN_MODEL_NAME):  # another one serves
            facts = _facts(look, name)
            config.update(model_path=facts["path"], model_name=facts["title"] or name)
        self._generator_config = config
        return look

    def _loaded(self, name: str) -> bool:
        try:
            look = self._daemon.call("GET", "/api/models", start=False)
        except DaemonGone:
            return False
        return any(model["name"] == name and model["state"] == "ready" for model in look["models"])

    def _ready(self, role: str, force_reload: bool) -> Tuple[str, _Models]:
        """The name and the facts of the model that plays the role, loaded."""
        look = self._look()
        choice = look[role]
        name = choice["name"]
        if name is None:
            raise error_of(choice.get("code", "internal"), choice.get("message", choice["reason"]), choice.get("next_step", ""))
        facts = _facts(look, name)
        path = f"/api/models/{quote(name, safe='')}/"
        if force_reload:
            self._daemon.call("POST", path + "unload", {})
        if force_reload or facts["state"] != "ready":
            # Quick: used as it is in the file, which is ready sooner. The pool loads it anew, rearranged for this
            # processor, when the work that comes is worth that.
            self._daemon.call("POST", path + "load", {"style": "quick"})
        return name, facts

    @staticmethod
    def _usage(look: _Models) -> Dict[str, float]:
        memory = look["memory"]
        devices = memory.get("devices") or []
        held: Dict[str, float] = {}
        for model in look["models"]:
            for device, held_bytes in model["measured"]["devices"].items():
                held[device] = held.get(device, 0.0) + held_bytes
        return {
            "ram_used_gb": (memory["total"] - memory["available"]) / _GIB,
            "ram_total_gb": memory["total"] / _GIB,
            "gpu_vram": devices[0]["total"] / _GIB if devices else 0.0,
            "gpu_allocated": sum(held.values()) / _GIB,
        }


def _facts(look: _Models, name: str) -> _Models:
    return next(model for model in look["models"] if model["name"] == name)


def _is_ready(look: _Models, role: str) -> bool:
    return any(model["role"] == role and model["state"] == "ready" for model in look["models"])


def _with_fallback(configs: Dict[str, Dict[str, Any]], look: _Models) -> Dict[str, Dict[str, Any]]:
    """What device memory ran out for, in "reduced": fewer layers, a smaller context. Only when it did."""
    for model in look["models"]:
        if model["name"] == look["generator"]["name"] and model.get("reduced"):
            configs["generator"]["reduced"] = model["reduced"]
    return configs


def _deprecated(name: str, instead: str) -> None:
    warnings.warn(f"{name} is deprecated: the utility model is gone, and the main model answers. Use {instead}().",
                  DeprecationWarning, stacklevel=3)


_model_manager = ModelManager()
model_manager = _model_manager


# ---- the module's own functions ----


def utility_llm() -> Tuple[Tokenizer, Generator]:
    _deprecated("utility_llm", "model_manager.get_generator_model")
    return _model_manager.get_generator_model()


def generator_llm() -> Tuple[Tokenizer, Generator]:
    return _model_manager.get_generator_model()


def reasoning_llm() -> Tuple[Tokenizer, Generator]:
    return _model_manager.get_generator_model()


def reasoner_llm() -> Tuple[Tokenizer, Generator]:
    return _model_manager.get_generator_model()


def retriever_llm() -> Tuple[Tokenizer, Generator]:
    return _model_manager.get_generator_model()


def embedder() -> Tuple[Embedder, Embedder]:
    return _model_manager.get_embedder()


def unload_models() -> None:
    _model_manager.unload_all_models()


def get_model_info() -> Dict[str, float]:
    return _model_manager.get_memory_usage()


def load_models_progressively() -> Dict[str, Any]:
    """Loads nothing: says what is loaded. Models load on first use."""
    status = _model_manager.get_memory_status()
    loaded = status["models_loaded"]
    return {"embedder": loaded["embedder"], "utility": False, "generator": loaded["generator"],
            "memory_usage": status["memory_usage"], "errors": [], "lazy_loading": True,
            "message": "Models will be loaded on first use"}


def warmup_models() -> bool:
    """Loads nothing, as in the first product."""
    return True


def verify_models() -> Dict[str, Any]:
    """Loads both models, and says which could be."""
    result: Dict[str, Any] = {"utility": False, "reasoning": False, "embedder": False, "errors": [], "lazy_loading": True}
    for key, title, load in (("embedder", "Embedder", _model_manager.get_embedder),
                             ("reasoning", "Generator", _model_manager.get_generator_model)):
        try:
            load()
            result[key] = True
        except CounselError as error:
            result["errors"].append(f"{title}: {error}")
    return result


def get_loading_status() -> Dict[str, Any]:
    status = _model_manager.get_memory_status()
    usage, loaded = status["memory_usage"], status["models_loaded"]
    allocated, total = usage["gpu_allocated"], usage["gpu_vram"]
    recommendations = []
    if not loaded["embedder"]:
        recommendations.append("Embedder will load on first use")
    if not loaded["generator"]:
        recommendations.append("Main model will load on first use")
    if total and allocated > 0.9 * total:
        recommendations.append("High GPU memory usage - consider unloading unused models")
    status["recommendations"] = recommendations
    status["memory_info"] = {"gpu_allocated": allocated, "gpu_cached": 0.0, "gpu_total": total,
                             "gpu_free": max(total - allocated, 0.0)}
    return status
