"""The steps of release.yml that publish, run against registries on this machine; then README's lines to install from
there, in an empty folder, until there is a token. macOS is not here."""

import base64
import functools
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest
import yaml
from conformance.languages import ROOT
from conformance.vectors import PREFIXES, YEAR_9999
from dist.artifacts import DIST, GO_MODULE, artifact, go_modules, need
from dist.native import CREDENTIALS, check_vectors
from project import VERSION, run

JOBS = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]
# After the first line: "# HEADING" or "# HEADING: ...", and the line below it.
BLOCKS = (ROOT / "docs/install.sh").read_text().rstrip().split("\n\n")[1:]
LINES = {
    heading.removeprefix("# ").partition(":")[0]: line
    for heading, line in (block.split("\n") for block in BLOCKS)
}
REPOSITORY = "https://github.com/bedrock-token/bedrock-token"
RELEASES = f"{REPOSITORY}/releases/download/v{VERSION}"
GEM = 'spec = Gem::Package.new(ARGV[0]).spec; print spec.full_name, " ", spec.required_rubygems_version'


def test_rights():
    """A job that may do more than read has one registry's environment, comes after all tests, and builds nothing."""
    more = {name: job for name, job in JOBS.items() if "write" in job["permissions"].values()}
    rights = {
        name: (
            job["environment"],
            {right for right, kind in job["permissions"].items() if kind == "write"},
        )
        for name, job in more.items()
    }
    assert rights == {
        "attest": ("github", {"attestations", "id-token"}),
        "github": ("github", {"contents"}),
        "go": ("github", {"contents"}),
        **{name: (name, {"id-token"}) for name in ("pypi", "rubygems", "npm", "nuget")},
        "crates": ("crates-io", {"id-token"}),
    }
    assert JOBS["attest"]["needs"] == [name for name in JOBS if name not in more]
    for name, job in more.items():
        assert name == "attest" or job["needs"] == "attest"
        script = "\n".join(step.get("run", "") for step in job["steps"])
        assert not any(word in script for word in ("make", "build", "install", "npx")), name
        assert all(
            "--no-verify" in line for line in script.splitlines() if line.startswith("cargo ")
        )


@pytest.fixture
def publish(user):
    """publish(JOB): runs the steps of a job in a folder that has dist/, as the runner does."""

    def run(job: str, folder=None, **environment: str) -> None:
        folder = folder or user.home / "job"
        folder.mkdir(exist_ok=True)
        (folder / "dist").symlink_to(DIST)
        for step in JOBS[job]["steps"]:
            if "run" in step:
                variables = {"GITHUB_REF_NAME": f"v{VERSION}", **environment}
                user.run("bash", "-ec", step["run"], cwd=folder, **variables)

    return run


def spent() -> float:
    times = os.times()
    return times.children_user + times.children_system


@pytest.fixture
def newcomer(user):
    """newcomer(HEADING, PATTERN, THEN): runs the line, then a script that prints a token. PATTERN is the
    file of dist/ that the line gets. The limit is a minute of two processors, whatever else is running."""

    def run(heading: str, pattern: str, then: str, seconds: int = 120, **environment: str) -> None:
        artifact(pattern)
        begin = spent()
        line = LINES[heading].replace(RELEASES, f"file://{DIST}")
        printed = user.run("bash", "-euo", "pipefail", "-c", f"{line}\n{then}", **environment)
        took = spent() - begin
        assert printed.strip().splitlines()[-1].startswith(PREFIXES)
        assert took < seconds

    return run


@pytest.fixture
def gh(user):
    """GitHub's program, which needs GitHub: a stand-in that succeeds. Gives the calls that it got."""
    log = user.home / "gh.log"
    user.add_program("gh", f'printf "%s\\t" "$@" >>{log}\necho >>{log}')
    return lambda: [line.split("\t")[:-1] for line in log.read_text().splitlines()]


