#!/usr/bin/env bash
# tools/need.sh COMMAND[=PACKAGE]...: checks that Rust and these commands are installed; a name with
# a / is a file. As root on Debian, it installs the packages of the missing ones (PACKAGE, or the
# name of the command). Otherwise it names them, and fails.
# FILE=PACKAGE:ARCHITECTURE is for an emulator: the package is unpacked into target/ARCHITECTURE.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

wanted=$(sed -n 's/^rust-version = "\([0-9.]*\)".*/\1/p' Cargo.toml)
found=$(rustc --version 2>/dev/null | cut -d' ' -f2) || true
if ! command -v cargo >/dev/null || [ -z "$found" ] ||
  [ "$(printf '%s\n' "$wanted" "${found%%-*}" | sort -V | head -n1)" != "$wanted" ]; then
  echo "Rust $wanted or newer is needed, with cargo (found: ${found:-none}): https://www.rust-lang.org/tools/install" >&2
  exit 1
fi

unpack() { # PACKAGE:ARCHITECTURE, with a list of packages of our own: apt's has only this architecture
  local folder=$PWD/target/${1#*:} options
  mkdir -p "$folder"/apt/{lists,archives}/partial
  options=(-qq -o APT::Sandbox::User=root -o APT::Architecture="${1#*:}" -o APT::Architectures="${1#*:}" -o Acquire::Languages=none
    -o Dir::State::status=/dev/null -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt")
  (cd "$folder/apt" && apt-get "${options[@]}" update && apt-get "${options[@]}" download "${1%:*}") >&2
  dpkg-deb -x "$folder"/apt/"${1%:*}"_*.deb "$folder"
  rm -r "$folder/apt"
}

packages=()
for command in "$@"; do
  if [[ $command == */* && -e ${command%%=*} ]] || command -v "${command%%=*}" >/dev/null; then
    continue
  elif [[ $command == *:* ]]; then
    unpack "${command#*=}"
  else
    packages+=("${command#*=}")
  fi
done
[ ${#packages[@]} = 0 ] && exit
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Missing: ${packages[*]} (Debian's names; as root, this command installs them)" >&2
  exit 1
fi
echo "Installing ${packages[*]}" >&2
apt() { # ARGUMENT...: waits for another apt-get on the machine. apt-get itself waits for dpkg's lock only
  local said
  until said=$(LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 "$@" 2>&1); do
    [[ $said == *"Could not get lock"* && $SECONDS -lt 600 ]] || { echo "$said" >&2 && return 1; }
    sleep 2
  done
}
{
  flock 9
  apt update
  apt install -y --no-install-recommends "${packages[@]}"
} 9>>/run/lock/bedrock-token-apt
