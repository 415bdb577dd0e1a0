# shellcheck shell=bash
# Stage `packages`: what apt provides. Nothing is asked of apt when nothing is missing. The clients that only downloads
# need (npm, pip, Maven) are installed only where the machine has none and something is still to be downloaded.

package_lists=("$root/setup/packages.txt") # ./test adds its own
wanted=()                                  # lines of the lists of which no alternative is installed: "a|b"

# Fills `wanted`. One dpkg-query, 10 ms.
find_missing_packages() {
  local line name installed
  wanted=()
  mapfile -t lines < <(sed 's/#.*//; s/ //g; /^$/d' "${package_lists[@]}")
  # shellcheck disable=SC2016  # dpkg-query's own ${}
  installed=$(printf '%s\n' "${lines[@]}" | tr '|' '\n' |
    xargs dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p') || true
  for line in "${lines[@]}"; do
    for name in ${line//|/ }; do
      [[ $'\n'$installed$'\n' == *$'\n'"$name"$'\n'* ]] && continue 2
    done
    wanted+=("$line")
  done
}

# Looks at dpkg only when it, or a list, changed since the last look.
packages_ready() {
  lists_ready && clients_ready
}
lists_ready() {
  [[ -z ${COUNSEL_SKIP_PACKAGES:-} ]] || return 0
  local stamp=$cache/packages-$distribution-${#package_lists[@]} list fresh=1
  [[ -e $stamp ]] || fresh=
  for list in "${package_lists[@]}" /var/lib/dpkg/status; do
    [[ $list -nt $stamp ]] && fresh=
  done
  [[ -z $fresh ]] || return 0
  type -p dpkg-query >/dev/null || return 1
  find_missing_packages
  ((${#wanted[@]} == 0)) || return 1
  { mkdir -p "$cache" && : >"$stamp"; } 2>/dev/null || true
}

packages_make() {
  local client
  if ! type -p apt-get >/dev/null; then
    sed 's/#.*//; /^ *$/d' "${package_lists[@]}"
    fail "this system has no apt-get. Install what the list above names, and npm, pip and Maven, then: COUNSEL_SKIP_PACKAGES=1 $again"
  fi
  wanted=()
  [[ ${COUNSEL_SKIP_PACKAGES:-} ]] || find_missing_packages
  for client in $(missing_clients); do
    case $client in
      npm) wanted+=(npm) ;;
      pip) wanted+=(python3-pip) ;;
      mvn) wanted+=(maven) ;;
    esac
  done
  apt_install "${wanted[@]}"
}

# install_languages eng+deu: tesseract's data for them, where apt has not installed it yet.
install_languages() {
  local language name missing=()
  for language in ${1//+/ }; do
    name=tesseract-ocr-${language//_/-}
    dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
  done
  ((${#missing[@]} == 0)) || apt_install "${missing[@]}" 3>&2
}

# apt_install "a|b" c…: the first of each that this distribution has, without what is merely recommended.
apt_install() {
  local as_root=() names=() name line known
  if ((EUID != 0)); then
    as_root=(sudo)
    [[ -t 2 ]] || as_root=(sudo -n)
    if ! type -p sudo >/dev/null || ! "${as_root[@]}" true; then
      choose_packages "$@"
      fail "packages are missing and you are not root. An administrator must run:
    apt-get update && apt-get install --no-install-recommends ${names[*]}"
    fi
  fi
  say "apt-get update"
  "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=600 update || say "apt-get update failed; trying with the lists that are there"
  choose_packages "$@"
  say "apt-get install, ${#names[@]} packages: ${names[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600
    --no-install-recommends --no-remove)
  if ! "${apt[@]}" check; then
    say "an installation of packages was interrupted here: finishing it first"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive dpkg --configure -a || true
    "${apt[@]}" --fix-broken install
  fi
  "${apt[@]}" install "${names[@]}"
}

# Fills the caller's `names`.
choose_packages() {
  names=()
  known=$(printf '%s\n' "$@" | tr '|' '\n' | LC_ALL=C xargs apt-cache policy | awk '/^[^ ].*:$/ {name = substr($1, 1, length($1) - 1)}
    /^  Candidate: / && $2 != "(none)" {print name}')
  for line; do
    for name in ${line//|/ }; do
      if [[ $'\n'$known$'\n' == *$'\n'"$name"$'\n'* ]]; then
        names+=("$name")
        continue 2
      fi
    done
    say "this distribution has no package ${line//|/ or }: if the build asks for it, install it under /usr/local"
  done
}
