# shellcheck shell=bash
# The parts of ./test. A part NAME is a function check_NAME that prints to its log and may write "PASSED FAILED" into the
# file $counts; without one it counts as a single check.

passed=0 failed=0
results=$root/build/test

# What tests of the running program are given.
export COUNSEL_BIN=$build/bin COUNSEL_MODELS=$models COUNSEL_TEST_MODELS=$models
export GTEST_BRIEF=${GTEST_BRIEF:-1} PYTHONDONTWRITEBYTECODE=1

run_part() {
  local name=$1 log=$results/$1.log start code=0 good bad
  counts=$results/$1.counts
  start=$(now)
  mkdir -p "$results"
  rm -f "$counts"
  printf '== %s\n' "$name"
  set +e
  if [[ $verbose ]]; then
    (set -e && "check_$name") </dev/null 2>&1 | tee "$log"
  else
    (set -e && "check_$name") </dev/null >"$log" 2>&1
  fi
  code=$?
  set -e
  good=$((code == 0)) bad=0
  [[ ! -s $counts ]] || read -r good bad <"$counts"
  # A part that ended badly without naming a failure (it did not compile, say) is one.
  ((code == 0 || bad > 0)) || bad=1
  passed=$((passed + good)) failed=$((failed + bad))
  if ((bad > 0)) && [[ ! $verbose ]]; then tail -n 80 "$log" | sed 's/^/   /'; fi
  printf '   %s: %d passed, %d failed in %s s%s\n' "$name" "$good" "$bad" "$(seconds_since "$start")" \
    "$(sed -n 's/^left out: /; left out: /p' "$log" | head -n 1)"
}

our_sources() { find "$root"/{src,embedder,extractor,remote,bench} -name '*.h' -o -name '*.cc'; }

check_format() {
  # Other versions lay code out differently.
  type -p clang-format-14 >/dev/null || { echo "left out: clang-format-14 is not here" && return 0; }
  our_sources | xargs clang-format-14 --dry-run --Werror --ferror-limit=3
}

check_unit() { unit_tests release; }
check_asan() { unit_tests asan; }
check_tsan() { unit_tests tsan; }

# unit_tests PRESET: every *_test program, counted by its test cases.
unit_tests() {
  local folder=$root/build/$1 junit=$results/$1.xml cases=$results/$1-cases without_aslr=() code=0
  rm -rf "$cases" "$junit"
  configure "$1" -DCOUNSEL_TESTS=ON
  compile_in "$root" "$folder"
  # gcc 12's thread sanitizer does not know the wide address layouts of newer kernels.
  if [[ $1 == tsan ]] && setarch -R true 2>/dev/null; then without_aslr=(setarch -R); fi
  COUNSEL_TEST_ENGINE=$engine_folder GTEST_OUTPUT="json:$cases/" UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS="suppressions=$root/setup/tsan-suppressions.txt" "${without_aslr[@]}" \
    ctest --test-dir "$folder" -j "$(nproc)" --timeout 300 --output-on-failure --output-junit "$junit" || code=$?
  python3 "$root/setup/count_cases.py" "$junit" "$cases" >"$counts"
  return "$code"
}

check_program() {
  local junit=$results/program.xml code=0
  rm -f "$junit"
  COUNSEL_TEST_ENGINE=$engine_folder /usr/bin/python3 -m pytest "$root/tests" -q -p no:cacheprovider \
    --junitxml="$junit" || code=$?
  ((code != 5)) || { echo "left out: no tests in tests/" && return 0; }
  python3 "$root/setup/count_cases.py" "$junit" >"$counts"
  return "$code"
}

# Layers on a GPU: Mesa's llvmpipe plays one, through the engine's Vulkan plug-in.
check_gpu() {
  local unit=$results/gpu-unit.xml program=$results/gpu-program.xml cases=$results/gpu-cases code=0 good bad more worse
  [[ $npm_platform == linux-x64 && $engine_choice == prebuilt ]] || { echo "left out: no Vulkan plug-in is prepared for this engine" && return 0; }
  [[ -e /usr/share/vulkan/icd.d/lvp_icd.x86_64.json ]] || { echo "left out: mesa-vulkan-drivers is not here" && return 0; }
  gpu_choice=vulkan
  find_engine_folder
  [[ -x $engine_folder/llama-server ]] || engine_make 3>&2
  export COUNSEL_TEST_ENGINE=$engine_folder COUNSEL_TEST_GPU_ENGINE=$engine_folder
  rm -rf "$unit" "$program" "$cases"
  configure release -DCOUNSEL_TESTS=ON
  compile_in "$root" "$build"
  GTEST_FILTER='GpuServer*:RealDevices*' GTEST_OUTPUT="json:$cases/" \
    ctest --test-dir "$build" -R '^models_test$' --timeout 300 --output-on-failure --output-junit "$unit" || code=$?
  /usr/bin/python3 -m pytest "$root/tests/test_gpu.py" -q -p no:cacheprovider --junitxml="$program" || code=$?
  read -r good bad < <(python3 "$root/setup/count_cases.py" "$unit" "$cases")
  read -r more worse < <(python3 "$root/setup/count_cases.py" "$program")
  echo "$((good + more)) $((bad + worse))" >"$counts"
  return "$code"
}

# The built wheel, in a fresh environment of each Python.
check_python() {
  local python version folder junit good bad passed=0 failed=0 code=0
  [[ -x $cache/python/build/bin/python ]] || python3 -m venv "$cache/python/build"
  (build_package "$cache/python/build/bin/python" "$results/wheel") || { echo "left out: the wheel cannot be built (PyPI?)" && return 0; }
  while read -r python; do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    folder=$cache/python/$version junit=$results/python-$version.xml
    printf '== Python %s\n' "$version"
    rm -f "$junit"
    "$python" -m venv --clear "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check pytest httpx numpy "$results"/wheel/*.whl ||
      { echo "left out: Python $version, whose packages cannot be fetched" && continue; }
    "$folder/bin/python" -m pytest "$root/python/tests" -q -p no:cacheprovider --junitxml="$junit" || code=$?
    read -r good bad < <(python3 "$root/setup/count_cases.py" "$junit")
    passed=$((passed + good)) failed=$((failed + bad))
  done < <(pythons_found)
  ((passed + failed == 0)) || echo "$passed $failed" >"$counts"
  return "$code"
}

check_tidy() {
  type -p clang-tidy-14 >/dev/null || { echo "left out: clang-tidy-14 is not here" && return 0; }
  configure release -DCOUNSEL_TESTS=ON
  compile_in "$root" "$build" # its record of who includes what tells which files changed
  python3 "$root/setup/tidy.py" "$root" "$build" "$cache/tidy" "$(jobs_at_once)"
}
