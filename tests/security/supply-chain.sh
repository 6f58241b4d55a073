#!/usr/bin/env bash
# Licences, sources, duplicate and yanked crates, by deny.toml, without the network: cargo-deny
# looks up what was yanked in cargo's copy of the registry's index. It does not run without a
# database of advisories either, so it gets one that has nothing in it. (What is known against a
# crate is for a service that watches all the time, not for a build that must be reproducible.)
set -euo pipefail
cd "$(dirname "$0")/../.."
version=0.20.2
export PATH="$PWD/target/tools/bin:$PATH"
if [[ $(cargo-deny --version 2>/dev/null) != "cargo-deny $version" ]]; then
  echo "Installing cargo-deny $version" >&2
  cargo install cargo-deny --version $version --locked --profile dev --quiet --root target/tools
fi

database=target/advisories/none-ebe6f6fffea0a0ed # cargo-deny's name for the URL in deny.toml
if [[ ! -d $database ]]; then
  mkdir -p $database/crates/none
  cat >$database/crates/none/RUSTSEC-1970-0001.md <<'ADVISORY'
```toml
[advisory]
id = "RUSTSEC-1970-0001"
package = "none"
date = "2020-01-01"
[versions]
patched = []
```
# None
ADVISORY
  git init --quiet $database
  git -C $database add .
  git -C $database -c user.name=none -c user.email=none@localhost commit --quiet --message none
  git -C $database fetch --quiet . HEAD
fi
cargo fetch --locked --quiet
cargo-deny --offline --log-level error check --hide-inclusion-graph
