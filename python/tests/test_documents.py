"""Code blocks of the documents run as they are written: the first product's, and docs/migrating.md's."""

import re
import subprocess
import sys

import pytest

from conftest import ROOT

# Of the first product's document, "Lazy Loading Implementation".
FIRST_PRODUCT = [
    '''embedder, _ = model_manager.get_embedder()  # Loads embedder
tokenizer, model = model_manager.get_generator_model()  # Loads main model
''', '''# Models already loaded, instant access
embedder, _ = model_manager.get_embedder()  # Returns cached embedder
tokenizer, model = model_manager.get_generator_model()  # Returns cached model
''', '''# Unload models when not needed
model_manager.unload_all_models()  # Frees all memory
''', '''# settings.py
LAZY_LOADING: bool = True  # Enable lazy loading
ENABLE_GPU_ACCELERATION: bool = True  # Auto-detect GPU
MAIN_MODEL: str = "models/mistral-7b-instruct-v0.2.Q4_K_M.gguf"
MAX_GPU_MEMORY_FRACTION: float = 0.85  # Conservative memory usage
# Future settings
PRELOAD_EMBEDDER: bool = False  # Pre-load embedder
PRELOAD_MAIN_MODEL: bool = False  # Pre-load main model
AUTO_UNLOAD: bool = True  # Auto-unload unused models
MEMORY_THRESHOLD: float = 0.8  # Unload when memory > 80%
''', '''# Check model status
from src.sc_gen5.rag.v2.models import _model_manager
status = _model_manager.get_memory_status()
print(status)
# Check memory usage
memory = _model_manager.get_memory_usage()
print(memory)
''']
IMPORT = "from src.sc_gen5.rag.v2.models import model_manager\n"


def python(code, cwd):
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return done.stdout


def places(tmp_path):
    return {"checkout": ROOT, "empty": tmp_path}


@pytest.mark.parametrize("place", ["checkout", "empty"])
@pytest.mark.parametrize("block", range(len(FIRST_PRODUCT)))
def test_each_block_of_the_first_product_runs(home, tmp_path, place, block):
    python(IMPORT + FIRST_PRODUCT[block], places(tmp_path)[place])


def test_they_run_one_after_another_and_tell_the_truth(home, tmp_path):
    check = 'assert status["models_loaded"] == {"embedder": %s, "generator": %s, "utility": False}\n'
    python(IMPORT + FIRST_PRODUCT[0] + "one = embedder, tokenizer, model\n" + FIRST_PRODUCT[1] + "assert (embedder, tokenizer, "
           "model) == one\n" + FIRST_PRODUCT[4] + check % (True, True) + FIRST_PRODUCT[2] + FIRST_PRODUCT[4] +
           check % (False, False) + 'assert memory["ram_total_gb"] > memory["ram_used_gb"] > 0', tmp_path)


def test_the_settings_of_its_document_are_ours(home):
    names = re.findall(r"^([A-Z_]+): ", FIRST_PRODUCT[3], re.M)
    python(FIRST_PRODUCT[3] + "from settings import settings\n" +
           "".join(f"assert settings.{name} == {name}\n" for name in names), ROOT)


def blocks_of(document, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / document).read_text(), re.M | re.S)


def test_migrating_mds_python_runs(home, tmp_path):
    python("\n".join(blocks_of("docs/migrating.md", "python")), ROOT)


def test_the_packages_own_readme_runs(home, tmp_path):
    python("\n".join(blocks_of("python/README.md", "python")), tmp_path)


def test_migrating_mds_commands_are_there(home):
    commands = "\n".join(blocks_of("docs/migrating.md", "sh"))
    assert subprocess.run(["sh", "-n"], input=commands, text=True).returncode == 0
    for word in re.findall(r"^(\./\S+|python (\S+))", commands, re.M):
        assert (ROOT / (word[1] or word[0])).exists(), word
