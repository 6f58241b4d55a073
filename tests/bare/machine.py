"""A bare Debian in a folder, where programs run as root."""

import os
import re
import shutil
from pathlib import Path

import pytest
from dist.artifacts import artifact, need
from project import ROOT, run

MACHINES = ROOT / "target/bare"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
# Copied from this machine, so that a bare one reaches the registries as it does.
FILES = ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt")
VARIABLES = re.compile(r"\w+_proxy|SSL_CERT_\w+|CARGO_(?:HTTP|NET|REGISTR|SOURCE)\w+", re.I)


class Machine:
    """A new Debian with these packages alone, for one or two architectures."""

    def __init__(self, folder: Path, architectures: str, *packages: str):
        if os.geteuid() != 0:
            pytest.skip("needs root")
        need("mmdebstrap")
        tar = MACHINES / f"{'-'.join([architectures, *packages])}.tar"
        if not tar.exists():
            MACHINES.mkdir(parents=True, exist_ok=True)
            new = tar.with_suffix(".new.tar")
            options = ["--quiet", "--variant=minbase", "--skip=check/qemu"]
            options += [f"--include={name}" for name in packages]
            run("mmdebstrap", *options, f"--architectures={architectures}", "bookworm", new)
            new.rename(tar)
        self.root = folder / "root"
        self.home = self.root / "root"
        self.root.mkdir()
        run("tar", "-xf", tar, "-C", self.root)
        for file in FILES:
            if Path(file).exists():
                copy = Path(f"{self.root}{file}")
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, copy)

    def command(self, script: str) -> list[str]:
        """Runs a script there, as root."""
        variables = {name: value for name, value in os.environ.items() if VARIABLES.fullmatch(name)}
        variables |= {"PATH": f"/opt/rust/bin:/usr/local/bin:{PATH}", "HOME": "/root"}
        enter = f"unshare --mount --pid --fork --kill-child --mount-proc={self.root}/proc sh -euc"
        steps = f'mount --rbind /dev {self.root}/dev; exec chroot {self.root} env -i "$@"'
        arguments = [f"{name}={value}" for name, value in variables.items()]
        return [*enter.split(), steps, "sh", *arguments, "sh", "-euc", f"cd\n{script}"]

    def run(self, script: str, **options) -> str:
        return run("env", *self.command(script), **options)

    def get(self, pattern: str) -> None:
        """Puts a file of dist/ into root's home."""
        shutil.copy(artifact(pattern), self.home)
