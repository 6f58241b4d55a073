"""The project, configured as packagers, IDEs and other toolchains do. Most builds are debug builds that share
cargo's folder."""

import shutil
import sys
from pathlib import Path

import pytest
from elf import dynamic
from elftools.elf.elffile import ELFFile
from project import (
    CONSUMERS,
    ROOT,
    assert_published_token,
    copy_source,
    files,
    needs,
    path_without,
    run,
)

DEBUG = "-DCMAKE_BUILD_TYPE=Debug"
BARE = (DEBUG, "-DBUILD_TESTING=OFF")


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """build(FOLDER, OPTION...) configures and builds, and returns the folder."""
    shared = tmp_path_factory.mktemp("cargo")

    def build(folder, *options, source=ROOT, targets=(), env=None):
        own = f"-DBEDROCK_TOKEN_CARGO_TARGET_DIR={shared}"
        run("cmake", "-S", source, "-B", folder, own, *options, env=env)
        run("cmake --build", folder, *(f"--target={target}" for target in targets), env=env)
        return folder

    return build


@pytest.mark.parametrize("generator", ["Unix Makefiles", "Ninja", "Ninja Multi-Config"])
def test_generator_of_the_environment(generator, build, tmp_path):
    needs("ninja")
    quick = {"CARGO_PROFILE_RELEASE_OPT_LEVEL": "0"}
    # With this, an exception out of a callback would end the program: our settings have precedence.
    theirs = {f"CARGO_PROFILE_{profile}_PANIC": "abort" for profile in ("DEV", "RELEASE")}
    env = {"CMAKE_GENERATOR": generator, **quick, **theirs}
    tree = build(tmp_path / "build", DEBUG, env=env)
    assert f"CMAKE_GENERATOR:INTERNAL={generator}\n" in (tree / "CMakeCache.txt").read_text()
    run("ctest -C Debug --no-tests=error -R 'generate|exceptions' --test-dir", tree)
    run("cmake --install", tree, "--config", "Debug", "--prefix", tmp_path / "prefix")
    assert "eu-central-1" in run(tmp_path / "prefix/bin/bedrock-token", "--help")


@pytest.mark.parametrize(
    "folders",
    [
        {"INCLUDEDIR": "include/bedrock"},
        {"LIBDIR": "lib/some-linux-gnu", "DATADIR": "usr/share"},
        {"LIBDIR": "/lib", "INCLUDEDIR": "/dev", "BINDIR": "/bin"},
    ],
    ids=lambda folders: "-".join(folders),
)
def test_install_folders(folders, build, tmp_path):
    """Those that are absolute here are below a folder of the test. Programs find the library."""
    options = [
        f"-DCMAKE_INSTALL_{name}={f'{tmp_path}{folder}' if folder[0] == '/' else folder}"
        for name, folder in folders.items()
    ]
    options += [*BARE, "-DBEDROCK_TOKEN_COMMAND=OFF", f"-DCMAKE_INSTALL_PREFIX={tmp_path}/prefix"]
    run("cmake --install", build(tmp_path / "build", *options))
    found = f"-DCMAKE_PREFIX_PATH={tmp_path}/prefix;{tmp_path}/prefix/usr"
    consumer = tmp_path / "consumer"
    run("cmake", "-S", CONSUMERS / "cmake", "-B", consumer, found)
    run("cmake --build", consumer)
    for program in ("app-shared", "app-static"):
        assert_published_token(run(consumer / program))
    path = {"PKG_CONFIG_PATH": next(tmp_path.rglob("pkgconfig"))}
    flags = run("pkg-config --cflags --libs bedrock_token", env=path).split()
    run("cc", CONSUMERS / "app.c", *flags, "-o", consumer / "app-pkg-config")
    assert [*(tmp_path / "prefix").rglob("doc/bedrock-token/LICENSE")]


def test_flags_of_the_compiler_the_linker_and_cargo(build, tmp_path):
    """In a folder with a space, an umlaut and a quote, where cargo's configuration has options of rustc, as a
    distribution's has. `cc` is not the compiler."""
    source = copy_source(tmp_path / "it's grün here/source")
    config = source.parent / ".cargo/config.toml"
    config.parent.mkdir()
    config.write_text('[build]\nrustflags = ["-Clink-arg=-Wl,-z,nodlopen"]\n')
    tree = build(
        source.parent / "build",
        *BARE,
        "-DCMAKE_C_COMPILER=gcc",
        "-DCMAKE_C_FLAGS=-Wl,-z,nodelete",
        "-DCMAKE_SHARED_LINKER_FLAGS=-Wl,-z,interpose",
        "-DCMAKE_EXE_LINKER_FLAGS=-Wl,-z,origin",
        source=source,
        env={"PATH": path_without(("cc",), tmp_path / "bin")},
    )
    assert not [*tree.glob("*.a")]  # the one of which rustc says what it needs has 21 MB
    now, nodelete, nodlopen, interpose, origin = 0x1, 0x8, 0x40, 0x400, 0x80
    [flags] = dynamic(tree / "lib/libbedrock_token.so")["FLAGS_1"]
    assert flags == now | nodelete | nodlopen | interpose
    [flags] = dynamic(tree / "bedrock-token")["FLAGS_1"]
    assert flags & origin


