# nix-build -E '(import <nixpkgs> {}).callPackage ./packaging/nix/package.nix {}'
# Checked: the syntax (tests/dist/test_recipes.py). Not checked: the build, which needs nixpkgs.
{
  lib,
  stdenv,
  cargo,
  cmake,
  rustPlatform,
  rustc,
}:
let
  manifest = lib.importTOML ../../Cargo.toml;
in
stdenv.mkDerivation {
  pname = manifest.package.name;
  version = manifest.workspace.package.version;
  src = lib.cleanSource ../..;
  cargoDeps = rustPlatform.importCargoLock { lockFile = ../../Cargo.lock; };
  nativeBuildInputs = [
    cargo
    cmake
    rustPlatform.cargoSetupHook
    rustc
  ];
  # nixpkgs gives absolute folders, and the pkg-config file has relative ones.
  cmakeFlags = [
    "-DBUILD_TESTING=OFF"
    "-DCMAKE_INSTALL_BINDIR=bin"
    "-DCMAKE_INSTALL_DATADIR=share"
    "-DCMAKE_INSTALL_INCLUDEDIR=include"
    "-DCMAKE_INSTALL_LIBDIR=lib"
  ];
  meta = {
    inherit (manifest.package) description;
    homepage = "https://github.com/bedrock-token/bedrock-token";
    license = lib.licenses.asl20;
    mainProgram = "bedrock-token";
  };
}
