"""The files in the NuGet package. test_release.py publishes it, and uses it in a project."""

import zipfile
from xml.etree import ElementTree

from dist.artifacts import artifact, library
from project import targets_with


def test_package():
    package = artifact("BedrockToken.*.nupkg")
    with zipfile.ZipFile(package) as file:
        names = file.namelist()
        for name in ("BedrockToken.nuspec", "[Content_Types].xml", "_rels/.rels"):
            ElementTree.fromstring(file.read(name))
        assert {"README.md", "lib/netcoreapp3.1/BedrockToken.xml"} <= set(names)
        natives = [name for name in names if name.startswith("runtimes/")]
        carried = {name.split("/")[1]: file.read(name) for name in natives}
    assert carried == {rid: library(target) for target, rid in targets_with("csharp").items()}