def test_a_program_with_the_shared_library_alone_needs_no_binutils(build, tmp_path):
    source = shutil.copytree(CONSUMERS, tmp_path / "consumers") / "from-source"
    (source / "bedrock-token").symlink_to(ROOT)
    options = (DEBUG, "-DBEDROCK_TOKEN_BINUTILS=missing-")
    tree = build(tmp_path / "build", *options, source=source, targets=["app-shared"])
    assert_published_token(run(tree / "app-shared"))
    assert not [*(tree / "bedrock-token").rglob("*.a")]
    output = run("cmake --build", tree, "--target=app-static", status=2)
    assert "no missing-ld.bfd for" in output


# cargo, but a build only tells whether it could take a turn from make.
TELLING_CARGO = """#!/bin/sh
case $1 in build | run) ;; *) exec cargo "$@" ;; esac
turns=${MAKEFLAGS#*--jobserver-auth=}
case $turns in
  fifo:*) [ -e "$(expr "$turns" : 'fifo:\\([^ ]*\\)')" ] ;;
  *) [ -e "/proc/self/fd/${turns%%,*}" ] ;;
esac && echo "turns come from make"
exit 1
"""


def test_make_shares_its_processes_with_cargo(tmp_path):
    """From CMake 3.28 on: here it is PyPI's."""
    cmake = Path(sys.executable).with_name("cmake")
    cargo = tmp_path / "cargo"
    cargo.write_text(TELLING_CARGO)
    cargo.chmod(0o755)
    options = (*BARE, f"-DBEDROCK_TOKEN_CARGO={cargo}", "-G", "Unix Makefiles")
    run(cmake, "-S", ROOT, "-B", tmp_path / "build", *options)
    output = run(cmake, "--build", tmp_path / "build", "--parallel", "2", status=2)
    assert "turns come from make" in output


@pytest.mark.parametrize("target", ["x86_64-unknown-linux-musl", "x86_64-apple-darwin"])
def test_toolchain_files_write_nothing_into_the_source(target, tmp_path):
    needs("clang")
    run("tools/rust-target.sh", target)
    source = copy_source(tmp_path / "source")
    before = files(source)
    toolchain = source / f"cmake/targets/{target}.cmake"
    run("cmake", "-S", source, "-B", tmp_path / "build", "--toolchain", toolchain, *BARE)
    assert files(source) == before


def test_sysroot(build, tmp_path):
    """clang and the files of another Debian: `--target` and `--sysroot`, as Yocto and the NDK use them."""
    run(
        "tools/need.sh mmdebstrap clang ld.lld=lld aarch64-linux-gnu-ld.bfd=binutils-aarch64-linux-gnu"
        " qemu-aarch64-static=qemu-user-static"
    )
    run("tools/rust-target.sh aarch64-unknown-linux-gnu")
    sysroot = ROOT / "target/install/arm64"
    if not (sysroot / "usr/include").exists():
        sysroot.parent.mkdir(parents=True, exist_ok=True)
        run(
            "mmdebstrap --variant=extract --skip=check/qemu --architectures=arm64"
            " --include=libc6-dev,libgcc-12-dev bookworm",
            sysroot,
        )
    tree = build(
        tmp_path / "build",
        *BARE,
        "-DBEDROCK_TOKEN_RUST_TARGET=aarch64-unknown-linux-gnu",
        "-DCMAKE_SYSTEM_NAME=Linux",
        "-DCMAKE_SYSTEM_PROCESSOR=aarch64",
        "-DCMAKE_C_COMPILER=clang",
        "-DCMAKE_C_COMPILER_TARGET=aarch64-linux-gnu",
        f"-DCMAKE_SYSROOT={sysroot}",
        "-DCMAKE_C_FLAGS=-fuse-ld=lld",
    )
    with open(tree / "lib/libbedrock_token.so", "rb") as file:
        assert ELFFile(file)["e_machine"] == "EM_AARCH64"
    command = run("qemu-aarch64-static -L", sysroot, tree / "bedrock-token", "--version")
    assert command.startswith("bedrock-token ")
