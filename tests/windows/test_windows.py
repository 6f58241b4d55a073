"""A build for Windows, under wine: its files, programs that are linked to an installed copy, and the
command. tools/target.sh runs this and sets BEDROCK_TOKEN_TREE."""

import re

import pytest
from project import (
    CONSUMERS,
    ROOT,
    TREE,
    assert_names_no_folder,
    assert_published_token,
    copy_source,
    exported_symbols,
    files,
    needs,
    run,
    shell,
)

TOOLS = "x86_64-w64-mingw32"
TOOLCHAIN = f"--toolchain={ROOT}/cmake/targets/x86_64-pc-windows-gnu.cmake"
DLL, ARCHIVE = TREE / "lib/bedrock_token.dll", TREE / "lib/libbedrock_token.a"
IMPORTS = TREE / "lib/libbedrock_token.dll.a"
COMMAND = TREE / "bedrock-token.exe"
SYSTEM = {"kernel32.dll", "ntdll.dll", "msvcrt.dll", "api-ms-win-core-synch-l1-2-0.dll"}
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
PREFIX = "bedrock-api" + "-key-"


def wine(*command, env=None, **options):
    env = {"WINEDEBUG": "-all", **(env or {})}
    return run("wine", *command, env=env, **options)


def headers(file):
    return run(f"{TOOLS}-objdump -p", file)


def imported(program):
    return {name.lower() for name in re.findall(r"DLL Name: (\S+)", headers(program))}


# --- the files ---


def test_exports():
    [names] = re.findall(r"\[Ordinal/Name Pointer\] Table\n(.*?)\n\n", headers(DLL), re.S)
    assert re.findall(r"\S+$", names, re.M) == exported_symbols()


@pytest.mark.parametrize("file", [DLL, COMMAND], ids=lambda file: file.name)
def test_needs_only_the_system(file):
    assert set() < imported(file) <= SYSTEM


def test_hardening():
    for flag in "HIGH_ENTROPY_VA", "DYNAMIC_BASE", "NX_COMPAT":
        assert flag in headers(DLL)


def test_names_no_folder_of_the_machine_that_built_it():
    assert_names_no_folder(DLL, ARCHIVE, IMPORTS, COMMAND)


def test_another_build_gives_the_same_bytes(tmp_path):
    other = copy_source(tmp_path / "another folder")
    run(
        "cmake -S . -B build -D BUILD_TESTING=OFF -D CMAKE_BUILD_TYPE=Release", TOOLCHAIN, cwd=other
    )
    run("cmake --build build --target bedrock_token_shared bedrock_token_static", cwd=other)
    for library in DLL, ARCHIVE, IMPORTS:
        assert (other / "build/lib" / library.name).read_bytes() == library.read_bytes()


# --- an installed copy, in a folder whose name has all that is difficult ---


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    needs("wine", "pkg-config")
    folder = tmp_path_factory.mktemp("installed")
    run("cmake --install", TREE, "--prefix", folder / "before")
    return (folder / "before").rename(folder / "100 %TEMP% grün")


def runs(program, prefix=None):
    """The program generates the published token, with the DLL of this prefix or without one."""
    assert ("bedrock_token.dll" in imported(program)) == bool(prefix)
    path = {"WINEPATH": "Z:" + str(prefix / "bin").replace("/", "\\")} if prefix else {}
    assert_published_token(wine(program, env=path))


def test_installed_files(prefix):
    assert {"bin/bedrock-token.exe", "bin/bedrock_token.dll"} < files(prefix)
    libraries = ["bedrock_token.def", "libbedrock_token.a", "libbedrock_token.dll.a"]
    assert {path.name for path in (prefix / "lib").iterdir()} == {*libraries, "pkgconfig"}
    definition = (prefix / "lib/bedrock_token.def").read_text().split()
    assert definition == ["LIBRARY", "bedrock_token.dll", "EXPORTS", *exported_symbols()]


def test_cmake(prefix, tmp_path):
    run("cmake -S", CONSUMERS / "cmake", "-B", tmp_path, TOOLCHAIN, f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake --build", tmp_path)
    runs(tmp_path / "app-shared.exe", prefix)
    runs(tmp_path / "app-static.exe")
    wine(tmp_path / "app.exe")  # C beside C++


@pytest.mark.parametrize("static", [False, True])
def test_pkg_config(static, prefix, tmp_path):
    link = "-l:libbedrock_token.a $(pkg-config --static --cflags --libs bedrock_token)"
    if not static:
        link = "$(pkg-config --cflags --libs bedrock_token)"
    shell(
        f"eval {TOOLS}-gcc-posix {CONSUMERS}/app.c -o {tmp_path}/app.exe {link}",
        env={"PKG_CONFIG_PATH": prefix / "lib/pkgconfig"},
    )
    runs(tmp_path / "app.exe", None if static else prefix)
    assert imported(tmp_path / "app.exe") <= SYSTEM | {"bedrock_token.dll"}


def test_an_import_library_from_the_definition(prefix, tmp_path):
    definition, library = prefix / "lib/bedrock_token.def", tmp_path / "libother.a"
    run(f"{TOOLS}-dlltool -d", definition, "-l", library)
    program = tmp_path / "app.exe"
    header = prefix / "include"
    run(f"{TOOLS}-gcc-posix", CONSUMERS / "app.c", "-I", header, library, "-o", program)
    runs(program, prefix)


# --- the command ---


def command(*arguments, **options):
    env = {**CREDENTIALS, "AWS_REGION": "eu-central-1", **options.pop("env", {})}
    return wine(COMMAND, *arguments, env=env, **options)


def test_generates_and_inspects():
    token = command("--expires", "1h")
    assert token.startswith(PREFIX)
    # As a Windows program writes it.
    assert "eu-central-1" in command("inspect", "-", input=token.strip() + "\r\n")
    command("check", "-", input="\ufeff" + token.strip() + "\r\n")


def test_reads_credentials_with_windows_line_ends_in_a_difficult_folder(prefix):
    file = prefix / "my credentials.env"
    file.write_text("".join(f"{name}={value}\r\n" for name, value in CREDENTIALS.items()))
    nothing = dict.fromkeys(CREDENTIALS, "")
    assert command("--credentials", file, env=nothing).startswith(PREFIX)


def test_exec():
    shown = command(
        "exec", "--", "cmd", "/c", "echo %AWS_BEARER_TOKEN_BEDROCK%-%AWS_ACCESS_KEY_ID%"
    )
    assert shown.startswith(PREFIX)
    assert shown.strip().endswith("-%AWS_ACCESS_KEY_ID%")
    command("exec", "--", "cmd", "/c", "exit 7", status=7)
    command("exec", "--", "no-such-program", status=127)
