"""The installed library, linked in each way of README's table, on the prefix as `make install`
makes it."""

import re
import shutil

import pytest
from elf import dynamic, needs_library
from project import (
    CONSUMERS,
    ROOT,
    VERSION,
    WAYS_TO_LINK,
    assert_published_token,
    copy_source,
    files,
    needs,
    run,
    shell,
)

# For builds of the library that only have to link: a debug build takes less time.
QUICK = "-DCMAKE_BUILD_TYPE=Debug"


def cmake_build(source, build, *options):
    run("cmake", "-S", source, "-B", build, *options)
    run("cmake --build", build)
    return build


def assert_written(build_file, *rows):
    """The build file has these rows of README's table in it."""
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


def test_pkg_config_static(prefix, app):
    assert_linked(build_with_pkg_config("pkg-config, static", prefix, app), shared=False)


def test_pkg_config_fully_static(prefix, app):
    program = build_with_pkg_config("pkg-config, fully static", prefix, app)
    assert_linked(program, shared=False)
    assert not dynamic(program)


def test_a_program_takes_only_what_it_uses(prefix, tmp_path):
    source = (
        "#include <bedrock_token.h>\nint main(void) { return *bedrock_token_version() == 0; }\n"
    )
    run(
        f"cc -x c - -I {prefix}/include -x none {prefix}/lib/libbedrock_token.a -Wl,--gc-sections -s",
        *("-o", tmp_path / "version"),
        input=source,
    )
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

    run(build / "app")  # C beside C++
    assert_linked(build / "app-static", shared=False)
    assert_linked(build / "app-bedrock_token", shared=(wanted, installed) == ("shared", "both"))
    if installed == "both":
        assert_linked(build / "app-shared", shared=True)


def test_cmake_finds_the_versions_that_the_installed_one_stands_in_for(prefix, tmp_path):
    source = CONSUMERS / "cmake-versions"
    options = [f"-DCMAKE_PREFIX_PATH={prefix}", f"-DINSTALLED={VERSION}"]
    run("cmake", "-S", source, "-B", tmp_path, *options)


def test_add_subdirectory(tmp_path):
    source = shutil.copytree(CONSUMERS, tmp_path / "consumers") / "from-source"
    assert_written(source / "CMakeLists.txt", "CMake, from source", "CMake, either way")
    (source / "bedrock-token").symlink_to(ROOT)
    build = cmake_build(source, tmp_path / "build", QUICK)

    run(build / "app")  # C beside C++
    assert_linked(build / "app-shared", shared=True)
    assert_linked(build / "app-static", shared=False)
    run("cmake --install", build, "--prefix", tmp_path / "prefix")
    assert files(tmp_path / "prefix") == {"bin/app-bedrock_token"}
    assert_linked(tmp_path / "prefix/bin/app-bedrock_token", shared=False)


def test_fetch_content_shared_installs_a_program_that_starts(tmp_path):
    options = [QUICK, f"-DBEDROCK_TOKEN_SOURCE={ROOT}", "-DBUILD_SHARED_LIBS=ON"]
    build = cmake_build(CONSUMERS / "fetch-content", tmp_path / "build", *options)
    prefix = tmp_path / "prefix"
    run("cmake --install", build, "--prefix", prefix)
    build.rename(tmp_path / "moved")  # so that nothing is found there
    assert_linked(prefix / "bin/app", shared=True)
    assert dynamic(prefix / "bin/app")["RUNPATH"] == ["$ORIGIN/../lib"]
    library = "lib/libbedrock_token.so"
    assert files(prefix) == {"bin/app", f"{library}.{VERSION}", f"{library}.0"}


def test_meson(prefix, app):
    needs("meson", "ninja")
    shutil.copy(CONSUMERS / "meson/meson.build", app)
    assert_written(app / "meson.build", "Meson")
    run("meson setup build", cwd=app, env={"PKG_CONFIG_PATH": prefix / "lib/pkgconfig"})
    run("meson compile -C build", cwd=app)
    assert_linked(app / "build/app-shared", shared=True, LD_LIBRARY_PATH=prefix / "lib")
    assert_linked(app / "build/app-static", shared=False)


@pytest.mark.parametrize("libraries", ["other.a bedrock_token.a", "bedrock_token.a other.a"])
def test_beside_another_static_rust_library(libraries, prefix, tmp_path):
    source = CONSUMERS / "two-rust"
    output = tmp_path / "libother.a"
    options = "--edition 2024 --crate-type staticlib -C opt-level=3 -C lto=fat"
    run(f"rustc {options}", source / "other.rs", "-o", output)
    folders = [f"-I{prefix}/include", f"-L{prefix}/lib", f"-L{tmp_path}"]
    order = [f"-l:lib{library}" for library in libraries.split()]
    program = tmp_path / "two-rust"
    run("cc", source / "main.c", *folders, *order, *private_libraries(prefix), "-o", program)
    run(program)


def test_system_libraries_are_those_that_rustc_names(prefix, tmp_path):
    says = tmp_path / "rustc-says"
    run(
        "cargo rustc --package bedrock-token --lib --crate-type staticlib --locked",
        *("--target-dir", ROOT / "target", "--", "--print", f"native-static-libs={says}"),
    )
    # The compiler driver adds these in the form that fits, so they are left out (cmake/cargo.cmake).
    expected = set(says.read_text().split()) - {"-lgcc_s", "-lc"}
    assert set(private_libraries(prefix)) == expected
    run("cmake", "-S", CONSUMERS / "cmake", "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}")
    properties = (tmp_path / "static-properties").read_text().strip()
    assert set(properties.removeprefix("INTERFACE_LINK_LIBRARIES=").split(";")) == expected


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
