use std::borrow::Cow;
use std::io::{self, ErrorKind};
use std::process::ExitCode;

/// Why the command did not do what it was asked to. The message is a sentence that names the argument
/// at fault and never shows its value, because logs keep it.
#[derive(Debug)]
pub struct Failure {
    exit_code: u8,
    message: Cow<'static, str>,
}

impl Failure {
    /// Something that was given is not accepted, or the system refused.
    pub fn refused(message: impl Into<Cow<'static, str>>) -> Self {
        Self { exit_code: 1, message: message.into() }
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<Cow<'static, str>>) -> Self {
        Self { exit_code: 2, message: message.into() }
    }

    /// The credentials or the token have ended.
    pub fn ended(message: impl Into<Cow<'static, str>>) -> Self {
        Self { exit_code: 3, message: message.into() }
    }

    /// The program was not run: 126 or 127, which `env` and the shells also say.
    pub fn not_run(exit_code: u8, message: impl Into<Cow<'static, str>>) -> Self {
        Self { exit_code, message: message.into() }
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn exit_code(&self) -> ExitCode {
        self.exit_code.into()
    }
}

impl From<bedrock_token_core::Error> for Failure {
    fn from(error: bedrock_token_core::Error) -> Self {
        Self::refused(error.to_string())
    }
}

/// Why the system refused, in words that name no path.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "not found".into(),
        kind => kind.to_string(),
    }
}
