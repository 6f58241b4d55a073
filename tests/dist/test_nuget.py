"""The NuGet package. NuGet and .NET's SDK cannot be had from Debian or PyPI, so the test does their part:
it compiles the source of the package into a program, and describes the package in its .deps.json.
.NET's runtime, from PyPI, then finds the library in the package."""

import json
import shutil
import zipfile
from xml.etree import ElementTree

from conformance import languages
from dist.artifacts import library, need
from project import targets_with


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
    assert carried == {rid: library(target) for target, rid in targets_with("csharp").items()}

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
