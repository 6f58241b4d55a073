//! How the shared library is linked; what is exported is `#[unsafe(no_mangle)]` and nothing else,
//! by rustc itself.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name| env::var(name).expect("cargo sets it");
    // A break of the ABI is a new major version, so that is what the library is called after.
    let major = variable("CARGO_PKG_VERSION_MAJOR");
    let on_mingw =
        variable("CARGO_CFG_TARGET_ENV") == "gnu" && variable("CARGO_CFG_TARGET_ARCH") == "x86_64";
    let arguments = match variable("CARGO_CFG_TARGET_OS").as_str() {
        "windows" if on_mingw => {
            vec!["-Wl,--wrap=TlsAlloc,--wrap=TlsFree".to_owned()] // src/unload.rs
        }
        "windows" => vec![],
        "macos" | "ios" => vec![format!("-Wl,-install_name,@rpath/libbedrock_token.{major}.dylib")],
        _ => vec![
            format!("-Wl,-soname,libbedrock_token.so.{major}"),
            "-Wl,-z,relro,-z,now".to_owned(),
        ],
    };
    for argument in arguments {
        println!("cargo::rustc-cdylib-link-arg={argument}");
    }
}
