# shellcheck shell=bash
# Stage `engine`: llama-server and llama-fit-params in a cache folder that a clean build does not delete.
#
# prebuilt (default)  the npm package's libraries and the server compiled on them (engine/CMakeLists.txt), with the one
#                     CPU variant this processor picks: scanning all of them costs every start 50 ms and 60 MB
# native              the whole source compiled for this processor; the reference in bench/
#
# The prebuilt one also takes a GPU plug-in (gpu.sh): its folder is another one then, the compiled server the same.
#
# A user's own llama-server (COUNSEL_LLAMA_SERVER, or engine.llama_server in counsel.toml) makes the stage unnecessary.

engine_choice=${COUNSEL_ENGINE:-prebuilt}
engine_version=3.22.1
engine_folder= # set by engine_ready

case $HOSTTYPE in
  x86_64) npm_platform=linux-x64 ;;
  aarch64) npm_platform=linux-arm64 ;;
  *) npm_platform=unsupported-$HOSTTYPE ;;
esac

# shellcheck source=setup/gpu.sh
source "$root/setup/gpu.sh"

engine_downloads() {
  printf '%s\n' "node-llama-cpp-$engine_version.tgz"
  [[ $engine_choice == native ]] || printf '%s\n' "node-llama-cpp-$npm_platform-$engine_version.tgz"
  gpu_downloads
}

engine_is_the_users() {
  [[ -z ${COUNSEL_LLAMA_SERVER:-} ]] || return 0
  local line
  [[ -r $home/counsel.toml ]] || return 1
  while read -r line; do
    [[ $line =~ ^(engine\.)?llama_server[[:space:]]*= ]] && return 0
  done <"$home/counsel.toml"
  return 1
}

# Names the folder by all that its content depends on: recipe, compiler, distribution; and below it, processor and GPU
# plug-in.
find_engine_folder() {
  local recipe processor suffix
  { read -r recipe _ && read -r processor _; } < <(sha256sum \
    <(cat "$root/setup/engine/CMakeLists.txt" && "${CXX:-c++}" -dumpfullversion 2>/dev/null) \
    <(grep -m 1 -E '^(flags|Features)' /proc/cpuinfo)) || true
  engine_base=$cache/engine/$engine_choice-$engine_version-$distribution-$HOSTTYPE-${recipe:0:12}
  find_gpu
  gpu_suffix
  engine_folder=$engine_base/${processor:0:12}$suffix
}

engine_ready() {
  if engine_is_the_users; then
    engine_folder=
    return 0
  fi
  find_engine_folder
  [[ -x $engine_folder/llama-server && -x $engine_folder/llama-fit-params ]]
}

engine_make() {
  local work=$engine_base/work
  case $engine_choice in prebuilt | native) ;; *) fail "there is no engine '$engine_choice': say prebuilt or native" ;; esac
  if [[ $npm_platform == unsupported-* ]]; then
    fail "no engine is prepared for $HOSTTYPE: build llama.cpp yourself and set COUNSEL_LLAMA_SERVER=PATH"
  fi
  refuse_impossible_gpu
  rm -rf "$engine_folder.new"
  mkdir -p "$engine_folder.new" "$work"
  if [[ $engine_choice == native ]]; then
    compile_native
  else
    [[ -d $engine_base/all ]] || compile_server
    keep_best_variant
    add_gpu_plugin "$engine_folder.new"
  fi
  "$engine_folder.new/llama-server" --version || fail "the llama-server just built does not start"
  mv "$engine_folder.new" "$engine_folder"
  rm -rf "$work"
}

unpack_source() {
  fetch "node-llama-cpp-$engine_version.tgz"
  [[ ! -d $work/source ]] || return 0
  rm -rf "$work/source.new"
  tar -xzf "$fetched" -C "$work" --strip-components=2 package/llama/gitRelease.bundle
  git clone --quiet "$work/gitRelease.bundle" "$work/source.new"
  mv "$work/source.new" "$work/source"
}

# A compile that was interrupted goes on in its build folder.
compile() {
  local launcher=()
  type -p ccache >/dev/null && launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake -G Ninja -B "$work/build" "${launcher[@]}" "$@"
  compile_in "$work" "$work/build" llama-server llama-fit-params
}

compile_server() {
  local libraries=$work/libraries all=$engine_base/all.new
  unpack_source
  fetch "node-llama-cpp-$npm_platform-$engine_version.tgz"
  rm -rf "$libraries" "$all"
  mkdir -p "$libraries" "$all"
  tar -xzf "$fetched" -C "$libraries" --strip-components=3 "package/bins/$npm_platform"
  say "compiling llama-server: about 2.5 minutes on 2 processors"
  compile -S "$root/setup/engine" -DLLAMA_SOURCE="$work/source" -DLLAMA_LIBRARIES="$libraries"
  cp "$work/build/bin/llama-server" "$work/build/bin/llama-fit-params" "$work/source/LICENSE" "$all/"
  cp "$libraries"/libggml*.so "$libraries"/libllama.v*.so "$all/"
  mv "$all" "$engine_base/all"
}

compile_native() {
  unpack_source
  say "compiling llama.cpp for this processor: about 4 minutes on 2 processors"
  compile -S "$work/source" -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF -DLLAMA_CURL=OFF \
    -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF
  cp "$work/build/bin/llama-server" "$work/build/bin/llama-fit-params" "$work/source/LICENSE" "$engine_folder.new/"
}

keep_best_variant() {
  local variant file
  variant=$(python3 "$root/setup/engine/best_cpu_variant.py" "$engine_base/all")
  say "the CPU variant for this processor: $variant"
  for file in "$engine_base/all"/*; do
    case ${file##*/} in libggml-cpu-*) [[ ${file##*/} == "$variant" ]] || continue ;; esac
    ln "$file" "$engine_folder.new/" 2>/dev/null || cp "$file" "$engine_folder.new/"
  done
}
