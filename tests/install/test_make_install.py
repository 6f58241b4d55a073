"""`make install` needs little: no C++, no apt-get; and, under sudo, no Rust either."""

from project import TREE, copy_source, files, path_without, run


def test_from_a_fresh_clone_without_cxx_and_apt(prefix, tmp_path):
    missing = ("c++", "g++", "clang++", "x86_64-linux-gnu-g++", "apt", "dpkg")
    quick = {"CARGO_PROFILE_RELEASE_LTO": "off", "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0"}
    environment = {"PATH": path_without(missing, tmp_path / "bin"), **quick}
    source = copy_source(tmp_path / "source")
    run(f"make install PREFIX={tmp_path}/prefix", cwd=source, env=environment)
    assert files(tmp_path / "prefix") == files(prefix)
    assert not (source / "build/release/tests").exists()


def test_under_sudo_without_rust(prefix, tmp_path):
    """It installs the last build, and builds nothing."""
    path = path_without(("cargo", "rust", "c++", "g++", "apt"), tmp_path / "bin")
    environment = {"PATH": path, "HOME": tmp_path, "CARGO_HOME": tmp_path, "SUDO_USER": "someone"}
    run(f"make install PREFIX={tmp_path}/prefix", env=environment)
    assert files(tmp_path / "prefix") == files(prefix)
    library = "lib/libbedrock_token.so"
    assert (tmp_path / "prefix" / library).read_bytes() == (TREE / library).read_bytes()
