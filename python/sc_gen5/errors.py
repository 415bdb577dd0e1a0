"""What can go wrong, as exceptions: each says what happened and, on the next line, what to do about it."""

from __future__ import annotations

from typing import Any, Optional


class CounselError(RuntimeError):
    """Any refusal of the daemon. `code` is its word for it (docs/api.md), `next_step` what to do, or ""."""

    def __init__(self, message: str, next_step: str = "", code: str = "internal") -> None:
        super().__init__(message + ("\n" + next_step if next_step else ""))
        self.message = message
        self.next_step = next_step
        self.code = code

    def __reduce__(self) -> Any:
        return type(self), (self.message, self.next_step, self.code)


class DaemonGone(CounselError, ConnectionError):
    """No daemon answers and none could be started, or it ended while it worked on this."""


class CounselTimeout(CounselError, TimeoutError):
    """It took longer than the time-out that was set."""


class ModelFileNotFound(CounselError, FileNotFoundError):
    """The first line is "Model file not found: PATH", with PATH as it was written in the settings."""


class InvalidRequest(CounselError, ValueError):
    """An argument that the daemon or the model does not take."""


class OutOfMemory(CounselError, MemoryError):
    """The model does not fit, even after everything else was given back."""


_BY_CODE = {
    "model_file_missing": ModelFileNotFound,
    "invalid_argument": InvalidRequest,
    "too_large": InvalidRequest,
    "out_of_memory": OutOfMemory,
    "deadline_exceeded": CounselTimeout,
    "unavailable": CounselError,
}


def error_of(code: str, message: str, next_step: str = "") -> CounselError:
    return _BY_CODE.get(code, CounselError)(message, next_step, code)


def error_from_reply(status: int, body: Any) -> CounselError:
    """The daemon's own errors, and those of a model's server that it passes on."""
    error: Optional[Any] = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return CounselError(f"Counsel answered with HTTP status {status}.")
    code = error.get("code")
    message = str(error.get("message", ""))
    if error.get("type") == "exceed_context_size_error":
        # llama-cpp-python's words.
        return InvalidRequest(
            f"Requested tokens ({error.get('n_prompt_tokens')}) exceed context window of {error.get('n_ctx')}",
            code="invalid_argument")
    if isinstance(code, str):
        if "next_step" not in error and "\n" in message:
            message, next_step = message.split("\n", 1)
            return error_of(code, message, next_step)
        return error_of(code, message, str(error.get("next_step", "")))
    return error_of("invalid_argument" if status < 500 else "internal", message or f"HTTP status {status}")
