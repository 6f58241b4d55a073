#!/usr/bin/env python3
"""packaging/sbom.py: writes dist/sbom/FILE.cdx.json, the Rust packages in each file of dist/, out of
build/dist/files: lines with the name of a file, its packer and its targets. cargo-cyclonedx knows the
packages of ours that a packer takes, for a target. This joins them, under the name of the file."""

import functools
import hashlib
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
VERSION = "0.5.9"
# The folders of our packages that a packer takes; "." is the library.
OURS = {
    "packaging/archive.sh": [".", "cli"],
    "packaging/command.sh": ["cli"],
    "packaging/crate.sh": ["core"],
    "packaging/debian.sh": [".", "cli"],
    "packaging/source.sh": [".", "cli"],
}


@functools.cache
def command() -> str:
    tool = [ROOT / "tools/cargo-tool.sh", "cargo-cyclonedx", VERSION]
    folder = subprocess.check_output(tool, text=True).strip()
    return f"{folder}/cargo-cyclonedx"


@functools.cache
def boms(target: str) -> dict[str, dict]:
    """What cargo-cyclonedx says for a target. It writes beside each Cargo.toml."""
    subprocess.run(
        [
            *(command(), "cyclonedx", "--quiet", "--format=json", "--spec-version=1.5"),
            *("--no-build-deps", f"--target={target}", "--override-filename=sbom.cdx"),
        ],
        cwd=ROOT,
        check=True,
    )
    found = {}
    for manifest in (".", "cli", "cli/pages", "core"):
        file = ROOT / manifest / "sbom.cdx.json"
        # No folder of this machine.
        found[manifest] = json.loads(file.read_text().replace(f"file://{ROOT}", "file://"))
        file.unlink()
    return found


def bom(file: Path, packer: str, targets: list[str]) -> dict:
    parts = [
        boms(target.partition(".2.")[0])[folder]
        for target in targets or ["all"]
        for folder in OURS.get(packer, ["."])
    ]
    described = (part["metadata"]["component"] for part in parts)
    ours = {component["bom-ref"]: component for component in described}
    components = dict(ours)
    dependencies: dict[str, set[str]] = {file.name: set(ours)}
    for part in parts:
        for component in part["components"]:
            components.setdefault(component["bom-ref"], component)
        for one in part["dependencies"]:
            dependencies.setdefault(one["ref"], set()).update(one.get("dependsOn", []))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return {
        **{key: parts[0][key] for key in ("bomFormat", "specVersion", "version")},
        "metadata": {
            "timestamp": parts[0]["metadata"]["timestamp"],
            "tools": parts[0]["metadata"]["tools"],
            "component": {
                "type": "file",
                "bom-ref": file.name,
                "name": file.name,
                "hashes": [{"alg": "SHA-256", "content": digest}],
                "licenses": [{"expression": "Apache-2.0"}],
            },
        },
        "components": [components[ref] for ref in sorted(components)],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(dependencies[ref])} for ref in sorted(dependencies)
        ],
    }


(DIST / "sbom").mkdir(exist_ok=True)
for line in (ROOT / "build/dist/files").read_text().splitlines():
    name, packer, *targets = line.split()
    text = json.dumps(bom(DIST / name, packer, targets), indent=1)
    (DIST / f"sbom/{name}.cdx.json").write_text(text + "\n")
