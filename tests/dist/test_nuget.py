"""The NuGet package, in a project of its own: .NET's SDK restores it from dist/, and its runtime finds the
library in it."""

import zipfile
from xml.etree import ElementTree

from conformance.languages import ROOT
from conformance.vectors import YEAR_9999
from dist.artifacts import DIST, artifact, library
from dist.native import check_vectors
from project import VERSION, run, targets_with

PROJECT = f"""<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>netcoreapp3.1</TargetFramework>
    <RollForward>LatestMajor</RollForward>
    <CheckEolTargetFramework>false</CheckEolTargetFramework>
    <Nullable>enable</Nullable>
    <StartupObject>Conformance</StartupObject>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="BedrockToken" Version="{VERSION}" />
  </ItemGroup>
</Project>
"""


def test_package(user):
    package = artifact("BedrockToken.*.nupkg")
    with zipfile.ZipFile(package) as file:
        names = file.namelist()
        for name in ("BedrockToken.nuspec", "[Content_Types].xml", "_rels/.rels"):
            ElementTree.fromstring(file.read(name))
        assert {"README.md", "lib/netcoreapp3.1/BedrockToken.xml"} <= set(names)
        natives = [name for name in names if name.startswith("runtimes/")]
        carried = {name.split("/")[1]: file.read(name) for name in natives}
    assert carried == {rid: library(target) for target, rid in targets_with("csharp").items()}

    app = user.home / "app"
    app.mkdir()
    (app / "app.csproj").write_text(PROJECT)
    for program in (ROOT / "bindings/csharp/programs").glob("*.cs"):
        (app / program.name).write_text(program.read_text())
    dotnet = ROOT / "tools/dotnet.sh"
    run(dotnet, "--list-runtimes")  # gets it
    user.run(
        dotnet, "build", "app.csproj", f"-property:RestoreAdditionalProjectSources={DIST}", cwd=app
    )
    program = app / "bin/Release/netcoreapp3.1/app.dll"
    check_vectors(
        lambda vectors: user.run(dotnet, program, "conformance", input=vectors), YEAR_9999
    )
    token, *_ = user.run(dotnet, program, "example").splitlines()
    assert token.startswith("bedrock-api" + "-key-")
