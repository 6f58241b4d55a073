//! How the shared library is linked; what is exported is `#[unsafe(no_mangle)]` and nothing else,
//! by rustc itself.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A break of the ABI is a new major version, so that is what the library is called after.
    let major = variable("CARGO_PKG_VERSION_MAJOR");
    let arguments = match variable("CARGO_CFG_TARGET_OS").as_str() {
        "windows" if variable("CARGO_CFG_TARGET_ENV") == "gnu" => for_mingw(),
        "windows" => vec![],
        "unknown" => vec!["-zstack-size=65536".to_owned()], // WebAssembly; the default is 1 MiB
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

fn for_mingw() -> Vec<String> {
    let mut arguments = vec![];
    if variable("CARGO_CFG_TARGET_ARCH") == "x86_64" {
        arguments.push("-Wl,--wrap=TlsAlloc,--wrap=TlsFree".to_owned()); // src/unload.rs
    }
    // The linker sorts the imports by the paths of what it reads: our folder and MinGW's. A relative
    // path comes first in any case, so every folder gives the same bytes.
    if let Some(system) = system_libraries() {
        let here = env::current_dir().expect("there is one");
        let up: PathBuf = here.components().skip(1).map(|_| "..").collect();
        arguments.push(format!("-L{}", up.join(system).display()));
    }
    arguments
}

/// Where a linker on Unix has the system's libraries, without the first `/`.
fn system_libraries() -> Option<PathBuf> {
    let linker = env::var_os("RUSTC_LINKER")?;
    let output = Command::new(linker).arg("-print-file-name=libkernel32.a").output().ok()?;
    let found = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    let folder = found.canonicalize().ok()?.parent().map(Path::to_owned)?;
    folder.strip_prefix("/").ok().map(Path::to_owned)
}

fn variable(name: &str) -> String {
    env::var(name).expect("cargo sets it")
}
