#!/usr/bin/env bash
# bindings/csharp/pack.sh TARGET...: a NuGet package with the assembly, and with the library for each target.
source "$(dirname "$0")/../../packaging/packer.sh"
folder=$(mktemp -d)
trap 'rm -r "$folder" "$folder.build"' EXIT
mkdir "$folder.build"
cp bindings/csharp/*.cs bindings/csharp/*.csproj "$folder.build"
# The assembly has the same bytes in every folder.
tools/dotnet.sh build "$folder.build/BedrockToken.csproj" "-property:Version=$VERSION" -property:DebugType=none \
  "-property:PathMap=$folder.build=/bindings/csharp" >&2
mkdir -p "$folder/lib/netcoreapp3.1"
cp "$folder.build"/bin/Release/netcoreapp3.1/BedrockToken.{dll,xml} "$folder/lib/netcoreapp3.1"
sed "s/@VERSION@/$VERSION/" bindings/csharp/BedrockToken.nuspec >"$folder/BedrockToken.nuspec"
# A package is in the Open Packaging Conventions, which want these two files.
mkdir "$folder/_rels"
cat >"$folder/[Content_Types].xml" <<'END'
<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
  <Default Extension="nuspec" ContentType="application/octet" />
  <Default Extension="0" ContentType="application/octet" />
  <Default Extension="dll" ContentType="application/octet" />
  <Default Extension="dylib" ContentType="application/octet" />
  <Default Extension="md" ContentType="application/octet" />
  <Default Extension="txt" ContentType="application/octet" />
  <Default Extension="xml" ContentType="application/octet" />
</Types>
END
cat >"$folder/_rels/.rels" <<'END'
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Id="R0" Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/BedrockToken.nuspec" />
</Relationships>
END
cp LICENSE "$folder/LICENSE.txt"
cp bindings/csharp/README.md "$folder"
packaging/third-party.sh >"$folder/NOTICE.txt"

for target in "$@"; do
  native=$folder/runtimes/$(target csharp "$target")/native
  mkdir -p "$native"
  cp "$(shared_library "$target")" "$native"
done
name=BedrockToken.$VERSION.nupkg
pack_zip "$folder" "dist/$name"
echo "$name"
