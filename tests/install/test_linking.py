"""The installed library, linked in the ways of README's table, but for Debian's packages. `make install` or
cargo-c has made the prefix."""

import os
import re
import shutil

import pytest
from elf import dynamic, needs_library, soname
from project import (
    CONSUMERS,
    ROOT,
    TREE,
    VERSION,
    WAYS_TO_LINK,
    assert_published_token,
    copy_source,
    exported_symbols,
    files,
    needs,
    path_without,
    run,
    shell,
)

# For builds of the library that only have to link: a debug build takes less time.
QUICK = "-DCMAKE_BUILD_TYPE=Debug"


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    """The library, installed from build/release and moved since. Tests must not change it."""
    needs("cc", "cmake", "pkg-config")
    folder = tmp_path_factory.mktemp("installed")
    run("cmake --install", TREE, "--prefix", folder / "before")
    return (folder / "before").rename(folder / "prefix")


@pytest.fixture
def app(tmp_path):
    """A folder with app.c in it."""
    shutil.copy(CONSUMERS / "app.c", tmp_path)
    return tmp_path


def cmake_build(source, build, *options):
    run("cmake", "-S", source, "-B", build, *options)
    run("cmake --build", build)
    return build


def assert_written(build_file, *rows):  # of README's table
    for row in rows:
        assert WAYS_TO_LINK[row] in build_file.read_text()


def assert_linked(program, shared, **environment):
    """The program needs the shared library, or does not, and generates the published token."""
    assert needs_library(program) == shared
    assert_published_token(run(program, env=environment))


def build_with_pkg_config(row, prefix, folder):
    shell(WAYS_TO_LINK[row], cwd=folder, env={"PKG_CONFIG_PATH": prefix / "lib/pkgconfig"})
    return folder / "app"


def private_libraries(prefix):
    text = (prefix / "lib/pkgconfig/bedrock_token.pc").read_text()
    return re.search("^Libs.private: *(.*)", text, re.M)[1].split()


def test_no_file_names_a_folder_of_this_machine(prefix):
    run("grep -rl", "-e", prefix.parent, "-e", ROOT, prefix, status=1)


def test_pkg_config(prefix, app):
    program = build_with_pkg_config("pkg-config", prefix, app)
    assert_linked(program, shared=True, LD_LIBRARY_PATH=prefix / "lib")
    assert_linked(build_with_pkg_config("pkg-config, static", prefix, app), shared=False)
    program = build_with_pkg_config("pkg-config, fully static", prefix, app)
    assert_linked(program, shared=False)
    assert not dynamic(program)


def test_a_program_takes_only_what_it_uses(prefix, tmp_path):
    source = "int main(void) { return *bedrock_token_version() == 0; }"
    compiler = f"cc -I {prefix}/include -include bedrock_token.h -x c - -x none"
    library = prefix / "lib/libbedrock_token.a"
    run(compiler, library, "-Wl,--gc-sections", "-s", "-o", tmp_path / "version", input=source)
    run(tmp_path / "version")
    assert (tmp_path / "version").stat().st_size < 50_000


@pytest.mark.parametrize("installed", ["both", "static"])
@pytest.mark.parametrize("wanted", ["shared", "static"])
def test_cmake_installed(wanted, installed, prefix, tmp_path):
    assert_written(CONSUMERS / "cmake/CMakeLists.txt", "CMake, installed", "CMake, either way")
    if installed == "static":
        without = shutil.ignore_patterns("*.so*")
        prefix = shutil.copytree(prefix, tmp_path / "prefix", ignore=without)
    shared = f"-DBUILD_SHARED_LIBS={'ON' if wanted == 'shared' else 'OFF'}"
    options = [f"-DCMAKE_PREFIX_PATH={prefix}", shared]
    build = cmake_build(CONSUMERS / "cmake", tmp_path / "build", *options)

    run(build / "app")
    assert_linked(build / "app-static", shared=False)
    assert_linked(build / "app-bedrock_token", shared=(wanted, installed) == ("shared", "both"))
    if installed == "both":
        assert_linked(build / "app-shared", shared=True)


