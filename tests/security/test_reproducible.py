"""A build in another folder, with another user's settings of cargo, and with Rust packages in a folder, gives
the bytes of build/release. They do not name Rust's own source either, which is installed on some machines only."""

import pytest
from project import TREE, assert_names_no_folder, copy_source, run

SETTINGS = {
    "CARGO_NET_OFFLINE": "true",
    "CARGO_BUILD_TARGET": "wasm32-unknown-unknown",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": 16,
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_PANIC": "abort",
    "CARGO_TARGET_DIR": "elsewhere",
    "RUSTFLAGS": "-Copt-level=0",
}


@pytest.mark.thorough
def test_two_builds_are_the_same(tmp_path):
    folder = copy_source(tmp_path / "another/folder")
    (folder / ".cargo").mkdir()
    (folder / ".cargo/config.toml").write_text(run("cargo vendor --locked vendor", cwd=folder))
    run("cmake -S . -B build -D BUILD_TESTING=OFF", cwd=folder)
    targets = "bedrock_token_shared bedrock_token_static"
    run(f"cmake --build build --target {targets}", cwd=folder, env=SETTINGS)
    for library in ("lib/libbedrock_token.so", "lib/libbedrock_token.a"):
        content = (TREE / library).read_bytes()
        assert content == (folder / "build" / library).read_bytes()
        assert b"/lib/rustlib/src/" not in content
        assert_names_no_folder(TREE / library)
