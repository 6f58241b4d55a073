"""The NuGet package. NuGet and .NET's SDK cannot be had from Debian or PyPI, so the test does their part:
it compiles the source of the package into a program, and describes the package in its .deps.json.
.NET's runtime, from PyPI, then finds the library in the package."""

import json
import shutil
import zipfile
from xml.etree import ElementTree

from conformance import languages
from dist.artifacts import library, need

PLATFORMS = {
    "linux-x64": "x86_64-unknown-linux-gnu.2.17",
    "linux-arm64": "aarch64-unknown-linux-gnu.2.17",
    "linux-musl-x64": "x86_64-unknown-linux-musl",
    "linux-musl-arm64": "aarch64-unknown-linux-musl",
    "win-x64": "x86_64-pc-windows-gnu",
    "osx-x64": "x86_64-apple-darwin",
    "osx-arm64": "aarch64-apple-darwin",
}


def test_package(row, user):
    need("mcs=mono-mcs")
    package = row.artifact("BedrockToken.*.nupkg")
    row.installed_by(".NET's runtime finds it")
    version = package.name.removeprefix("BedrockToken.").removesuffix(".nupkg")
    folder = user.home / "packages/bedrocktoken" / version
    with zipfile.ZipFile(package) as file:
        file.extractall(folder)
    for name in ("BedrockToken.nuspec", "[Content_Types].xml", "_rels/.rels"):
        ElementTree.parse(folder / name)

    carried = {path.parts[-3]: path.read_bytes() for path in folder.glob("runtimes/*/native/*")}
    assert carried == {rid: library(target) for rid, target in PLATFORMS.items()}

    (dotnet,) = (one for one in languages.find() if one.id == "csharp-dotnet")
    dotnet.fetch()
    source = user.home / "source"
    (source / "dotnet").mkdir(parents=True)
    for program in ("Conformance", "Example", "Renewals"):
        shutil.copy(dotnet.folder.parent / f"{program}.cs", source)
    shutil.copy(folder / "contentFiles/cs/any/BedrockToken.cs", source)
    dotnet.run(dotnet.version)
    dotnet.run(dotnet.build, env={"HERE": str(source / "dotnet")})
    work = languages.WORK / dotnet.id
    for name in ("Conformance.dll", "Conformance.runtimeconfig.json"):
        shutil.copy(work / name, user.home)

    natives = {
        str(path.relative_to(folder)): {"rid": path.parts[-3], "assetType": "native"}
        for path in folder.glob("runtimes/*/native/*")
    }
    target, identity = ".NETCoreApp,Version=v3.1", f"BedrockToken/{version}"
    described = {
        "type": "package",
        "serviceable": True,
        "sha512": "",
        "path": f"bedrocktoken/{version}",
    }
    description = {
        "runtimeTarget": {"name": target},
        "targets": {target: {identity: {"runtimeTargets": natives}}},
        "libraries": {identity: described},
    }
    (user.home / "Conformance.deps.json").write_text(json.dumps(description))
    program = (work / "pypi/dotnetcore2/bin/dotnet", "exec")
    found = ("--additionalprobingpath", user.home / "packages", "Conformance.dll")
    row.vectors(lambda vectors: user.run(*program, *found, input=vectors))
