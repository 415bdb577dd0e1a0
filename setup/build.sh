# shellcheck shell=bash
# Stage `build`: our own programs, release, in build/release/bin. Beside them, where they look: `engine`, a link to the
# engine's folder, and `onnxruntime`, which CMake makes (embedder/CMakeLists.txt).

programs=(counsel counsel-embedder counsel-convert counsel-extract counsel-extract-text counsel-remote)
build=$root/build/release
build_sources=("$root/CMakeLists.txt" "$root/CMakePresets.json" "$root/cmake" "$root/src" "$root/embedder" "$root/extractor"
  "$root/remote" "$root/models" "$root/web")

# .built holds the ONNX Runtime that was built with. It is dated before that build began, so that a file saved meanwhile
# counts as newer; a folder's own date tells of files that came or went.
build_ready() {
  [[ -e $build/.built && -x $build/bin/counsel && $(<"$build/.built") == "$onnxruntime_folder" ]] || return 1
  [[ -z $engine_folder || $build/bin/engine -ef $engine_folder ]] || return 1
  [[ -z $(find "${build_sources[@]}" -newer "$build/.built" -print -quit 2>/dev/null) ]]
}

build_make() {
  mkdir -p "$build/bin" || fail "cannot write $build: use a clone of your own"
  printf '%s' "$onnxruntime_folder" >"$build/.building"
  configure release
  compile_in "$root" "$build" "${programs[@]}"
  [[ -z $engine_folder ]] || ln -sfn "$engine_folder" "$build/bin/engine"
  mv "$build/.building" "$build/.built"
}

# configure PRESET [-D…]. Unit tests are left out until ./test asks for them, and then stay.
configure() {
  local folder=$root/build/$1 options=(--preset "$1" -DCOUNSEL_ONNXRUNTIME="$onnxruntime_folder" -DCOUNSEL_WEB_TOOLS="$web_tools")
  shift
  # None yet, or one that came here with a checkout that was copied or moved.
  if ! grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
    rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles"
    options+=(-DCOUNSEL_TESTS=OFF)
  fi
  (cd "$root" && cmake "${options[@]}" "$@")
}
