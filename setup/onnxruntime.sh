# shellcheck shell=bash
# Stage `onnxruntime`: include/ and lib/ for the build. The library is in the wheel; the headers are in no registry but the
# distributions' own libonnxruntime-dev, of 1.21 (the C interface is compatible upwards), checked by their digests.
#
# COUNSEL_ONNXRUNTIME=FOLDER names a copy of one's own and makes the stage unnecessary.

onnxruntime_version=1.22.0
onnxruntime_folder=${COUNSEL_ONNXRUNTIME:-$cache/onnxruntime/$onnxruntime_version-$HOSTTYPE}

onnxruntime_downloads() {
  printf '%s\n' "onnxruntime-$onnxruntime_version-cp311-cp311-manylinux_2_27_$HOSTTYPE.manylinux_2_28_$HOSTTYPE.whl"
}

onnxruntime_ready() { [[ -e $onnxruntime_folder/include/onnxruntime_cxx_api.h && -e $onnxruntime_folder/lib ]]; }

onnxruntime_make() {
  [[ -z ${COUNSEL_ONNXRUNTIME:-} ]] || fail "COUNSEL_ONNXRUNTIME=$COUNSEL_ONNXRUNTIME has no include/onnxruntime_cxx_api.h or no lib/"
  local new=$onnxruntime_folder.new
  mkdir -p "$new/include" "$new/lib"
  fetch_headers "$new/include"
  fetch "$(onnxruntime_downloads)"
  unzip -q -o -j "$fetched" "onnxruntime/capi/libonnxruntime.so.$onnxruntime_version" -d "$new/lib"
  unzip -q -o -j "$fetched" onnxruntime/LICENSE onnxruntime/ThirdPartyNotices.txt -d "$new"
  mv "$new" "$onnxruntime_folder"
}

headers_are_right() { (cd "$1" && sha256sum --check --status --strict "$root/setup/onnxruntime-headers.sha256" 2>/dev/null); }

fetch_headers() {
  local suite work=$cache/onnxruntime/headers
  headers_are_right "$1" && return 0
  case $distribution in
    debian*) suites=(trixie) ;;
    ubuntu*) suites=(questing plucky) ;;
    *) suites=("$codename") ;;
  esac
  for suite in "${suites[@]}"; do
    rm -rf "$work"
    mkdir -p "$work"
    if download_headers "$suite" "$work" && headers_are_right "$work/usr/include/onnxruntime"; then
      (cd "$work/usr/include/onnxruntime" && cut -d ' ' -f 3 "$root/setup/onnxruntime-headers.sha256" | xargs cp -t "$1")
      rm -rf "$work"
      return 0
    fi
    say "suite $suite: not there, or not the pinned headers"
  done
  rm -rf "$work"
  fail "the headers of ONNX Runtime were not found with this machine's apt sources. Put headers of version 1.17 to 1.22 into
    FOLDER/include and libonnxruntime.so.* into FOLDER/lib, then: COUNSEL_ONNXRUNTIME=FOLDER $again"
}

# download_headers SUITE FOLDER: unpacks libonnxruntime-dev of another suite of this machine's own archive, with lists of
# its own: the machine's apt does not change, and no root is needed.
download_headers() {
  local suite=$1 work=$2 parts=$2/sources options
  mkdir -p "$parts" "$work/lists/partial" "$work/archives/partial"
  sources_for "$suite" "$parts"
  options=(-q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$parts" -o Dir::State::Lists="$work/lists"
    -o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" -o Debug::NoLocking=1 -o APT::Sandbox::User=root
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
    -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false -o APT::Update::Post-Invoke::=true
    -o APT::Update::Post-Invoke-Success::=true)
  say "looking for libonnxruntime-dev in suite $suite: 10 MB of package lists, 0.1 MB of headers, with apt-get"
  apt-get "${options[@]}" update || true # other archives of this machine may lack the suite
  (cd "$work" && apt-get "${options[@]}" download libonnxruntime-dev && dpkg-deb -x libonnxruntime-dev_*.deb .)
}

# sources_for SUITE FOLDER: this machine's sources of its own suite, rewritten to another one; both of apt's formats.
sources_for() {
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ ! -r $file ]] || awk -v own="$codename" -v suite="$1" '
      $1 == "deb" { for (i = 2; i <= NF; i++) if ($i == own && $(i - 1) ~ /^(https?|file|mirror)/) { $i = suite; print } }
    ' "$file"
  done >"$2/own.list"
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ ! -r $file ]] || awk -v own="$codename" -v suite="$1" '
      function flush() { if (wanted) printf "%s\n", stanza; stanza = ""; wanted = 0 }
      /^[ \t]*$/ { flush(); next }
      /^#/ { next }
      /^Types:/ { $0 = "Types: deb" }
      /^Suites:/ { for (i = 2; i <= NF; i++) if ($i == own) wanted = 1; $0 = "Suites: " suite }
      { stanza = stanza $0 "\n" }
      END { flush() }
    ' "$file"
  done >"$2/own.sources"
}
