"""The settings, by their names in the first product: `from sc_gen5.settings import settings`.

Reading asks the running daemon, or the program `counsel` when none runs. Setting an attribute changes nothing yet; `save()`
writes counsel.toml in the home, and the daemon follows at once where it can. Environment variables and `.env` go before the
file: `settings.source(NAME)` tells where a value comes from.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List

from ._daemon import Daemon
from ._home import home, program
from .errors import CounselError, DaemonGone, InvalidRequest, error_of


class Secret:
    """A value that is shown only as set or not set; true when it is set."""

    def __init__(self, is_set: bool) -> None:
        self._set = is_set

    def __bool__(self) -> bool:
        return self._set

    def __repr__(self) -> str:
        return "set" if self._set else "not set"


def _truth(text: str) -> bool:
    return text.strip().lower() in ("true", "1", "yes", "on")


def _words(text: str) -> List[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


# Of the environment's names; the others are text.
_TYPES: Dict[str, Callable[[str], Any]] = {
    "LAZY_LOADING": _truth, "ENABLE_GPU_ACCELERATION": _truth, "PRELOAD_EMBEDDER": _truth, "PRELOAD_MAIN_MODEL": _truth,
    "AUTO_UNLOAD": _truth, "MAX_GPU_MEMORY_FRACTION": float, "MEMORY_THRESHOLD": float, "PRELOAD_MODELS": _words,
    "ALLOWED_ORIGINS": _words, "COUNSEL_PORT": int, "COUNSEL_THREADS": int, "COUNSEL_KEEP_ALIVE": int,
    "CH_API_KEY": lambda text: Secret(text == "set"), "COUNSEL_API_TOKEN": lambda text: Secret(text == "set"),
}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(str(item) for item in value)
    return str(value)


class Settings:
    """Every setting as an attribute, by its name in the environment: MAIN_MODEL, COUNSEL_PORT."""

    if TYPE_CHECKING:
        LAZY_LOADING: bool
        ENABLE_GPU_ACCELERATION: bool
        MAIN_MODEL: str
        MAX_GPU_MEMORY_FRACTION: float
        PRELOAD_EMBEDDER: bool
        PRELOAD_MAIN_MODEL: bool
        PRELOAD_MODELS: List[str]
        AUTO_UNLOAD: bool
        MEMORY_THRESHOLD: float
        EMBEDDING_MODEL: str
        CH_API_KEY: Secret

    def __init__(self) -> None:
        object.__setattr__(self, "_daemon", Daemon())
        object.__setattr__(self, "_changed", {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._changed:
            return self._changed[name]
        row = self._rows().get(name)
        if row is None:
            raise AttributeError(f"There is no setting {name!r}")
        return _TYPES.get(name, str)(row["value"])

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._rows():
            raise AttributeError(f"There is no setting {name!r}")
        if isinstance(value, (dict, set)) or value is None:
            raise InvalidRequest(f"{name} cannot be {value!r}.", "", "invalid_argument")
        self._changed[name] = value

    def __dir__(self) -> List[str]:
        return [*super().__dir__(), *self._rows()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows())

    def __repr__(self) -> str:
        return "\n".join(f"{name} = {getattr(self, name)!r}  ({self.source(name)})" for name in self)

    def source(self, name: str) -> str:
        """Where the value comes from: "default", "counsel.toml", ".env", "environment NAME", "command line", "not saved"."""
        return "not saved" if name in self._changed else str(self._rows()[name]["source"])

    def save(self) -> None:
        """Writes what was changed to counsel.toml. ValueError names what is not valid; nothing of that one is written."""
        for name, value in list(self._changed.items()):
            key = self._rows()[name]["name"]
            try:
                self._daemon.call("PUT", "/api/config", {"name": key, "value": _text(value)}, start=False)
            except DaemonGone:
                self._counsel("set", key, _text(value))
            del self._changed[name]

    def discard(self) -> None:
        """Forgets what was changed and not saved."""
        self._changed.clear()

    def _rows(self) -> Dict[str, Dict[str, Any]]:
        try:
            reply = self._daemon.call("GET", "/api/config", start=False)
        except DaemonGone:
            reply = json.loads(self._counsel("list", "--json"))
        return {row["environment"]: row for row in reply["settings"]}

    @staticmethod
    def _counsel(*arguments: str) -> str:
        file = program()
        if file is None:
            raise DaemonGone("Counsel is not running, and its program 'counsel' was not found.",
                             "Set COUNSEL_BIN to the folder of its programs.", "unavailable")
        done = subprocess.run([str(file), "--home", str(home()), "config", *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            message, _, next_step = done.stderr.strip().replace("error: ", "", 1).partition("\n")
            if done.returncode == 2 or "must be" in message:
                raise InvalidRequest(message, next_step.strip(), "invalid_argument")
            raise error_of("internal", message or "counsel config failed.", next_step.strip())
        return done.stdout


settings = Settings()

__all__ = ["CounselError", "Secret", "Settings", "settings"]


def __getattr__(name: str) -> Any:
    """`from sc_gen5.settings import LAZY_LOADING`, as of a module of constants."""
    if name.isupper():
        return getattr(settings, name)
    raise AttributeError(name)
