#!/usr/bin/env bash
# bindings/go/test.sh: checks both Go modules against an installed library, from a fresh clone.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
module=github.com/bedrock-token/bedrock-token/bindings/go
staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2 # asks for Go 1.26
export GOTOOLCHAIN="${GOTOOLCHAIN:-auto}" GOFLAGS=-buildvcs=false

../../tools/need.sh go=golang-go cc=gcc pkg-config readelf=binutils
wanted=$(sed -n 's/^go //p' go.mod)
found=$(go env GOVERSION)
at_least() { [ "$(printf '%s\n' "$1" "${found#go}" | sort -V | head -n1)" = "$1" ]; }
at_least "$wanted" || { echo "Go $wanted or newer is needed (found: $found): https://go.dev/dl/" >&2; exit 1; }

scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch" && rm -rf "$scratch"' EXIT
step() { printf '\n== %s\n' "$*"; }

step "install the library"
# Always at the same place and with a build cache of its own, because Go's cache does not notice when
# pkg-config says something else.
build=$(cd ../.. && pwd)/build/go
export GOCACHE=$build/cache
make -C ../.. install PREFIX="$build/prefix" >"$scratch/install.log" 2>&1 || { cat "$scratch/install.log" >&2; exit 1; }
pc=$(find "$build/prefix" -name bedrock_token.pc)
libdir=$(cd "$(dirname "$pc")/.." && pwd)
export PKG_CONFIG_PATH="$libdir/pkgconfig"
dynamic() { LD_LIBRARY_PATH="$libdir" "$@"; }

step "gofmt, go mod tidy, go vet, staticcheck"
unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { printf 'gofmt -w %s\n' $unformatted >&2; exit 1; }
for folder in . awscreds; do
  (
    cd "$folder"
    go mod tidy -diff
    go vet ./...
    if at_least 1.26; then
      go run "$staticcheck" ./...
    else
      echo "skipped: staticcheck needs Go 1.26"
      [ -z "${CI:-}" ]
    fi
  )
done

step "tests with the race detector"
dynamic go test -race -count=1 .
(cd awscreds && dynamic go test -race -count=1 .)

step "tests with every pointer that C gets checked, and the search through memory"
GOEXPERIMENT=cgocheck2 GODEBUG=cgocheck=1 dynamic go test -count=1 .

step "tests with the archive"
go test -count=1 -tags bedrock_token_static .

step "fuzzing, briefly"
for target in FuzzGenerateAt FuzzInspect; do
  dynamic go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-10s}" .
done

step "benchmarks run"
(cd awscreds && dynamic go test -run '^$' -bench . -benchtime 100x .)

step "without cgo, the message"
if CGO_ENABLED=0 go build . 2>"$scratch/nocgo"; then
  echo "built without cgo" >&2; exit 1
fi
cat "$scratch/nocgo"
grep -q 'install a C compiler and set CGO_ENABLED=1' "$scratch/nocgo"
[ "$(grep -c '^./' "$scratch/nocgo")" = 1 ] # and nothing else

# The README's programs, as a stranger builds them.
fresh() { # fresh NAME PROGRAM: a folder with a module in which is that program
  mkdir "$scratch/$1" && cd "$scratch/$1" && cp "$here/$2" main.go && go mod init "example.com/$1" &&
    go mod edit -replace "$module=$here" -replace "$module/awscreds=$here/awscreds" && go mod tidy
} >"$scratch/fresh.log" 2>&1
needs() { readelf -d "$1" | grep NEEDED || true; }
minted() { # the token of the README's program, as an independent reader sees it
  token=$("$@")
  printf '%s' "${token#bedrock-api-key-}" | base64 -d |
    grep -Eqx 'bedrock\.amazonaws\.com/\?Action=CallWithBearerToken&.*&X-Amz-Signature=[0-9a-f]{64}&.*'
}

step "a fresh program, with the shared library"
fresh token examples/token/main.go || { cat "$scratch/fresh.log" >&2; exit 1; }
CGO_LDFLAGS="-Wl,-rpath,$libdir" go build -o shared .
minted ./shared
needs shared | grep -q libbedrock_token.so

step "the same with the archive"
go build -tags bedrock_token_static -o static .
minted ./static
[ -z "$(needs static | grep libbedrock_token)" ]

step "the same with nothing shared at all"
go build -tags bedrock_token_static,netgo,osusergo -ldflags '-extldflags "-static"' -o all-static .
minted ./all-static
[ -z "$(needs all-static)" ]

step "the same, vendored"
go mod vendor
cmp "vendor/$module/bedrock_token.h" "$here/bedrock_token.h"
go build -mod=vendor -o vendored .
minted dynamic ./vendored

step "a fresh program with the default chain"
fresh chat awscreds/examples/chat/main.go || { cat "$scratch/fresh.log" >&2; exit 1; }
for tags in "" bedrock_token_static; do
  go build -tags "$tags" -o "chat-${tags:-shared}" .
  # It finds the region, finds no credentials, and so says.
  if dynamic env HOME="$scratch" AWS_REGION=eu-central-1 AWS_EC2_METADATA_DISABLED=true \
    "./chat-${tags:-shared}" 2>said; then
    cat said >&2; exit 1
  fi
  cat said
  grep -q 'bedrocktoken: credentials: ' said
done

printf '\nGo: all passed\n'
