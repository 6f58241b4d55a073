#!/usr/bin/env bash
# Installs and builds the peers in target/bench, and runs bench.py and growth.c.
#   benches/run.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD/benches
work=$PWD/target/bench
mkdir -p "$work/sessions"

packages=()
cc -E -include openssl/evp.h - </dev/null >/dev/null 2>&1 || packages+=(openssl/evp.h=libssl-dev)
tools/need.sh cc=gcc c++=g++ cmake node=nodejs npm python3 "${packages[@]}"

say() { echo "bench: $*" >&2; }

say "the official generators"
python=$(tools/venv.sh bench/python tests/vectors/requirements.txt "$here/requirements.txt")
cp tests/vectors/package.json tests/vectors/package-lock.json "$here/peers/official.mjs" "$work"
npm --prefix "$work" ci --silent --no-audit --no-fund --ignore-scripts

say "aws_sigv4"
CARGO_TARGET_DIR=$work/cargo cargo build --quiet --release --locked --manifest-path "$here/peers/aws-sigv4/Cargo.toml"

# aws-c-auth with all that it needs is in the source archive of awscrt.
awscrt=$(sed -n 's/^awscrt==//p' "$here/requirements.txt")
crt=$work/awscrt-$awscrt
if [[ ! -f $crt/built ]]; then
  say "aws-c-auth (takes a minute or two, once)"
  rm -rf "$crt"
  "$python/pip" download --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-binary awscrt \
    --dest "$work" "awscrt==$awscrt"
  tar -xf "$crt.tar.gz" -C "$work"
  {
    cmake -S "$crt/crt" -B "$crt/build" -DCMAKE_BUILD_TYPE=Release
    cmake --build "$crt/build" --parallel "$(getconf _NPROCESSORS_ONLN)" --target aws-c-auth
  } >"$work/awscrt.log" 2>&1 || {
    tail -n 20 "$work/awscrt.log" >&2
    exit 1
  }
  touch "$crt/built"
fi

flags=(-std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -pthread)
includes=() libraries=()
for library in auth http compression io cal sdkutils common; do
  includes+=("-I$crt/crt/aws-c-$library/include" "-I$crt/build/aws-c-$library/generated/include")
  libraries+=("$crt/build/aws-c-$library/libaws-c-$library.a")
  [[ $library != io ]] || libraries+=("$crt/build/deps/S2N/install/lib/libs2n.a")
done
libraries+=("$crt/build/deps/AWSLC/install/lib/libcrypto.a")
cc "${flags[@]}" -Iinclude "$here/peers/ours.c" -o "$work/ours" -ldl
lib=$PWD/build/release/lib
cc "${flags[@]}" -Iinclude "$here/growth.c" -o "$work/growth" "-L$lib" "-Wl,-rpath,$lib" -lbedrock_token
cc "${flags[@]}" "$here/peers/openssl.c" -o "$work/openssl" -lcrypto
cc "${flags[@]}" "${includes[@]}" "$here/peers/aws_c_auth.c" -o "$work/aws_c_auth" "${libraries[@]}" -ldl -lm

say "measuring"
"$python/python" "$here/bench.py" "$@"
echo
exec "$work/growth"
