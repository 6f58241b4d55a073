"""Licences, sources, duplicate and yanked crates, as deny.toml says.

No network is needed: cargo-deny looks up yanked crates in cargo's copy of the registry's index. It
does not start without a database of advisories, so it gets one with a single, empty advisory. Known
vulnerabilities are for a service that watches all the time, not for a build that must repeat."""

from project import ROOT, run, shell

VERSION = "0.20.2"
DATABASE = ROOT / "target/advisories/none-ebe6f6fffea0a0ed"  # cargo-deny's name for deny.toml's URL
ADVISORY = """```toml
[advisory]
id = "RUSTSEC-1970-0001"
package = "none"
date = "2020-01-01"
[versions]
patched = []
```
# None
"""


def test_cargo_deny():
    programs = run(f"tools/cargo-tool.sh cargo-deny {VERSION}").strip()
    if not DATABASE.exists():
        (DATABASE / "crates/none").mkdir(parents=True)
        (DATABASE / "crates/none/RUSTSEC-1970-0001.md").write_text(ADVISORY)
        author = "-c user.name=none -c user.email=none@localhost"
        commit = f"git add . && git {author} commit --quiet --message none"
        shell(f"git init --quiet && {commit} && git fetch --quiet . HEAD", cwd=DATABASE)
    run("cargo fetch --locked --quiet")
    run(
        f"{programs}/cargo-deny",
        *["--offline", "--log-level", "error", "check", "--hide-inclusion-graph"],
    )
