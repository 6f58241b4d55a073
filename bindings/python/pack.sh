#!/usr/bin/env bash
# bindings/python/pack.sh TARGET...: a Python wheel for each target, and the source distribution, from
# which the wheels are made. OUT is where they go instead of dist/.
source "$(dirname "$0")/../../packaging/packer.sh"
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
  mv "$folder/$wheel" "$out"
  echo "$wheel"
done
