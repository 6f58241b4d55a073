"""The Ruby gems."""

import shutil

import pytest
from conformance.languages import ROOT
from dist.artifacts import library, need
from project import targets_with


def driver() -> str:
    text = (ROOT / "bindings/ruby/conformance.rb").read_text()
    assert text.count("require_relative") == 1
    return text.replace("require_relative", "require")


@pytest.mark.parametrize(("target", "platform"), targets_with("ruby").items())
def test_contents(row, user, target, platform):
    need("gem=ruby")
    gem = row.artifact(f"bedrock_token-*-{platform}.gem")
    row.installed_by("gem unpack")
    user.run("gem", "unpack", gem)
    (folder,) = user.home.glob("bedrock_token-*")
    (carried,) = folder.glob("lib/*bedrock_token*.[0ds]*")
    assert carried.read_bytes() == library(target)
    assert {path.name for path in folder.iterdir()} == {
        "LICENSE",
        "NOTICE",
        "README.md",
        "lib",
        "sig",
    }
    platform_of = "print Gem::Package.new(ARGV[0]).spec.platform"
    assert user.run("ruby", "-rrubygems/package", "-e", platform_of, gem) == platform


def test_gem_install(row, user):
    need("gem=ruby", "/usr/share/doc/ruby-ffi=ruby-ffi")
    gem = row.artifact("bedrock_token-*-x86_64-linux.gem")
    row.installed_by("gem install --local")
    user.environment["GEM_HOME"] = str(user.home / "gems")
    user.run("gem", "install", "--local", "--no-document", gem)
    (user.home / "driver.rb").write_text(driver())
    row.vectors(lambda vectors: user.run("ruby", "-w", "driver.rb", input=vectors))


def test_gem_install_on_arm64(row, user, arm64):
    gem = row.artifact("bedrock_token-*-aarch64-linux.gem")
    row.installed_by("gem install --local, arm64; qemu")
    root, run = arm64
    shutil.copy(gem, root / "test")
    (root / "test/driver.rb").write_text(driver())
    ruby = (*run, "/usr/bin/ruby")
    user.environment["GEM_HOME"] = "/test/gems"
    user.run(*ruby, "/usr/bin/gem", "install", "--local", "--no-document", f"/test/{gem.name}")
    row.vectors(lambda vectors: user.run(*ruby, "-w", "/test/driver.rb", input=vectors))