class Registry(http.server.SimpleHTTPRequestHandler):
    """What RubyGems, npm and crates.io answer to those who publish. It serves what was published."""

    def do_POST(self):  # a gem
        gem = self.body()
        received = self.file("received.gem", gem)
        words = ("ruby", "-rrubygems/package", "-e", GEM, received)
        name, _, rubygems = subprocess.check_output(words, text=True).partition(" ")
        received.rename(self.file(f"gems/{name}.gem", b""))
        # The "compact index". RubyGems finds no gem that is for one platform in any older kind.
        version = name.removeprefix("bedrock_token-")
        checksum = hashlib.sha256(gem).hexdigest()
        with open(f"{self.directory}/info/bedrock_token", "a") as info:
            info.write(f"{version} ffi:~> 1.15|checksum:{checksum},rubygems:{rubygems}\n")
        self.answer("Successfully registered gem")

    def do_PUT(self):
        body = self.body()
        if self.path == "/bedrock-token":  # npm
            package = json.loads(body)
            ((name, attached),) = package.pop("_attachments").items()
            self.file(f"tarballs/{name}", base64.b64decode(attached["data"]))
            package["versions"][VERSION]["dist"]["tarball"] = f"{self.server.url}/tarballs/{name}"
            self.file("bedrock-token", json.dumps(package).encode())
            self.answer("{}")
        else:
            assert self.path == "/api/v1/crates/new"
            begin = 4 + int.from_bytes(body[:4], "little")
            crate, described = body[begin + 4 :], json.loads(body[4:begin])
            self.file("published.crate", crate)
            line = {key: described[key] for key in ("name", "vers")} | {"deps": [], "features": {}}
            line |= {"cksum": hashlib.sha256(crate).hexdigest(), "yanked": False}
            self.file("index/be/dr/bedrock-token-core", json.dumps(line).encode())
            self.answer(
                '{"warnings": {"invalid_categories": [], "invalid_badges": [], "other": []}}'
            )

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def file(self, name: str, content: bytes) -> Path:
        path = Path(self.directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def answer(self, text: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture
def registry(user):
    """The address of a Registry, and its folder."""
    folder = user.home / "registry"
    (folder / "info").mkdir(parents=True)
    (folder / "index").mkdir()
    handler = functools.partial(Registry, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.url = f"http://127.0.0.1:{server.server_port}"
        description = {"dl": f"{server.url}/crates", "api": server.url}
        (folder / "index/config.json").write_text(json.dumps(description))
        threading.Thread(target=server.serve_forever).start()
        yield server.url, folder
        server.shutdown()


def test_github(user, gh, publish):
    artifact("SHA256SUMS")
    publish("github")
    (call,) = gh()
    assert call[:4] == ["release", "create", f"v{VERSION}", "--verify-tag"]
    published = {name.removeprefix("dist/") for name in call[call.index("notes.md") + 1 :]}
    assert published == {str(path.relative_to(DIST)) for path in DIST.rglob("*") if path.is_file()}
    name = f"bedrock-token-{VERSION}"
    changelog = user.run("tar", "-xzOf", DIST / f"{name}.tar.gz", f"{name}/CHANGELOG.md")
    rest = changelog.partition(f"\n## {VERSION} ")[2]
    section = rest.partition("\n")[2].partition("\n## ")[0]
    assert (user.home / "job/notes.md").read_text().strip() == section.strip() != ""


@pytest.mark.parametrize("damaged", [False, True])
def test_verify(user, gh, damaged):
    """README's lines: a damaged file fails."""
    need("curl")
    archive = artifact(f"bedrock-token-{VERSION}-x86_64-unknown-linux-gnu.2.17.tar.gz")
    released = user.home / "released"
    released.mkdir()
    shutil.copy(DIST / "SHA256SUMS", released)
    (released / archive.name).write_bytes(archive.read_bytes() + b"\0" * damaged)
    script = (ROOT / "docs/verify.sh").read_text().replace(RELEASES, f"file://{released}")
    if damaged:
        with pytest.raises(AssertionError, match="did NOT match"):
            user.run("sh", "-c", script)
    else:
        assert f"{archive.name}: OK" in user.run("sh", "-c", script)
        repository = ["--repo", REPOSITORY.removeprefix("https://github.com/")]
        assert gh() == [["attestation", "verify", archive.name, *repository]]


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


def test_go(newcomer, user, gh, publish):
    bundle = ROOT / "build/dist/go.bundle"
    if not bundle.exists():
        pytest.skip("needs build/dist/go.bundle: make dist")
    go_modules(user)
    published = user.home / "published.git"
    user.run("git", "init", "--quiet", "--bare", published)
    (user.home / "job").mkdir()
    (user.home / "job/go.bundle").symlink_to(bundle)
    address = {"GITHUB_SERVER_URL": f"file://{user.home}", "GITHUB_REPOSITORY": published.name}
    publish("go", **address)
    assert gh() == [["auth", "setup-git"]]

    user.run("git", "config", "--global", f"url.file://{published}.insteadOf", REPOSITORY)
    user.environment["GOPRIVATE"] = "github.com/bedrock-token"
    user.run("go", "mod", "init", "example.com/app")
    shutil.copy(ROOT / "bindings/go/examples/token/main.go", user.home)
    newcomer("Go", "bedrock-token-*-go-modules.tar.gz", "go run . | head -n1")
    # What Go finds there is what the tests of the modules took.
    name = f"{GO_MODULE}/@v/v{VERSION}.zip"
    found = zipfile.ZipFile(user.home / "go/pkg/mod/cache/download" / name)
    tested = zipfile.ZipFile(user.home / "proxy" / name)
    assert {one.filename: one.CRC for one in found.infolist()} == {
        one.filename: one.CRC for one in tested.infolist()
    }


def test_python(newcomer, user, publish):
    publish("pypi")
    subprocess.run(["/usr/bin/python3", "-m", "venv", user.home / "venv"], check=True)
    user.add_to_path(user.home / "venv/bin")
    user.environment |= {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": f"{user.home}/job/pypi",
    }
    shutil.copy(ROOT / "bindings/python/examples/generate.py", user.home)
    wheel = "bedrock_token-*-manylinux*_x86_64.whl"
    newcomer("Python", wheel, "python generate.py | head -n1", **CREDENTIALS)


def test_javascript(newcomer, user, registry, publish):
    need("node=nodejs", "npm")
    url, _ = registry
    (user.home / ".npmrc").write_text(
        f"registry={url}/\naudit=false\n//{url.partition('//')[2]}/:_authToken=any\n"
    )
    publish("npm")
    shutil.copy(ROOT / "bindings/javascript/example.mjs", user.home)
    newcomer("JavaScript", "bedrock-token-*-npm.tgz", "node example.mjs | head -n1", **CREDENTIALS)
    (installed,) = user.home.glob("node_modules/*/")
    assert {path.name for path in installed.iterdir()} == {
        *("LICENSE", "NOTICE", "README.md", "package.json"),
        *("bedrock_token.wasm", "cjs", "esm"),
    }
    module = artifact("bedrock_token-*.wasm")  # tests/wasm tests this one
    assert (installed / "bedrock_token.wasm").read_bytes() == module.read_bytes()
    shutil.copy(ROOT / "bindings/javascript/conformance.mjs", user.home)
    check_vectors(lambda vectors: user.run("node", "conformance.mjs", input=vectors))


def test_csharp(newcomer, user, publish):
    """NuGet's own client; nuget.org is a folder."""
    artifact("BedrockToken.*.nupkg")
    tool, published, programs = ROOT / "tools/dotnet.sh", user.home / "nuget", user.home / "app"
    run(tool, "--list-runtimes")  # gets it
    # Its own PATH has no dotnet that is this one.
    user.add_program("dotnet", f'PATH={user.environment["PATH"]} exec {tool} "$@"')
    user.environment["RestoreSources"] = ""
    published.mkdir()
    sources = f'<clear /><add key="nuget.org" value="{published}" />'
    (user.home / "NuGet.Config").write_text(
        f"<configuration><packageSources>{sources}</packageSources></configuration>"
    )
    publish("nuget", KEY="any")

    # The programs of the tree, with the package instead of the source.
    shutil.copytree(ROOT / "bindings/csharp/programs", programs)
    project = programs / "Programs.csproj"
    source = '<ProjectReference Include="../BedrockToken.csproj" />'
    assert source in project.read_text()
    project.write_text(project.read_text().replace(source, ""))
    user.home = programs
    newcomer("C#", "BedrockToken.*.nupkg", "dotnet run example | head -n1")
    check_vectors(
        lambda vectors: user.run("dotnet", "out/Programs.dll", "conformance", input=vectors),
        YEAR_9999,
    )


def test_ruby(newcomer, user, registry, publish):
    need("gem=ruby", "/usr/share/doc/ruby-ffi=ruby-ffi")
    url, folder = registry
    (folder / "info/bedrock_token").write_text("---\n")
    (folder / "info/ffi").write_text("---\n")  # Debian's is installed
    publish("rubygems", RUBYGEMS_HOST=url, GEM_HOST_API_KEY="any")
    user.run("gem", "generate_index", "--silent", "--directory", folder)
    # A home of its own: the machine's may have such a gem, of an earlier build, in its cache.
    path = json.dumps([str(user.home / "gems"), *user.run("ruby", "-e", "puts Gem.path").split()])
    settings = [f"gemhome: {user.home}/gems", f"gempath: {path}", "gem: --user-install"]
    (user.home / ".gemrc").write_text("\n".join([f":sources:\n- {url}/", *settings, ""]))
    for program in ("example.rb", "conformance.rb"):
        text = (ROOT / "bindings/ruby" / program).read_text()
        (user.home / program).write_text(text.replace("require_relative", "require"))
    newcomer("Ruby", f"bedrock_token-{VERSION}-x86_64-linux.gem", "ruby example.rb | head -n1")
    check_vectors(lambda vectors: user.run("ruby", "-w", "conformance.rb", input=vectors))


def test_rust(newcomer, user, registry, publish):
    """With Rust, and a copy of the registry that has what the crate needs."""
    tested = artifact(f"bedrock-token-core-{VERSION}.crate")
    url, folder = registry
    name = tested.name.removesuffix(".crate")
    with tarfile.open(tested) as file:
        packed = json.load(file.extractfile(f"{name}/.cargo_vcs_info.json"))["git"]
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True).strip()
    if packed != {"sha1": head}:
        pytest.skip("needs dist/ of this commit: make dist")
    user.get_rust()
    checkout = user.home / "checkout"
    user.run("git", "clone", "--quiet", ROOT, checkout)
    publish(
        "crates",
        checkout,
        CARGO_HOME=os.environ.get("CARGO_HOME", f"{Path.home()}/.cargo"),
        CARGO_REGISTRY_DEFAULT="local",
        CARGO_REGISTRIES_LOCAL_INDEX=f"sparse+{url}/index/",
        CARGO_REGISTRIES_LOCAL_TOKEN="any",
    )
    assert (folder / "published.crate").read_bytes() == tested.read_bytes()

    vendored = user.home / "vendored"
    subprocess.run(["cargo", "vendor", "--quiet", "--locked", vendored], cwd=ROOT, check=True)
    shutil.unpack_archive(folder / "published.crate", vendored, "gztar", filter="data")
    checksum = {"files": {}, "package": hashlib.sha256(tested.read_bytes()).hexdigest()}
    (vendored / name / ".cargo-checksum.json").write_text(json.dumps(checksum))
    app = user.home / "app"
    (app / ".cargo").mkdir(parents=True)
    (app / ".cargo/config.toml").write_text(
        '[source.crates-io]\nreplace-with = "vendored"\n'
        f'[source.vendored]\ndirectory = "{vendored}"\n'
    )
    user.run("cargo", "init", "--quiet", cwd=app)
    # The example of the crate itself.
    shutil.copy(vendored / name / "examples/generate.rs", app / "src/main.rs")
    user.home = app
    # cargo compiles the signer too.
    newcomer("Rust", tested.name, "cargo run --quiet", seconds=600)
