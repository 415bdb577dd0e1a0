# shellcheck shell=bash
# Stage `python`, of ./run python: .venv in the checkout, with the package sc_gen5 and what it needs (httpx, NumPy).

python_ready() {
  local made=$root/.venv/.made sources=("$root/python/pyproject.toml" "$root/python/sc_gen5" "$root/python/src")
  [[ -x $root/.venv/bin/python && -e $made ]] || return 1
  [[ -z $(find "${sources[@]}" -type f -not -name '*.pyc' -newer "$made" -print -quit) ]]
}

python_make() {
  local began
  began=$(mktemp)
  python3 -m venv "$root/.venv" || fail "python3 cannot make a virtual environment: apt-get install python3-venv"
  build_package "$root/.venv/bin/python" "$root/build/python"
  "$root/.venv/bin/pip" install --quiet --disable-pip-version-check httpx numpy
  "$root/.venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --force-reinstall "$root"/build/python/*.whl
  mv "$began" "$root/.venv/.made"
}

# build_package PYTHON FOLDER: the wheel, alone in the folder. From a copy: setuptools leaves things in what it builds.
build_package() {
  local copy
  copy=$(mktemp -d)
  cp -R "$root/python" "$copy"
  rm -rf "$2" "$copy"/python/{build,tests,*.egg-info}
  mkdir -p "$2"
  "$1" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$2" "$copy/python" ||
    fail "pip could not build the package: it needs setuptools from PyPI, once"
  rm -rf "$copy"
}

# Every python3.9 to 3.13 that runs here, on the PATH or in pyenv's folder, one a line.
pythons_found() {
  local minor python
  for minor in 9 10 11 12 13; do
    for python in "$(type -p "python3.$minor")" "${PYENV_ROOT:-$HOME/.pyenv}/versions/3.$minor."*/bin/python3; do
      [[ $python ]] && "$python" -c 'import ensurepip' 2>/dev/null && printf '%s\n' "$python" && break
    done
  done
}
