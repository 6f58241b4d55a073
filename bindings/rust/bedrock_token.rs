//! Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Rust, through the C library (link with
//! -L PREFIX/lib). If the program cannot load it, install bedrock-token, or add the folder of
//! libbedrock_token.so.0 to LD_LIBRARY_PATH (macOS: DYLD_LIBRARY_PATH, Windows: bedrock_token.dll, PATH).

use std::ffi::{CStr, CString, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null, null_mut};
use std::time::{SystemTime, UNIX_EPOCH};

#[link(name = "bedrock_token")]
unsafe extern "C" {
    fn bedrock_token_generate_into(
        service: Service,
        access_key: *const c_char,
        secret: *const c_char,
        session: *const c_char,
        region: *const c_char,
        expires: u32,
        signing_time: i64,
        buf: *mut c_char,
        capacity: usize,
        len: *mut usize,
    ) -> i32;
    fn bedrock_token_free(token: *mut c_char);
    fn bedrock_token_inspect(token: *const c_char, info: *mut Info, info_size: usize) -> i32;
    fn bedrock_token_provider_new(
        service: Service,
        region: *const c_char,
        expires: u32,
        credentials: extern "C" fn(*mut c_void, *mut NativeCredentials) -> i32,
        context: *mut c_void,
        provider: *mut *mut c_void,
    ) -> i32;
    fn bedrock_token_provider_get(
        provider: *mut c_void,
        out_buf: *mut *mut c_char,
        len: *mut usize,
        expires_at: *mut i64,
    ) -> i32;
    fn bedrock_token_provider_invalidate(provider: *mut c_void);
    fn bedrock_token_provider_free(provider: *mut c_void);
    fn bedrock_token_status_message(status: i32) -> *const c_char;
}

#[repr(i32)]
#[derive(Clone, Copy)]
pub enum Service {
    Bedrock,
    ClaudePlatform,
}

#[repr(C)]
pub struct Info {
    pub access_key: [u8; 129],
    pub region: [u8; 64],
    pub issued_at: i64,
    pub expires_at: i64,
    pub has_session: i32,
    /// A number of [`Service`], or one that a newer library knows.
    pub service: i32,
}

/// A status of bedrock_token.h, and what it means: the argument at fault, never its value.
pub type Error = (i32, &'static CStr);

fn check(status: i32) -> Result<(), Error> {
    match status {
        0 => Ok(()),
        // SAFETY: the message is a static string, also for a status that the library does not know.
        _ => Err((status, unsafe { CStr::from_ptr(bedrock_token_status_message(status)) })),
    }
}

/// A token that is valid from now on. The session token is None with long-term credentials.
pub fn generate(
    service: Service,
    key: &CStr,
    secret: &CStr,
    session: Option<&CStr>,
    region: &CStr,
    expires: u32,
) -> Result<CString, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(-1, |d| d.as_secs() as i64);
    generate_at(service, key, secret, session, region, expires, now)
}

/// The same, from a given time on, in Unix seconds.
pub fn generate_at(
    service: Service,
    key: &CStr,
    secret: &CStr,
    session: Option<&CStr>,
    region: &CStr,
    expires: u32,
    time: i64,
) -> Result<CString, Error> {
    let session = session.map_or(null(), CStr::as_ptr);
    // SAFETY: the strings end with a NUL and outlive the call; `buffer` has room for `capacity` bytes.
    let into = |buffer: *mut c_char, capacity, length: &mut usize| unsafe {
        let (key, secret, region) = (key.as_ptr(), secret.as_ptr(), region.as_ptr());
        bedrock_token_generate_into(
            service, key, secret, session, region, expires, time, buffer, capacity, length,
        )
    };
    let mut length = 0;
    into(null_mut(), 0, &mut length);
    let mut buffer = vec![0; length + 1];
    check(into(buffer.as_mut_ptr().cast(), buffer.len(), &mut length))?;
    Ok(CString::from_vec_with_nul(buffer).expect("a token has no NUL inside"))
}

