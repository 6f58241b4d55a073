"""The npm package, and the WebAssembly module."""

from conformance.languages import ROOT
from dist.artifacts import need


def test_npm_install(row, user):
    need("node=nodejs", "npm")
    package = row.artifact("bedrock-token-*-npm.tgz")
    row.installed_by("npm install")
    user.run("npm", "install", "--no-audit", "--no-fund", "--offline", package)
    (installed,) = user.home.glob("node_modules/*/")
    assert {path.name for path in installed.iterdir()} == {
        *("LICENSE", "NOTICE", "README.md", "package.json"),
        *("bedrock_token.wasm", "cjs", "esm"),
    }
    driver = (ROOT / "bindings/javascript/conformance.mjs").read_text()
    (user.home / "driver.mjs").write_text(driver)
    row.vectors(lambda vectors: user.run("node", "driver.mjs", input=vectors))


def test_module(row, user):
    """It is the one in the package."""
    need("node=nodejs")
    module = row.artifact("bedrock_token-*.wasm")
    row.installed_by("(a file)")
    package = row.artifact("bedrock-token-*-npm.tgz")
    user.run("tar", "-xf", package)
    assert (user.home / "package/bedrock_token.wasm").read_bytes() == module.read_bytes()
    imports = "WebAssembly.Module.imports(new WebAssembly.Module(fs.readFileSync(process.argv[1])))"
    assert user.run("node", "--print", f"JSON.stringify({imports})", module) == "[]\n"
