"""Importing, by either path, from anywhere: nothing is contacted, started or imported that need not be."""

import subprocess
import sys

import pytest

from conftest import ROOT

ONE = """
import src.sc_gen5.rag.v2.models as old, sc_gen5.rag.v2.models as new
from src.sc_gen5.rag.v2.models import _model_manager, model_manager
import src.sc_gen5.settings, sc_gen5.settings, src.sc_gen5, sc_gen5, pkgutil, sys
assert old is new and _model_manager is new._model_manager is model_manager
assert src.sc_gen5 is sc_gen5 and src.sc_gen5.settings is sc_gen5.settings
for module in pkgutil.walk_packages(sc_gen5.__path__, "sc_gen5."):
    assert sys.modules["src." + module.name] is sys.modules[module.name], module.name
"""
NOTHING = """
import os, sys
before = set(sys.modules)
import src.sc_gen5.rag.v2.models, sc_gen5.settings
heavy = {"httpx", "numpy", "torch", "ssl"} & (set(sys.modules) - before)
assert not heavy, heavy
import sc_gen5.rag.v2.models as models
manager = models.ModelManager()
assert manager._models == {} and manager._embedder is None
assert manager._model_configs == {"generator": {"model_path": "models/mistral-7b-instruct-v0.2.Q4_K_M.gguf",
    "model_name": "Mistral-7B-Instruct", "device": "auto", "max_gpu_layers": "auto"}}
assert os.listdir(os.environ["COUNSEL_HOME"]) == []
"""


def python(code, cwd, **more):
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=cwd, capture_output=True, text=True, **more)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("folder", ["checkout", "empty"])
def test_the_old_path_is_the_very_same_module(folder, tmp_path):
    python(ONE, ROOT if folder == "checkout" else tmp_path)


def test_either_path_may_come_first(tmp_path):
    python("import src.sc_gen5.rag.v2.models\n" + ONE, tmp_path)
    python("import sc_gen5.rag.v2.models\n" + ONE, tmp_path)
    python("from src.sc_gen5 import rag\nimport sc_gen5.rag\nassert rag is sc_gen5.rag", tmp_path)


def test_importing_contacts_and_starts_nothing(home, tmp_path):
    python(NOTHING, tmp_path)


def test_settings_of_the_checkouts_root(home):
    python("from settings import settings\nimport settings as module, sc_gen5.settings\n"
           "assert settings is sc_gen5.settings.settings\nassert module.LAZY_LOADING is True", ROOT)


def test_the_src_of_another_project_is_kept(tmp_path):
    (tmp_path / "src" / "theirs").mkdir(parents=True)
    (tmp_path / "src" / "theirs" / "__init__.py").write_text("value = 7\n")
    python("import src.theirs, src.sc_gen5.rag.v2.models\nassert src.theirs.value == 7", tmp_path)
