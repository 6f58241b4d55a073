"""README's lines to install, in an empty folder, until there is a token. The files of dist/ stand in for
the registries and the releases. macOS is not here. C#'s package and JavaScript's are installed in
test_nuget.py and test_javascript.py."""

import functools
import hashlib
import http.server
import json
import shutil
import subprocess
import tarfile
import threading
import time

import pytest
from conformance.languages import ROOT
from conformance.vectors import PREFIXES
from dist.artifacts import DIST, go_modules, need
from project import VERSION

# After the first line: "# HEADING" or "# HEADING: ...", and the line below it.
BLOCKS = (ROOT / "docs/install.sh").read_text().rstrip().split("\n\n")[1:]
LINES = {
    heading.removeprefix("# ").partition(":")[0]: line
    for heading, line in (block.split("\n") for block in BLOCKS)
}
RELEASES = f"https://github.com/bedrock-token/bedrock-token/releases/download/v{VERSION}"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}


@pytest.fixture
def newcomer(row, user):
    """newcomer(HEADING, PATTERN, THEN): runs the line, then a script that prints a token. PATTERN is the
    file of dist/ that the line gets."""

    def run(heading: str, pattern: str, then: str, seconds: int = 60, **environment: str) -> None:
        row.artifact(pattern)
        row.installed_by(f"README, {heading}")
        begin = time.monotonic()
        line = LINES[heading].replace(RELEASES, f"file://{DIST}")
        printed = user.run("bash", "-euo", "pipefail", "-c", f"{line}\n{then}", **environment)
        took = time.monotonic() - begin
        assert printed.strip().splitlines()[-1].startswith(PREFIXES)
        row.record("vectors", f"a token after {took:.0f} s")
        assert took < seconds

    return run


def test_c(newcomer, user):
    need("cc=gcc", "curl")
    shutil.copy(ROOT / "examples-c/generate.c", user.home)
    compile = (ROOT / "docs/compile.sh").read_text()
    newcomer("Linux", f"bedrock-token-{VERSION}-x86_64-unknown-linux-gnu.2.17.tar.gz", compile)


def test_command(newcomer):
    need("curl")
    then = "PATH=~/.local/bin:$PATH; bedrock-token --region eu-central-1"
    name = f"bedrock-token-{VERSION}-x86_64-unknown-linux-musl"
    newcomer("The command, for every Linux", name, then, **CREDENTIALS)


def test_go(newcomer, row, user):
    go_modules(row, user)
    user.run("go", "mod", "init", "example.com/app")
    shutil.copy(ROOT / "bindings/go/examples/token/main.go", user.home)
    newcomer("Go", "bedrock-token-*-go-modules.tar.gz", "go run . | head -n1")


def test_python(newcomer, user):
    subprocess.run(["/usr/bin/python3", "-m", "venv", user.home / "venv"], check=True)
    user.environment |= {
        "PATH": f"{user.home}/venv/bin:{user.environment['PATH']}",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(DIST),
    }
    shutil.copy(ROOT / "bindings/python/examples/generate.py", user.home)
    wheel = "bedrock_token-*-manylinux*_x86_64.whl"
    newcomer("Python", wheel, "python generate.py | head -n1", **CREDENTIALS)


@pytest.fixture
def gem_server(user):
    """The address of a registry that has the gems, in RubyGems' "compact index": it finds no gem that is
    for one platform in any older kind of index."""
    need("gem=ruby", "/usr/share/doc/ruby-ffi=ruby-ffi")
    registry = user.home / "registry"
    (registry / "gems").mkdir(parents=True)
    (registry / "info").mkdir()
    needed = "print Gem::Package.new(ARGV[0]).spec.required_rubygems_version"
    versions = "---\n"
    for gem in DIST.glob("bedrock_token-*.gem"):
        shutil.copy(gem, registry / "gems")
        version = gem.stem.removeprefix("bedrock_token-")
        checksum = hashlib.sha256(gem.read_bytes()).hexdigest()
        rubygems = user.run("ruby", "-rrubygems/package", "-e", needed, gem)
        versions += f"{version} ffi:~> 1.15|checksum:{checksum},rubygems:{rubygems}\n"
    user.run("gem", "generate_index", "--silent", "--directory", registry)
    (registry / "info/bedrock_token").write_text(versions)
    (registry / "info/ffi").write_text("---\n")  # Debian's is installed
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=registry)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_ruby(newcomer, user, gem_server):
    (user.home / ".gemrc").write_text(f":sources:\n- {gem_server}\ngem: --user-install\n")
    example = (ROOT / "bindings/ruby/example.rb").read_text()
    example = example.replace('require_relative "bedrock_token"', 'require "bedrock_token"')
    (user.home / "example.rb").write_text(example)
    newcomer("Ruby", f"bedrock_token-{VERSION}-x86_64-linux.gem", "ruby example.rb | head -n1")


def test_rust(newcomer, row, user):
    """With Rust, and a copy of the registry that has what the crate needs."""
    crate = row.artifact(f"bedrock-token-core-{VERSION}.crate")
    vendored = user.home / "vendored"
    cargo = shutil.which("cargo")
    environment = {"PATH": f"{cargo.removesuffix('/cargo')}:/usr/bin:/bin"}
    subprocess.run(
        [cargo, "vendor", "--quiet", "--locked", vendored],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with tarfile.open(crate) as file:
        file.extractall(vendored, filter="data")
    checksum = {"files": {}, "package": hashlib.sha256(crate.read_bytes()).hexdigest()}
    folder = vendored / crate.name.removesuffix(".crate")
    (folder / ".cargo-checksum.json").write_text(json.dumps(checksum))
    config = user.home / ".cargo/config.toml"
    config.parent.mkdir()
    config.write_text(
        '[source.crates-io]\nreplace-with = "vendored"\n'
        f'[source.vendored]\ndirectory = "{vendored}"\n'
    )
    environment |= {
        "HOME": str(config.parent),  # cargo makes no program in the home directory itself
        "CARGO_HOME": str(config.parent),
        "RUSTUP_HOME": subprocess.check_output(["rustup", "show", "home"], text=True).strip(),
    }
    user.run("cargo", "init", "--quiet", "--name", "app", **environment)
    # The example of the crate itself.
    shutil.copy(folder / "examples/generate.rs", user.home / "src/main.rs")
    # cargo compiles the signer too.
    newcomer("Rust", crate.name, "cargo run --quiet", seconds=600, **environment)
