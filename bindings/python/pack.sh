#!/usr/bin/env bash
# bindings/python/pack.sh TARGET...: a Python wheel for each target, and the source distribution, from
# which the wheels are made. OUT is where they go instead of dist/.
source "$(dirname "$0")/../../packaging/packer.sh"
tools/need.sh readelf=binutils >&2
programs=$(tools/venv.sh packaging bindings/python/pack-requirements.txt)
out=$(realpath "${OUT:-dist}")
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

packaging/third-party.sh >bindings/python/NOTICE
(cd bindings/python && "$programs/hatchling" build -t sdist -d "$folder") >&2
sdist=$(basename "$folder"/*.tar.gz)
tar -C "$folder" -xzf "$folder/$sdist"
mv "$folder/$sdist" "$out"
echo "$sdist"

for target in "$@"; do
  platform=$(target python "$target")
  library=$PWD/$(shared_library "$target")
  (cd "$folder/${sdist%.tar.gz}" && BEDROCK_TOKEN_LIBRARY=$library BEDROCK_TOKEN_PLATFORM=$platform \
    "$programs/hatchling" build -t wheel -d "$folder") >&2
  wheel=$(basename "$folder"/*.whl)
  # The library must not need more of the system than the name of the wheel says.
  if [[ $platform == manylinux* ]]; then
    "$programs/auditwheel" show "$folder/$wheel" >"$folder/audit"
    cat "$folder/audit" >&2
    tr '\n' ' ' <"$folder/audit" | grep "tag: \"${platform%%.*}\"" >&2
  elif [[ $platform == musllinux* ]]; then
    # auditwheel knows musl by the name that Alpine gives it, and not as libc.so, which is musl's own.
    needed=$(readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
    [[ $needed == libc.so ]] || { echo "$library needs $needed" >&2 && exit 1; }
  fi
  mv "$folder/$wheel" "$out"
  echo "$wheel"
done
