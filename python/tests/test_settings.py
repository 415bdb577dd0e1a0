"""settings: read from the daemon or the file, typed, saved to counsel.toml."""

import pytest

from conftest import counsel
from sc_gen5.settings import Settings


@pytest.mark.parametrize("running", [True, False])
def test_settings_are_read_and_saved(home, running):
    settings = Settings()
    if running:
        assert counsel("load", "bge-small-en-v1.5").returncode == 0
    assert settings.LAZY_LOADING is True and settings.MAX_GPU_MEMORY_FRACTION == 0.85 and settings.PRELOAD_MODELS == []
    assert settings.MAIN_MODEL == "models/mistral-7b-instruct-v0.2.Q4_K_M.gguf" and settings.source("MAIN_MODEL") == "default"
    settings.MEMORY_THRESHOLD = 0.5
    settings.PRELOAD_MODELS = ["a", "b"]
    assert settings.MEMORY_THRESHOLD == 0.5 and settings.source("MEMORY_THRESHOLD") == "not saved"
    assert not (home / "counsel.toml").exists()
    settings.save()
    again = Settings()
    assert again.MEMORY_THRESHOLD == 0.5 and again.source("MEMORY_THRESHOLD") == "counsel.toml"
    assert again.PRELOAD_MODELS == ["a", "b"]
    assert counsel("config", "get", "MEMORY_THRESHOLD").stdout == "0.5\n"
    assert (home / "daemon.json").exists() == running


@pytest.mark.parametrize("running", [True, False])
def test_what_is_not_valid_is_not_written(home, running):
    settings = Settings()
    if running:
        counsel("load", "bge-small-en-v1.5")
    settings.MEMORY_THRESHOLD = 7
    with pytest.raises(ValueError, match="MEMORY_THRESHOLD"):
        settings.save()
    settings.discard()
    assert settings.MEMORY_THRESHOLD == 0.8
    with pytest.raises(AttributeError):
        settings.NO_SUCH_SETTING = 1
    with pytest.raises(AttributeError):
        settings.NO_SUCH_SETTING


def test_a_secret_is_shown_as_set_or_not_set_and_never_written(home):
    settings = Settings()
    assert not settings.CH_API_KEY and repr(settings.CH_API_KEY) == "not set"
    (home / ".env").write_text("CH_API_KEY=a-very-secret-key\n")
    assert settings.CH_API_KEY and "a-very-secret-key" not in repr(settings) and "CH_API_KEY = set" in repr(settings)
    settings.CH_API_KEY = "another"
    with pytest.raises(ValueError):
        settings.save()
    assert not (home / "counsel.toml").exists() or "another" not in (home / "counsel.toml").read_text()


def test_an_environment_variable_goes_before_the_file(home, monkeypatch):
    monkeypatch.setenv("MEMORY_THRESHOLD", "0.3")
    settings = Settings()
    settings.MEMORY_THRESHOLD = 0.6
    settings.save()
    assert settings.MEMORY_THRESHOLD == 0.3 and settings.source("MEMORY_THRESHOLD") == "environment MEMORY_THRESHOLD"
