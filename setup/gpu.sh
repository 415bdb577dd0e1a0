# shellcheck shell=bash
# The GPU plug-in of the prebuilt engine, part of stage `engine`: the one library, and what it needs, beside llama-server,
# which looks for plug-ins there.
#
# auto (default)      cuda where the NVIDIA device /dev/nvidia0 is, unless its driver is too old for CUDA 13
#                     vulkan where a /dev/dri/renderD* and a Vulkan driver for it are
#                     off elsewhere, with an engine compiled natively (it takes no plug-ins), and on other than x86_64
# vulkan, cuda, off   whatever is here
#
# The plug-in's own package has the same libggml-base as the one the server was compiled on, byte for byte.

gpu_choice=${COUNSEL_GPU:-auto}
gpu= # set by find_gpu: off, vulkan or cuda (or what the user asked for by mistake)

# The CUDA that the plug-in was built with, 13.1; its cuBLAS has its own number.
cudart_version=13.1.80
cublas_version=13.2.1.1
cudart_wheel=nvidia_cuda_runtime-$cudart_version-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
cublas_wheel=nvidia_cublas-$cublas_version-py3-none-manylinux_2_27_x86_64.whl
oldest_cuda_driver=580

# find_gpu [ROOT]: sets `gpu`. No program is started: every ./run comes through here. ROOT: "", or a test's tree.
find_gpu() {
  gpu=$gpu_choice
  [[ $gpu == auto ]] || return 0
  gpu=off
  [[ $engine_choice == prebuilt && $npm_platform == linux-x64 ]] || return 0
  if has_cuda "${1:-}"; then
    gpu=cuda
  elif has_vulkan "${1:-}"; then
    gpu=vulkan
  fi
}

has_cuda() {
  [[ -e $1/dev/nvidia0 ]] || return 1
  # "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  …". Some containers do not show it.
  local line=
  { read -r line <"$1/proc/driver/nvidia/version"; } 2>/dev/null || return 0
  [[ ! $line =~ [[:space:]]([0-9]+)\.[0-9.]+[[:space:]] ]] || ((BASH_REMATCH[1] >= oldest_cuda_driver))
}

has_vulkan() {
  local file loader= driver= device=
  for file in "$1"/dev/dri/renderD*; do [[ ! -e $file ]] || device=1; done
  [[ $device ]] || return 1
  for file in "$1"/usr/lib/"$HOSTTYPE"-linux-gnu/libvulkan.so.1 "$1"/usr/lib{64,}/libvulkan.so.1; do
    [[ ! -e $file ]] || loader=1
  done
  for file in "$1"/{usr/share,usr/local/share,etc}/vulkan/icd.d/*.json; do
    # lvp: lavapipe, which draws on the processor.
    [[ ! -e $file || ${file##*/} == lvp_* ]] || driver=1
  done
  [[ $loader && $driver ]]
}

gpu_downloads() {
  case $gpu in vulkan | cuda) printf '%s\n' "node-llama-cpp-$npm_platform-$gpu-$engine_version.tgz" ;; esac
  [[ $gpu != cuda ]] || printf '%s\n' "$cudart_wheel" "$cublas_wheel"
}

# Fills the caller's `suffix`, which the engine's folder gets: nothing without a plug-in.
gpu_suffix() {
  case $gpu in
    off) suffix= ;;
    cuda) suffix=-cuda-$cudart_version-$cublas_version ;;
    *) suffix=-$gpu ;;
  esac
}

refuse_impossible_gpu() {
  case $gpu in off | vulkan | cuda) ;; *) fail "there is no GPU plug-in '$gpu': say auto, vulkan, cuda or off" ;; esac
  [[ $gpu != off ]] || return 0
  [[ $engine_choice == prebuilt ]] || fail "--gpu $gpu needs --engine prebuilt: an engine compiled for one processor takes no plug-ins"
  [[ $npm_platform == linux-x64 ]] ||
    fail "no $gpu plug-in is prepared for $HOSTTYPE: build llama.cpp with it yourself and set COUNSEL_LLAMA_SERVER=PATH"
}

# add_gpu_plugin FOLDER: beside the llama-server in it.
add_gpu_plugin() {
  local folder=$1 package=$npm_platform-$gpu base=$1/.base missing
  [[ $gpu != off ]] || return 0
  [[ $gpu != cuda ]] ||
    say "CUDA: 546 MB of downloads, 0.7 GB unpacked; its two NVIDIA libraries come under NVIDIA's licence (NVIDIA-LICENSE beside them)"
  fetch "node-llama-cpp-$package-$engine_version.tgz"
  mkdir -p "$base"
  tar -xzf "$fetched" -C "$folder" --strip-components=3 "package/bins/$package/libggml-$gpu.so"
  tar -xzf "$fetched" -C "$base" --strip-components=3 "package/bins/$package/libggml-base.so"
  cmp "$base/libggml-base.so" "$folder/libggml-base.so" || fail "the $gpu plug-in was built for another engine than this one"
  rm -rf "$base"
  [[ $gpu != cuda ]] || add_cuda_libraries "$folder"
  missing=$(missing_libraries "$folder/libggml-$gpu.so")
  # The driver's own library comes with the driver; it may come later, as in a container built elsewhere.
  case $missing in
    '') say "GPU devices: $(list_devices "$folder")" ;;
    libcuda.so.1) say "NVIDIA's driver (libcuda.so.1) is not here: until it is, models run on the processor" ;;
    libvulkan.so.1) say "Vulkan (libvulkan.so.1, mesa-vulkan-drivers or NVIDIA's driver) is not here: until it is, models run on the processor" ;;
    *) fail "libggml-$gpu.so needs libraries that are not here: $missing" ;;
  esac
}

# Its RUNPATH is $ORIGIN, as is that of libcublas: they are found beside it.
add_cuda_libraries() {
  fetch "$cudart_wheel"
  unzip -q -o -j "$fetched" nvidia/cu13/lib/libcudart.so.13 -d "$1"
  unzip -p "$fetched" "nvidia_cuda_runtime-$cudart_version.dist-info/licenses/License.txt" >"$1/NVIDIA-LICENSE"
  fetch "$cublas_wheel"
  unzip -q -o -j "$fetched" nvidia/cu13/lib/libcublas.so.13 nvidia/cu13/lib/libcublasLt.so.13 -d "$1"
}

missing_libraries() { LC_ALL=C ldd "$1" | awk '$2 == "=>" && $3 == "not" {print $1}' | sort -u | tr '\n' ' ' | sed 's/ $//'; }

list_devices() {
  local devices
  devices=$("$1/llama-server" --list-devices 2>/dev/null | sed -n '/^  (none)/d; s/^  //p' | paste -sd ';') || true
  printf '%s' "${devices:-none that the engine can use}"
}
