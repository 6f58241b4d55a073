# Conan 2. Builds from source, with the Rust that is on the machine: `conan create packaging/conan`.
# Checked: `conan create` builds and tests it, shared and static, on Linux (tests/dist/test_conan.py).
import re
import shutil
from pathlib import Path

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir

required_conan_version = ">=2.0"


class BedrockToken(ConanFile):
    name = "bedrock-token"
    description = "Generates AWS bearer tokens for Amazon Bedrock and Claude Platform on AWS"
    license = "Apache-2.0"
    url = homepage = "https://github.com/bedrock-token/bedrock-token"
    topics = ("aws", "bedrock", "token", "sigv4")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False]}  # noqa: RUF012
    default_options = {"shared": False}  # noqa: RUF012
    languages = "C"

    @property
    def _root(self):
        return Path(self.recipe_folder).parents[1]

    def set_version(self):
        manifest = load(self, self._root / "Cargo.toml")
        self.version = re.search(r'^version = "(.*)"', manifest, re.M)[1]

    def export_sources(self):
        here, there = self._root, Path(self.export_sources_folder)
        for file in ("Cargo.lock", "Cargo.toml", "CMakeLists.txt", "LICENSE", "build.rs"):
            shutil.copy(here / file, there)
        for folder in ("cli", "cmake", "core", "include", "src"):
            shutil.copytree(here / folder, there / folder)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["BUILD_TESTING"] = False
        toolchain.cache_variables["BEDROCK_TOKEN_COMMAND"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        package = Path(self.package_folder)
        copy(self, "LICENSE", self.source_folder, package / "licenses")
        CMake(self).install()
        static = {package / "lib/libbedrock_token.a", package / "lib/bedrock_token.lib"}
        for file in {*package.glob("lib/*bedrock_token*"), *package.glob("bin/*")}:
            if (file in static) == self.options.shared:
                file.unlink()
        rmdir(self, package / "share")

    def package_info(self):
        self.cpp_info.libs = ["bedrock_token"]
        self.cpp_info.set_property("cmake_file_name", "bedrock_token")
        self.cpp_info.set_property("cmake_target_name", "bedrock_token::bedrock_token")
        self.cpp_info.set_property("pkg_config_name", "bedrock_token")
        if not self.options.shared:
            installed = load(self, Path(self.package_folder) / "lib/pkgconfig/bedrock_token.pc")
            _, _, private = installed.partition("Libs.private:")
            self.cpp_info.system_libs = re.findall(r"-l(\S+)", private)
        elif self.settings.os == "Windows":
            self.cpp_info.defines = ["BEDROCK_TOKEN_DLL"]
            if self.settings.compiler == "msvc":
                self.cpp_info.libs = ["bedrock_token.dll"]
