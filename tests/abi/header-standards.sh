#!/usr/bin/env bash
# The headers, alone and included twice, compile without a warning as every C and C++ that they
# promise, with every compiler here.
#   tests/abi/header-standards.sh [FOLDER]   of the headers; by default include/
set -euo pipefail
include=${1-$(dirname "$0")/../../include}
warnings=(-Wall -Wextra -Wpedantic -Werror)

compile() { # language, standard, header, flags and compiler
  printf '#include "%s"\n#include "%s"\n' "$3" "$3" |
    "${@:4}" "${warnings[@]}" -x "$1" -std="$2" -I "$include" -fsyntax-only -
  checked=$((checked + 1))
}

checked=0
for compilers in gcc:g++ clang:clang++; do
  cc=${compilers%:*} cxx=${compilers#*:}
  if ! command -v "$cc" "$cxx" >/dev/null; then
    echo "skipped: needs $cc and $cxx"
    [[ -z ${CI-} ]] || exit 1
    continue
  fi
  for standard in c99 c11 c2x; do
    compile c "$standard" bedrock_token.h "$cc" -Wstrict-prototypes
  done
  for standard in c++11 c++20; do
    compile c++ "$standard" bedrock_token.h "$cxx"
  done
  if [[ -e $include/bedrock_token.hpp ]]; then
    for standard in c++17 c++20; do
      compile c++ "$standard" bedrock_token.hpp "$cxx"
    done
  fi
done
[[ $checked != 0 ]]
echo "$checked times compiled without a warning"
