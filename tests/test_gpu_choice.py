"""Which GPU plug-in ./run takes (setup/gpu.sh), on recorded trees: no machine with a GPU is needed."""

import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).parent.parent / "setup"


@pytest.fixture
def machine(tmp_path):
    """Adds files to the tree of a machine: machine("dev/nvidia0")."""

    def add(name: str, text: str = "") -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    add.root = tmp_path
    return add


def chosen(machine, choice="auto", engine="prebuilt", platform="linux-x64") -> str:
    script = (
        f"set -euo pipefail; engine_choice={engine} engine_version=3 npm_platform={platform} HOSTTYPE=x86_64\n"
        f"source {SETUP}/gpu.sh; find_gpu {machine.root}; printf %s $gpu"
    )
    return subprocess.run(
        ["/bin/bash", "-c", script], env={"COUNSEL_GPU": choice}, check=True, capture_output=True, text=True
    ).stdout


def driver(version: str) -> str:
    return f"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  {version}  Release Build  (builder)\nGCC version: 12\n"


def add_vulkan(machine, icd="usr/share/vulkan/icd.d/radeon_icd.x86_64.json"):
    machine("dev/dri/renderD128")
    machine("usr/lib/x86_64-linux-gnu/libvulkan.so.1")
    machine(icd)


def test_a_machine_without_a_gpu_gets_no_plugin(machine):
    assert chosen(machine) == "off"


def test_nvidias_device_takes_cuda(machine):
    machine("dev/nvidia0")
    machine("proc/driver/nvidia/version", driver("580.65.06"))
    add_vulkan(machine)
    assert chosen(machine) == "cuda"


def test_nvidias_device_whose_driver_is_not_shown_takes_cuda(machine):
    machine("dev/nvidia0")
    assert chosen(machine) == "cuda"


def test_a_driver_too_old_for_cuda_13_takes_vulkan_if_anything(machine):
    machine("dev/nvidia0")
    machine("proc/driver/nvidia/version", driver("575.51.03"))
    assert chosen(machine) == "off"
    add_vulkan(machine, "etc/vulkan/icd.d/nvidia_icd.json")
    assert chosen(machine) == "vulkan"


def test_a_render_node_with_a_driver_takes_vulkan(machine):
    add_vulkan(machine)
    assert chosen(machine) == "vulkan"


@pytest.mark.parametrize("missing", ["dev/dri/renderD128", "usr/lib/x86_64-linux-gnu/libvulkan.so.1"])
def test_vulkan_needs_a_device_and_its_loader(machine, missing):
    add_vulkan(machine)
    (machine.root / missing).unlink()
    assert chosen(machine) == "off"


def test_lavapipe_alone_is_no_gpu(machine):
    add_vulkan(machine, "usr/share/vulkan/icd.d/lvp_icd.x86_64.json")
    assert chosen(machine) == "off"


@pytest.mark.parametrize("choice", ["vulkan", "cuda"])
def test_a_word_forces_a_plugin_where_no_device_is(machine, choice):
    assert chosen(machine, choice) == choice


def test_off_leaves_a_gpu_alone(machine):
    machine("dev/nvidia0")
    assert chosen(machine, "off") == "off"


def test_engines_that_take_no_plugin_get_none_by_themselves(machine):
    machine("dev/nvidia0")
    assert chosen(machine, engine="native") == "off"
    assert chosen(machine, platform="linux-arm64") == "off"
