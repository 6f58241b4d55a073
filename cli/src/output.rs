use std::fs::File;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::failure::Failure;

/// Writes to standard output. It succeeds only if all of it could be written.
pub fn write(text: &str) -> Result<(), Failure> {
    if !OPEN.load(Ordering::Relaxed) {
        return Err(Failure::refused("standard output: closed"));
    }
    let written = unbuffered(io::stdout()).and_then(|mut stdout| stdout.write_all(text.as_bytes()));
    written.map_err(|error| {
        Failure::refused(format!("standard output: cannot write ({})", error.kind()))
    })
}

/// An object with these fields, in this order.
pub fn json_line<const N: usize>(fields: [(&str, Value); N]) -> String {
    format!("{{{}}}\n", fields.map(|(name, value)| format!("\"{name}\":{value}")).join(","))
}

/// Says on standard error what is wrong. It ignores a failure to do so.
pub fn complain(message: &str) {
    if !message.is_empty() {
        let _ = writeln!(io::stderr(), "bedrock-token: {message}");
    }
}

pub fn warn(message: &str) {
    complain(&format!("warning: {message}"));
}

/// Rust opens /dev/null in the place of a closed standard output before `main`, so it is looked at
/// before that: a token that goes nowhere is not a success.
static OPEN: AtomicBool = AtomicBool::new(true);

#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn look_at_standard_output() {
    OPEN.store(rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_ok(), Ordering::Relaxed);
}

/// A stream of its own. Those of std have a buffer that is never wiped, and their standard output takes
/// EBADF for success.
#[cfg(unix)]
pub fn unbuffered(stream: impl std::os::fd::AsFd) -> io::Result<File> {
    Ok(stream.as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
pub fn unbuffered(stream: impl std::os::windows::io::AsHandle) -> io::Result<File> {
    Ok(stream.as_handle().try_clone_to_owned()?.into())
}
