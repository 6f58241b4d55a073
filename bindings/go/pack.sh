#!/usr/bin/env bash
# bindings/go/pack.sh TARGET...: the Go modules, with the static library of each target in them, as an
# archive of a folder that GOPROXY can name. It leaves build/dist/go.bundle, which git can clone: a commit that has
# these libraries, and the tags to publish. OUT is where both go instead.
source "$(dirname "$0")/../../packaging/packer.sh"
tools/need.sh git >&2
PATH=$(tools/go.sh):$PATH
repository=$(realpath "${OUT:-build/dist}")/go
out=$(realpath "${OUT:-dist}")
module=bindings/go
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

rm -rf "$repository"
mkdir -p "$repository"
if [[ -e .git ]]; then
  git ls-files -z --cached --others --exclude-standard LICENSE $module
else # an unpacked source archive
  find LICENSE $module -type f -print0
fi | xargs -0 cp --parents -t "$repository"
cp include/bedrock_token.h "$(tools/wasm.sh)" "$repository/$module"
packaging/third-party.sh >"$repository/$module/NOTICE"
for target in "$@"; do
  archive=$repository/$module/libbedrock_token_$(target go "$target").a
  cp "build/dist/$target/lib/libbedrock_token.a" "$archive"
  if [[ $target == *-musl ]]; then
    gnu=${target%%-*}-linux-gnu
    tools/need.sh "$gnu-ld.bfd=binutils-${gnu/_/-}" >&2
    # Rust's own unwinder goes in, because a bare Alpine has no libgcc_s.
    unwinder=$(rustc --print target-libdir --target "$target")/self-contained/libunwind.a
    object=$folder/musl.o
    functions=$(sed -n 's/.*\b\(bedrock_token_[a-z_]*\)(.*/\1/p' include/bedrock_token.h | sort -u)
    # shellcheck disable=SC2086 # one option for each
    "$gnu-ld.bfd" -r --gc-sections ${functions//bedrock/--undefined=bedrock} "$archive" "$unwinder" -o "$object"
    # bindings/go/archive.h says why the names are others.
    for function in $functions; do echo "$function musl_$function"; done >"$folder/names"
    "$gnu-objcopy" --redefine-syms="$folder/names" "$object"
    "$gnu-objcopy" --wildcard --keep-global-symbol='musl_bedrock_token_*' --strip-unneeded "$object"
    rm "$archive"
    "$gnu-ar" rcsD "$archive" "$object"
  fi
done
# A program for Linux is linked with both libraries, so an empty one stands for a target that is not made.
for archive in "$repository/$module"/libbedrock_token_linux_*_{glibc,musl}.a; do
  for suffix in glibc musl; do
    [[ ! -e $archive || -e ${archive%_*}_$suffix.a ]] || printf '!<arch>\n' >"${archive%_*}_$suffix.a"
  done
done

export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$folder/gitconfig
git config --global user.name "bedrock-token"
git config --global user.email "bedrock-token@users.noreply.github.com"
git config --global "url.file://$repository.insteadOf" https://github.com/bedrock-token/bedrock-token
export GIT_AUTHOR_DATE="@$SOURCE_DATE_EPOCH +0000" GIT_COMMITTER_DATE="@$SOURCE_DATE_EPOCH +0000"
git -C "$repository" init --quiet --initial-branch=go
git -C "$repository" add --all --force
git -C "$repository" commit --quiet --message="The Go modules of version $VERSION, with the library"
proxy=github.com/bedrock-token/bedrock-token/bindings/go
for path in "" /awscreds; do
  git -C "$repository" tag "$module$path/v$VERSION"
  # Go reads the repository as it reads the published one, and writes what a proxy has.
  (cd "$folder" && GOPRIVATE=github.com/bedrock-token GOMODCACHE=$folder/modules GOFLAGS=-modcacherw \
    go mod download "$proxy$path@v$VERSION") >&2
  from=$folder/modules/cache/download/$proxy$path/@v
  mkdir -p "$folder/proxy/$proxy$path/@v"
  cp "$from/v$VERSION".{info,mod,zip} "$folder/proxy/$proxy$path/@v"
  echo "v$VERSION" >"$folder/proxy/$proxy$path/@v/list"
done

git -C "$repository" bundle create --quiet "$repository.bundle" --tags
rm -rf "$repository"
name=bedrock-token-$VERSION-go-modules.tar.gz
pack_tar "$folder/proxy" "$out/$name"
echo "$name"