@pytest.mark.parametrize("way", ["add_subdirectory", "FetchContent"])
def test_cmake_from_source(way, tmp_path):
    """One way with the static library, the other one with the shared one."""
    shared = way == "FetchContent"
    source = shutil.copytree(CONSUMERS, tmp_path / "consumers") / "from-source"
    assert_written(source / "CMakeLists.txt", "CMake, from source", "CMake, either way")
    (source / "bedrock-token").symlink_to(ROOT)
    options = [QUICK, *(["-DFETCH=ON", "-DBUILD_SHARED_LIBS=ON"] if shared else [])]
    build = cmake_build(source, tmp_path / "build", *options)

    run(build / "app")
    assert_linked(build / "app-shared", shared=True)
    assert_linked(build / "app-static", shared=False)
    prefix = tmp_path / "prefix"
    run("cmake --install", build, "--prefix", prefix)
    build.rename(tmp_path / "moved")  # so that nothing is found there
    program = prefix / "bin/app-bedrock_token"
    assert_linked(program, shared=shared)
    libraries = set()
    if shared:
        assert dynamic(program)["RUNPATH"] == ["$ORIGIN/../lib"]
        libraries = {f"lib/libbedrock_token.so.{version}" for version in (VERSION, 0)}
    assert files(prefix) == {"bin/app-bedrock_token"} | libraries


def test_meson(prefix, app):
    needs("meson", "ninja")
    shutil.copy(CONSUMERS / "meson/meson.build", app)
    assert_written(app / "meson.build", "Meson")
    run("meson setup build", cwd=app, env={"PKG_CONFIG_PATH": prefix / "lib/pkgconfig"})
    run("meson compile -C build", cwd=app)
    assert_linked(app / "build/app-shared", shared=True, LD_LIBRARY_PATH=prefix / "lib")
    assert_linked(app / "build/app-static", shared=False)


def test_a_provider_of_a_library_that_hides_its_symbols(prefix, tmp_path):
    installed = [f"-I{prefix}/include", f"-L{prefix}/lib", "-lbedrock_token"]
    compiler = f"c++ -std=c++17 {CONSUMERS}/hidden.cpp"
    library = tmp_path / "libhidden.so"
    run(f"{compiler} -DLIBRARY -shared -fPIC -fvisibility=hidden -o", library, *installed)
    run(f"{compiler} -o", tmp_path / "app", library, *installed)
    run(tmp_path / "app", env={"LD_LIBRARY_PATH": prefix / "lib"})


@pytest.mark.parametrize("libraries", ["other.a bedrock_token.a", "bedrock_token.a other.a"])
def test_beside_another_static_rust_library(libraries, prefix, app):
    rustc = "rustc --edition 2024 --crate-type staticlib -C opt-level=3 -C lto=fat"
    run(rustc, CONSUMERS / "other.rs", "-o", app / "libother.a")
    arguments = [f"-I{prefix}/include", f"-L{prefix}/lib", f"-L{app}"]
    arguments += [f"-l:lib{library}" for library in libraries.split()] + private_libraries(prefix)
    run("cc -DWITH_OTHER app.c -o app", *arguments, cwd=app)
    assert_published_token(run(app / "app"))


def test_a_program_runs_with_a_later_version(prefix, app):
    program = build_with_pkg_config("pkg-config", prefix, app)
    later = re.sub(r"\d+$", lambda patch: str(int(patch[0]) + 1), VERSION)
    source = copy_source(app / "later")
    for file in [source / "Cargo.toml", source / "Cargo.lock", *source.glob("include/*")]:
        text = file.read_text()
        file.write_text(re.sub(f'(version =|VERSION) "{VERSION}"', rf'\1 "{later}"', text))
    build = cmake_build(source, app / "build", QUICK, "-DBUILD_TESTING=OFF")
    run("cmake --install", build, "--prefix", app / "prefix")
    output = run(program, env={"LD_LIBRARY_PATH": app / "prefix/lib"})
    assert_published_token(output)
    assert output.splitlines()[1] == later


