#!/usr/bin/env bash
# tests/command-line.sh PROGRAM: what examples-c/bedrock-token.c promises on its --help.
set -euo pipefail
program=$1
unset "${!AWS_@}"
# shellcheck source=tests/functions.sh
. "$(dirname "$0")/functions.sh"
prefix=bedrock-api"-key-"

# run STATUS [ARGUMENT...]: stdout and stderr are in $out and $err.
run() {
  local expected=$1 status=0
  shift
  "$program" "$@" >"$work/out" 2>"$work/err" || status=$?
  out=$(cat "$work/out") err=$(cat "$work/err")
  [ "$status" = "$expected" ] || fail "bedrock-token $*: exit status $status, not $expected: $err"
}

# What the last run printed is a token, alone on its line, and what is in it has $1 in it.
prints_token_with() {
  [[ $out =~ ^${prefix}[A-Za-z0-9+/]+=*$ ]] || fail "not a token alone: $out"
  [ -z "$err" ] || fail "a word on stderr: $err"
  local url
  url=$(base64 -d <<<"${out#"$prefix"}")
  [[ $url == *"$1"* ]] || fail "no $1 in $url"
}

# What the last run printed is one complaint with $1 in it, and nothing on stdout.
complains_of() {
  [ -z "$out" ] || fail "a word on stdout: $out"
  [[ $err == "bedrock-token: "*"$1"* ]] || fail "no $1 in: $err"
  [[ $err != *EXAMPLEKEY* ]] || fail "the secret is in: $err"
}

run 1 --region eu-central-1
complains_of AWS_ACCESS_KEY_ID
export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
run 1 --region eu-central-1
complains_of AWS_SECRET_ACCESS_KEY
export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
run 2
complains_of region

run 0 --region eu-central-1
prints_token_with AKIAIOSFODNN7EXAMPLE%2F
prints_token_with %2Feu-central-1%2Fbedrock%2F
prints_token_with "&X-Amz-Expires=43200&X-Amz-Signature="
export AWS_REGION=us-west-2
run 0 --expires 60
prints_token_with %2Fus-west-2%2F
prints_token_with "&X-Amz-Expires=60&"
run 0 --region=eu-central-1 --expires=43200
prints_token_with %2Feu-central-1%2F
AWS_SESSION_TOKEN='FAKE/SESSION+TOKEN==' run 0
prints_token_with "&X-Amz-Security-Token=FAKE%2FSESSION%2BTOKEN%3D%3D&"
AWS_SESSION_TOKEN='' run 0
[[ $(base64 -d <<<"${out#"$prefix"}") != *Security-Token* ]] || fail "an empty session token was signed"

for expires in 0 43201 -1 1h "" " 60" 99999999999999999999; do
  run 1 --expires "$expires"
  complains_of expires
done
for region in "" eu_central_1 "eu-central-1 "; do
  run 1 --region "$region"
  complains_of region
done
AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE run 1
complains_of "session token"
AWS_SECRET_ACCESS_KEY="$AWS_SECRET_ACCESS_KEY"$'\n' run 1
complains_of secret
run 2 --regoin eu-central-1
complains_of --regoin
run 2 eu-central-1
complains_of "options only"
[[ $err != *eu-central-1* ]] || fail "an argument that may be a token is shown: $err"

run 0 --region eu-central-1 --expires 60
token=$out
run 0 --inspect "$token"
for line in "access key     AKIAIOSFODNN7EXAMPLE" "region         eu-central-1" "session token  no" \
  "issued at      [0-9T:-]+Z" "expires at     [0-9T:-]+Z \(in 0 h . min [0-9]+ s\)"; do
  grep -qxE -- "$line" <<<"$out" || fail "--inspect: no line $line in $out"
done
run 0 --inspect - --json <<<"$token"
[[ $out =~ ^\{\"access_key\":\ \"AKIAIOSFODNN7EXAMPLE\",\ \"region\":\ \"eu-central-1\",\ \"issued_at\":\ ([0-9]+),\ \"expires_at\":\ ([0-9]+),\ \"has_session\":\ false\}$ ]] ||
  fail "--json: $out"
[ $((BASH_REMATCH[2] - BASH_REMATCH[1])) = 60 ] || fail "--json: not 60 seconds: $out"
run 1 --inspect "${token%????}"
complains_of token
run 1 --inspect
complains_of token
run 1 --inspect - </dev/null
complains_of token
run 1 --inspect - < <(printf '%s\0' "$token")
complains_of token
run 2 --json
complains_of --inspect

run 0 --help
[[ $out == "Usage: bedrock-token "* && -z $err ]] || fail "--help: $out$err"
run 0 --version
[[ $out =~ ^bedrock-token\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "--version: $out"
if [ -w /dev/full ]; then
  status=0
  "$program" >/dev/full 2>"$work/err" || status=$?
  [ "$status" = 1 ] || fail "the output cannot be written, and the exit status is $status"
fi
