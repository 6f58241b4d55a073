#!/usr/bin/env bash
# tools/go.sh: prints the folder of a Go that is new enough for our modules. From 1.21 on, Go gets
# the version that a go.mod asks for by itself; for an older one, such as Debian's, we get it here.
set -euo pipefail
cd "$(dirname "$0")"
./need.sh go=golang-go
version=$(go env GOVERSION)
if [[ $(printf '%s\n' go1.21 "$version" | sort -V | head -n1) == go1.21 ]]; then
  dirname "$(command -v go)"
  exit
fi
wanted=$(sed -n 's/^go //p' go.mod)
module=golang.org/toolchain@v0.0.1-go$wanted.$(go env GOOS)-$(go env GOARCH)
folder=$(cd / && go mod download -json "$module" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
chmod +x "$folder"/bin/* "$folder"/pkg/tool/*/*
echo "$folder/bin"