def test_make_install_from_a_fresh_clone_without_cxx_and_apt(prefix, tmp_path):
    missing = ("c++", "g++", "clang++", "x86_64-linux-gnu-g++", "apt", "dpkg")
    quick = {"CARGO_PROFILE_RELEASE_OPT_LEVEL": "0"}
    environment = {"PATH": path_without(missing, tmp_path / "bin"), **quick}
    source = copy_source(tmp_path / "source")
    run(f"make install PREFIX={tmp_path}/prefix", cwd=source, env=environment)
    assert files(tmp_path / "prefix") == files(prefix)
    assert not (source / "build/release/tests").exists()


def test_make_install_under_sudo_without_rust(prefix, tmp_path):
    """It installs the last build, and builds nothing."""
    path = path_without(("cargo", "rust", "c++", "g++", "apt"), tmp_path / "bin")
    environment = {"PATH": path, "HOME": tmp_path, "CARGO_HOME": tmp_path, "SUDO_USER": "someone"}
    run(f"make install PREFIX={tmp_path}/prefix", env=environment)
    assert files(tmp_path / "prefix") == files(prefix)
    library = "lib/libbedrock_token.so"
    assert (tmp_path / "prefix" / library).read_bytes() == (TREE / library).read_bytes()


def test_examples_are_a_project_of_their_own(prefix, tmp_path):
    source = shutil.copytree(ROOT / "examples-c", tmp_path / "examples")
    build = cmake_build(source, tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    output = run("ctest --output-on-failure --no-tests=error --test-dir", build)
    for file in (programs := [*source.glob("*.c"), *source.glob("*.cpp")]):
        program = file.stem + ("-cpp" if file.suffix == ".cpp" else "")
        assert f"example-{program} " in output
    assert programs


@pytest.fixture(scope="module")
def cargo_c(tmp_path_factory):
    """The prefix that cargo-c installed into. cargo-c itself is installed if it is missing."""
    run("tools/need.sh cc=gcc pkg-config /usr/include/openssl/ssl.h=libssl-dev")
    programs = run("tools/cargo-tool.sh cargo-c 0.10.23").strip()
    prefix = tmp_path_factory.mktemp("prefix")
    documented = re.findall("^    (cargo .*)", (ROOT / "docs/LINKING.md").read_text(), re.M)
    assert len(documented) == 3
    env = {"PATH": f"{programs}:{os.environ['PATH']}", "CARGO_TARGET_DIR": TREE / "cargo-c"}
    for command in documented:
        library = f" --libdir {prefix}/lib" if "cinstall" in command else ""  # not multiarch
        run(command.replace("/usr/local", str(prefix)) + library, env=env)
    return prefix


def test_cargo_c_installs_the_same_files(cargo_c, prefix):
    assert files(cargo_c) == {file for file in files(prefix) if not file.startswith("share/cmake/")}
    for file in files(cargo_c):
        if file.startswith(("include/", "share/")):
            assert (cargo_c / file).read_bytes() == (prefix / file).read_bytes()


def test_the_library_of_cargo_c(cargo_c, prefix, app):
    library = cargo_c / "lib/libbedrock_token.so"
    assert soname(library) == "libbedrock_token.so.0"
    symbols = run("nm -D --defined-only --format=just-symbols", library)
    assert sorted(symbols.split()) == exported_symbols()

    program = build_with_pkg_config("pkg-config", cargo_c, app)
    assert_linked(program, shared=True, LD_LIBRARY_PATH=cargo_c / "lib")
    # It asks rustc, as cmake/cargo.cmake does. Every compiler adds the two that are left out.
    beside = set(private_libraries(cargo_c)) - {"-lgcc_s", "-lc"}
    assert beside == set(private_libraries(prefix))
    config = (prefix / "share/cmake/bedrock_token/bedrock_token-config.cmake").read_text()
    assert beside == set(re.search(r'INTERFACE_LINK_LIBRARIES "(.*)"', config)[1].split(";"))
