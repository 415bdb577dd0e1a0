# shellcheck shell=bash
# The parts of ./test. A part NAME is a function check_NAME that prints to its log. What it counts it writes into the file
# $counts, "PASSED FAILED SKIPPED" a line (count_cases does); without one it is a single check. A line "left out: WHY" in its
# log is something that was skipped.

passed=0 failed=0 skipped=0
results=$root/build/test
table=() # a line of the summary for each part
began=$(now)
slowest=$results/slowest # "SECONDS PART NAME" a line

# What tests of the running program are given.
export COUNSEL_BIN=$build/bin COUNSEL_MODELS=$models COUNSEL_TEST_MODELS=$models COUNSEL_TEST_SEED=${COUNSEL_TEST_SEED:-1}
export GTEST_BRIEF=${GTEST_BRIEF:-1} PYTHONDONTWRITEBYTECODE=1
# Those that need a GPU, or what plays one, are the part gpu.
gpu_tests='GpuServer*:RealDevices*'

run_part() {
  local part=$1 log=$results/$1.log start code=0 good bad left seconds
  counts=$results/$1.counts
  start=$(now)
  mkdir -p "$results"
  rm -f "$counts"
  ((${#table[@]})) || : >"$slowest"
  printf '== %s%s\n' "$part" "$(seed_of "$part")"
  set +e
  if [[ $verbose ]]; then
    (set -e && "check_$part") </dev/null 2>&1 | tee "$log"
  else
    (set -e && "check_$part") </dev/null >"$log" 2>&1
  fi
  code=$?
  set -e
  left=$(grep -c '^left out: ' "$log") || true
  good=$((code == 0 && left == 0)) bad=0
  [[ ! -s $counts ]] || read -r good bad left < <(awk -v left="$left" '{p += $1; f += $2; s += $3} END {print p, f, s + left}' "$counts")
  # A part that ended badly without naming a failure (it did not compile, say) is one.
  ((code == 0 || bad > 0)) || bad=1
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
  if ((bad > 0)) && [[ ! $verbose ]]; then tail -n 80 "$log" | sed 's/^/   /'; fi
  seconds=$(seconds_since "$start")
  table+=("$part $good $bad $left $seconds")
  printf '   %s: %d passed, %d failed, %d skipped in %s s\n' "$part" "$good" "$bad" "$left" "$seconds"
  sed -n 's/^\(left out: \|compiled in \)/      &/p' "$log"
}

# Chance has a seed in these; unit tests and fuzz targets have theirs in the source.
seed_of() { case $1 in program) printf ' (seed %s)' "$COUNSEL_TEST_SEED" ;; esac }

print_summary() {
  local line
  printf '\n'
  # shellcheck disable=SC2086  # a line is five words
  for line in "part passed failed skipped seconds" "${table[@]}" "all $passed $failed $skipped $(seconds_since "$began")"; do
    printf '%-8s %8s %8s %8s %10s\n' $line
  done
  printf '\nThe ten slowest tests, in seconds:\n'
  sort -rn "$slowest" | sed -n 1,10p  # head would end sort by SIGPIPE, and with it ./test
  printf '\n'
}

# count_cases JUNIT [FOLDER]: adds its cases to the part's, and the slowest of them to the list of all.
count_cases() {
  local found
  found=$(python3 "$root/setup/count_cases.py" "$@")
  head -n 1 <<<"$found" >>"$counts"
  tail -n +2 <<<"$found" | while read -r seconds name; do printf '%8s  %-11s %s\n' "$seconds" "$part" "$name"; done >>"$slowest"
}

our_sources() { find "$root"/{src,embedder,extractor,remote,bench} -name '*.h' -o -name '*.cc'; }

check_format() {
  # Other versions lay code out differently.
  type -p clang-format-14 >/dev/null || { echo "left out: clang-format-14 is not here" && return 0; }
  our_sources | xargs clang-format-14 --dry-run --Werror --ferror-limit=3
}

check_unit() { unit_tests release; }
# The rooms that read what strangers wrote, or count bytes themselves: what they take to compile fits into every run.
check_asan() {
  unit_tests asan {base,text,index,net,child,extractor,embedder,understanding,judging,word,comparing,chronology,review,mentions,record,search,store}_test
}
check_asan-all() { unit_tests asan; }
# The rooms that have threads, or share what threads use.
check_tsan() { unit_tests tsan {base,index,child,net,outgoing,models,store,documents,search,ingest,embedder}_test; }

# unit_tests PRESET [PROGRAM…]: every *_test program, or these, counted by test cases.
unit_tests() {
  local folder=$root/build/$1 junit=$results/$1.xml cases=$results/$1-cases without_aslr=() only=() code=0
  rm -rf "$cases" "$junit"
  compile_tests "$@"
  (($# == 1)) || only=(-R "^($(IFS='|' && printf '%s' "${*:2}"))\$")
  # gcc 12's thread sanitizer does not know the wide address layouts of newer kernels.
  if [[ $1 == tsan ]] && setarch -R true 2>/dev/null; then without_aslr=(setarch -R); fi
  COUNSEL_TEST_ENGINE=$engine_folder GTEST_FILTER=${GTEST_FILTER:--$gpu_tests} GTEST_OUTPUT="json:$cases/" \
    UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS="suppressions=$root/setup/tsan-suppressions.txt" "${without_aslr[@]}" \
    ctest --test-dir "$folder" "${only[@]}" -j "$(nproc)" --timeout 300 --output-on-failure --output-junit "$junit" || code=$?
  count_cases "$junit" "$cases"
  return "$code"
}

# compile_tests PRESET [PROGRAM…]
compile_tests() {
  local start
  start=$(now)
  configure "$1" -DCOUNSEL_TESTS=ON
  compile_in "$root" "$root/build/$1" "${@:2}"
  printf 'compiled in %s s\n' "$(seconds_since "$start")"
}

# run_pytest NAME ARGUMENT…: its cases are counted. No tests at all are none that failed.
run_pytest() {
  local part=${1%-alone} junit=$results/$1.xml code=0
  rm -f "$junit"
  "${pytest[@]}" -q -p no:cacheprovider --junitxml="$junit" "${@:2}" || code=$?
  count_cases "$junit"
  ((code == 0 || code == 5)) || return "$code"
}
pytest=(/usr/bin/python3 -m pytest)

# How many tests of the running program side by side: they wait for each other's models more than they compute.
test_workers() {
  local kib workers
  kib=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
  workers=$(($(nproc) + 1))
  ((workers <= kib / 2097152)) || workers=$((kib / 2097152))
  printf '%d' "${COUNSEL_TEST_WORKERS:-$((workers > 1 ? workers : 1))}"
}

check_program() {
  local programs=("$root/tests" --ignore "$root/tests/test_gpu.py") side_by_side=() code=0
  export COUNSEL_TEST_ENGINE=$engine_folder
  # Where packages are somebody else's care (COUNSEL_SKIP_PACKAGES), it may be missing.
  if /usr/bin/python3 -c 'import xdist' 2>/dev/null; then side_by_side=(-n "$(test_workers)" --dist loadgroup); fi
  run_pytest program "${programs[@]}" -m 'not alone' "${side_by_side[@]}" || code=$?
  run_pytest program-alone "${programs[@]}" -m alone || code=$?
  return "$code"
}

# Layers on a GPU: Mesa's llvmpipe plays one, through the engine's Vulkan plug-in.
check_gpu() {
  local unit=$results/gpu-unit.xml cases=$results/gpu-cases code=0
  export COUNSEL_TEST_ENGINE=$engine_folder
  if [[ $npm_platform != linux-x64 || $engine_choice != prebuilt ]]; then
    echo "left out: tests on a GPU, as no Vulkan plug-in is prepared for this engine"
  elif [[ ! -e /usr/share/vulkan/icd.d/lvp_icd.x86_64.json ]]; then
    echo "left out: tests on a GPU, as mesa-vulkan-drivers is not here"
  else
    gpu_choice=vulkan
    find_engine_folder
    [[ -x $engine_folder/llama-server ]] || engine_make 3>&2
    export COUNSEL_TEST_ENGINE=$engine_folder COUNSEL_TEST_GPU_ENGINE=$engine_folder
    rm -rf "$unit" "$cases"
    compile_tests release
    GTEST_FILTER=$gpu_tests GTEST_OUTPUT="json:$cases/" \
      ctest --test-dir "$build" -R '^models_test$' --timeout 300 --output-on-failure --output-junit "$unit" || code=$?
    count_cases "$unit" "$cases"
  fi
  run_pytest gpu-program "$root/tests/test_gpu.py" || code=$?
  return "$code"
}

# The built wheel, in a fresh environment of each Python, several side by side; then what runs alone.
check_python() {
  local python version versions=() which workers code=0
  workers=$(test_workers)
  [[ -x $cache/python/build/bin/python ]] || python3 -m venv "$cache/python/build"
  (build_package "$cache/python/build/bin/python" "$results/wheel") || { echo "left out: the wheel cannot be built (PyPI?)" && return 0; }
  while read -r python; do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    versions+=("$version")
    ((${#versions[@]} <= workers)) || wait -n || code=$?
    python_tests "$python" "$version" >"$results/python-$version.log" 2>&1 &
  done < <(pythons_found)
  for version in "${versions[@]:0:workers}"; do wait -n || code=$?; done
  for version in "${versions[@]}"; do
    printf '== Python %s\n' "$version"
    cat "$results/python-$version.log"
    [[ -x $cache/python/$version/bin/pytest ]] || continue
    pytest=("$cache/python/$version/bin/python" -m pytest)
    which=alone
    [[ $version == "${versions[0]}" || $version == "${versions[-1]}" ]] || which='alone and not of_the_daemon'
    run_pytest "python-$version-alone" "$root/python/tests" -m "$which" || code=$?
  done
  return "$code"
}

# python_tests PYTHON VERSION
python_tests() {
  local folder=$cache/python/$2
  "$1" -m venv --clear "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check pytest httpx numpy "$results"/wheel/*.whl ||
    { echo "left out: Python $2, whose packages cannot be fetched" && return 0; }
  pytest=("$folder/bin/python" -m pytest)
  COUNSEL_THREADS=${COUNSEL_THREADS:-1} run_pytest "python-$2" "$root/python/tests" -m 'not alone'
}

# The page in a real browser: Debian's Chromium, driven by Playwright from PyPI in an environment of its own.
page_tests=$cache/page-tests
playwright=playwright==1.65.2

# What TypeScript says of the page. It runs on the Node that Playwright brings; the libraries' types are beside it in a copy.
page_types() {
  local work=$results/page-types node
  node=$(echo "$page_tests"/lib/python3*/site-packages/playwright/driver/node)
  rm -rf "$work"
  mkdir -p "$work/typescript"
  cp -R "$root/web/src" "$root/web/tsconfig.json" "$web_tools/node_modules" "$work"
  fetch typescript-5.9.3.tgz 3>&2
  tar -xzf "$fetched" -C "$work/typescript" package
  "$node" "$work/typescript/package/lib/tsc.js" -p "$work"
}

check_page() {
  local code=0
  type -p chromium >/dev/null || { echo "left out: the page, as chromium is not here" && return 0; }
  web_ready || { echo "left out: the page, as what bundles it is not here" && return 0; }
  if ! "$page_tests/bin/pip" show --quiet "${playwright%%=*}" 2>/dev/null; then
    python3 -m venv "$page_tests"
    "$page_tests/bin/pip" install --quiet --disable-pip-version-check pytest pytest-xdist "$playwright" ||
      { echo "left out: the page, as Playwright cannot be fetched" && return 0; }
  fi
  page_types || return 1
  fetch axe-core-4.14.1.tgz 3>&2
  tar -xzOf "$fetched" package/axe.min.js >"$results/axe.min.js"
  export COUNSEL_TEST_AXE=$results/axe.min.js COUNSEL_TEST_ENGINE=$engine_folder
  pytest=("$page_tests/bin/python" -m pytest)
  run_pytest page "$root/web/test" -n 2 || code=$?
  return "$code"
}

check_tidy() {
  type -p clang-tidy-14 >/dev/null || { echo "left out: clang-tidy-14 is not here" && return 0; }
  compile_tests release # its record of who includes what tells which files changed
  python3 "$root/setup/tidy.py" "$root" "$build" "$cache/tidy" "$(jobs_at_once)"
}
