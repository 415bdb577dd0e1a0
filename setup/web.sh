# shellcheck shell=bash
# Stage `web`: what bundles the page (web/): esbuild's program, and the two small libraries that the page is made with. All
# of it is only unpacked, and needs no Node.

web_tools=$cache/web-tools/esbuild-0.28.2-preact-11.2.0-$HOSTTYPE

# download | file or folder in it | its name under `web_tools`
web_parts() {
  local platform=linux-x64
  [[ $HOSTTYPE != aarch64 ]] || platform=linux-arm64
  printf '%s\n' "esbuild-$platform-0.28.2.tgz package/bin/esbuild esbuild" \
    "preact-11.2.0.tgz package node_modules/preact" \
    "preact-signals-2.11.4.tgz package node_modules/@preact/signals" \
    "preact-signals-core-1.14.5.tgz package node_modules/@preact/signals-core"
}

web_downloads() { web_parts | cut -d ' ' -f 1; }

web_ready() { [[ -x $web_tools/esbuild && -e $web_tools/node_modules ]]; }

web_make() {
  local download member name unpacked
  rm -rf "$web_tools.new"
  while read -r download member name; do
    fetch "$download"
    unpacked=$web_tools.new/unpacked
    mkdir -p "$unpacked" "$(dirname "$web_tools.new/$name")"
    tar -xzf "$fetched" -C "$unpacked" "$member"
    mv "$unpacked/$member" "$web_tools.new/$name"
    rm -rf "$unpacked"
  done < <(web_parts)
  rm -rf "$web_tools"
  mv "$web_tools.new" "$web_tools"
}
