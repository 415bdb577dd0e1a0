# shellcheck shell=bash
# The frame of set-up, sourced by ./run and ./test.
#
# A stage NAME is two functions, in a file of its own beside this one:
#   NAME_ready   is its result there? A few milliseconds, no network, nothing printed.
#   NAME_make    brings it about. Its output goes to its log; `say` speaks to the user, `fail` ends the stage with a reason.
# A result appears by one rename, or by a stamp written last: set-up that was interrupted anywhere goes on at the stage
# it was in. When every stage is ready, set_up prints nothing and starts nothing.

root=${BASH_SOURCE[0]%/*}
root=$(cd "$root/.." && pwd -P)
export HOME=${HOME:-~} # some CI has no HOME; ~ then asks the password file
cache=${COUNSEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/counsel}
home=${COUNSEL_HOME:-${XDG_DATA_HOME:-$HOME/.local/share}/counsel}
verbose=${verbose:-}
again="$root/run setup"
stages=(packages engine onnxruntime models web build)
stage_pid=

# What the machine runs, for names of things that depend on it: debian12, ubuntu24.04.
distribution=unknown codename=
if [[ -r /etc/os-release ]]; then
  while IFS='=' read -r key value; do
    value=${value//\"/}
    case $key in
      ID) distribution_id=$value ;;
      VERSION_ID) distribution_version=$value ;;
      VERSION_CODENAME) codename=$value ;;
    esac
  done </etc/os-release
  distribution=${distribution_id:-unknown}${distribution_version:-}
fi

note() { printf '%s\n' "$*" >&2; }

# Only inside a stage: 3 is the user's stderr, 1 the stage's log.
say() {
  printf '      %s\n' "$*" >&3
  printf '%s\n' "$*"
}
fail() {
  printf 'error: %s\n' "$*"
  exit 1
}

# now: microseconds, whatever the locale's decimal mark. seconds_since START: "12.3".
now() { printf '%s' "${EPOCHREALTIME/[^0-9]/}"; }
seconds_since() {
  local tenths=$((($(now) - $1) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# How many compilers at once: one a processor, but 1.5 GiB of memory for each.
jobs_at_once() {
  local kib processors
  processors=$(nproc)
  kib=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
  local by_memory=$((${kib:-1572864} / 1572864))
  ((by_memory > 0)) || by_memory=1
  printf '%d' "${COUNSEL_JOBS:-$((by_memory < processors ? by_memory : processors))}"
}

# compile_in BASE FOLDER TARGET…: ninja, with what ccache knows from elsewhere: it sees paths below BASE as relative ones.
compile_in() {
  CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1 ninja -C "$2" -j "$(jobs_at_once)" "${@:3}"
}

interrupted() {
  trap '' INT TERM HUP
  [[ -z $stage_pid ]] || kill -TERM -- "-$stage_pid" 2>/dev/null || true
  wait
  note "Interrupted in stage '$stage'. It goes on there with: $again"
  exit 130
}

# One set-up at a time on one cache. The stages inherit descriptor 9, so that what a killed ./run left behind (a compiler
# that is just finishing) still counts as a set-up.
lock_cache() {
  mkdir -p "$cache/log" 2>/dev/null || {
    note "Cannot write the cache folder $cache. Name another one: COUNSEL_CACHE=FOLDER $again"
    exit 1
  }
  exec 9>"$cache/lock"
  if ! flock --nonblock 9; then
    note "Another set-up is running on this cache; waiting for it to end."
    flock 9
  fi
}

# Runs a stage with its log. Packages may ask for a password, so they stay in the terminal's process group, where Ctrl-C
# reaches apt itself and a signal to ./run alone waits for it. Any other stage gets a group of its own, which one signal
# ends whole. (errexit must hold inside, so none of this stands in a condition.)
run_logged() {
  local log=$2
  if [[ $verbose ]]; then
    "${1}_make" 2>&1 | tee "$log" >&2
  else
    "${1}_make" >"$log" 2>&1
  fi
}
make_stage() {
  stage=$1
  local position=$2 log=$cache/log/$1.log start code=0
  start=$(now)
  note "[$position/${#stages[@]}] $stage"
  case $stage in
    packages)
      set +e
      (set -e && run_logged "$stage" "$log") </dev/null 3>&2
      code=$?
      set -e
      ;;
    *)
      set -m
      (run_logged "$stage" "$log") </dev/null 3>&2 &
      stage_pid=$!
      set +m
      wait "$stage_pid" || code=$?
      stage_pid=
      ;;
  esac
  if ((code == 0)) && "${stage}_ready"; then
    note "      done in $(seconds_since "$start") s"
    return
  fi
  note "Stage '$stage' failed after $(seconds_since "$start") s. The end of its log, $log:"
  tail -n 15 "$log" | sed 's/^/    /' >&2
  note "Try again, seeing all it prints: $again -v. What is finished is kept."
  exit 1
}

# set_up: makes what is not ready of `stages`, in their order.
set_up() {
  local position=0 name start made=
  for name in "${stages[@]}"; do "${name}_ready" || made=1; done
  [[ $made ]] || return 0
  lock_cache
  trap interrupted INT TERM HUP
  start=$(now)
  note "Setting up Counsel: what is missing is made once, logs are in $cache/log."
  for name in "${stages[@]}"; do
    position=$((position + 1))
    "${name}_ready" || make_stage "$name" "$position"
  done
  trap - INT TERM HUP
  note "Set up in $(seconds_since "$start") s."
  exec 9>&-
}

# shellcheck source=setup/packages.sh
source "$root/setup/packages.sh"
# shellcheck source=setup/downloads.sh
source "$root/setup/downloads.sh"
# shellcheck source=setup/engine.sh
source "$root/setup/engine.sh"
# shellcheck source=setup/onnxruntime.sh
source "$root/setup/onnxruntime.sh"
# shellcheck source=setup/models.sh
source "$root/setup/models.sh"
# shellcheck source=setup/web.sh
source "$root/setup/web.sh"
# shellcheck source=setup/build.sh
source "$root/setup/build.sh"
# shellcheck source=setup/python.sh
source "$root/setup/python.sh"
