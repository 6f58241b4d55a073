"""Two builds in two folders, with two users' settings of cargo, give the same bytes. They name
neither those folders, nor the home, nor Rust's own source, which is installed on some machines
only."""

from pathlib import Path

from project import copy_source, run

LIBRARIES = ("libbedrock_token.so", "libbedrock_token.a")

SETTINGS = {
    "CARGO_BUILD_TARGET": "wasm32-unknown-unknown",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": 16,
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_PANIC": "abort",
    "CARGO_TARGET_DIR": "elsewhere",
    "RUSTFLAGS": "-Copt-level=0",
}


def build(folder, env=None):
    copy_source(folder)
    run("cmake -S . -B build -D BUILD_TESTING=OFF", cwd=folder)
    run("cmake --build build --target bedrock_token_libraries", cwd=folder, env=env)
    return [(folder / "build/lib" / library).read_bytes() for library in LIBRARIES]


def test_two_builds_are_the_same(tmp_path):
    one, other = build(tmp_path / "one"), build(tmp_path / "another/folder", SETTINGS)
    assert one == other
    for library in one:
        for folder in (str(tmp_path), f"{Path.home()}/", "/lib/rustlib/src/"):
            assert folder.encode() not in library
