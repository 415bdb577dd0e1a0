"""The first product's settings module: `from settings import settings`. What it does is in python/sc_gen5/settings.py."""

import sys
from pathlib import Path
from typing import Any

try:
    from sc_gen5.settings import Settings, settings
except ImportError:  # no wheel installed: the checkout's own
    sys.path.append(str(Path(__file__).resolve().parent / "python"))
    from sc_gen5.settings import Settings, settings

__all__ = ["Settings", "settings"]


def __getattr__(name: str) -> Any:
    if name.isupper():
        return getattr(settings, name)
    raise AttributeError(name)