pub fn inspect(token: &CStr) -> Result<Info, Error> {
    let mut info = std::mem::MaybeUninit::uninit();
    // SAFETY: the library writes at most the size that it is told, and all of it on success.
    check(unsafe { bedrock_token_inspect(token.as_ptr(), info.as_mut_ptr(), size_of::<Info>()) })?;
    // SAFETY: that was a success.
    Ok(unsafe { info.assume_init() })
}

/// Credentials for a [`Provider`].
pub struct Credentials {
    pub access_key: CString,
    pub secret: CString,
    pub session: Option<CString>,
    /// Unix seconds; 0 if they do not end.
    pub expires_at: i64,
}

#[repr(C)]
struct NativeCredentials {
    access_key: *const c_char,
    secret: *const c_char,
    session: *const c_char,
    expires_at: i64,
}

struct Source {
    ask: Box<dyn FnMut() -> Option<Credentials> + Send>,
    /// What the library may read until it asks again.
    given: Option<Credentials>,
}

/// Keeps a token, and renews it before it or its credentials end. Threads may share one.
pub struct Provider {
    native: *mut c_void,
    source: *mut Source,
}

// SAFETY: the library's provider belongs to no thread, and the source is Send.
unsafe impl Send for Provider {}
// SAFETY: all threads may call the provider, and it calls the source in one thread at a time.
unsafe impl Sync for Provider {}

impl Provider {
    pub fn new(
        service: Service,
        region: &CStr,
        expires: u32,
        source: impl FnMut() -> Option<Credentials> + Send + 'static,
    ) -> Result<Self, Error> {
        let source = Box::into_raw(Box::new(Source { ask: Box::new(source), given: None }));
        let mut provider = Self { native: null_mut(), source };
        // SAFETY: `source` lives until the provider is freed, in drop().
        check(unsafe {
            bedrock_token_provider_new(
                service,
                region.as_ptr(),
                expires,
                give,
                source.cast(),
                &mut provider.native,
            )
        })?;
        Ok(provider)
    }

    /// A token, and when it ends, in Unix seconds.
    pub fn get(&self) -> Result<(CString, i64), Error> {
        let (mut out, mut expires_at) = (null_mut(), 0);
        // SAFETY: the provider is freed in drop() only.
        check(unsafe {
            bedrock_token_provider_get(self.native, &mut out, null_mut(), &mut expires_at)
        })?;
        // SAFETY: on success, `out` is a string that the library allocated, and this frees it once.
        let copy = unsafe { CStr::from_ptr(out) }.to_owned();
        unsafe { bedrock_token_free(out) };
        Ok((copy, expires_at))
    }

    /// For when the service refused the token.
    pub fn invalidate(&self) {
        // SAFETY: the provider is freed in drop() only.
        unsafe { bedrock_token_provider_invalidate(self.native) }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // SAFETY: nobody uses the provider any more, and with it nobody the source.
        unsafe { bedrock_token_provider_free(self.native) }
        drop(unsafe { Box::from_raw(self.source) });
    }
}

extern "C" fn give(context: *mut c_void, credentials: *mut NativeCredentials) -> i32 {
    // SAFETY: the context is the provider's source, and the library calls this once at a time.
    let source = unsafe { &mut *context.cast::<Source>() };
    // No panic may cross into C.
    source.given = catch_unwind(AssertUnwindSafe(|| (source.ask)())).unwrap_or(None);
    let Some(given) = &source.given else { return 1 };
    let native = NativeCredentials {
        access_key: given.access_key.as_ptr(),
        secret: given.secret.as_ptr(),
        session: given.session.as_ref().map_or(null(), |session| session.as_ptr()),
        expires_at: given.expires_at,
    };
    // SAFETY: the library passes room for the struct.
    unsafe { credentials.write(native) };
    0
}
