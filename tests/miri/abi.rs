//! The C ABI under Miri, which reports undefined behaviour. tests/miri/run.sh runs it for a processor for
//! which the library has no assembly.

use std::ffi::{CStr, CString, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::thread;

use bedrock_token::generate::*;
use bedrock_token::generate_into::*;
use bedrock_token::inspect::*;
use bedrock_token::provider::*;
use bedrock_token::status::*;
use libc::go_on_in_a_child;

const TIME: i64 = 1_781_524_800;

// --- The calls ---

fn generate_into(session: Option<&CStr>, capacity: usize) -> (i32, Vec<u8>) {
    let (mut buf, mut len) = (vec![0xaa_u8; capacity], 99);
    // SAFETY: strings, a buffer of the capacity, and a place for the length.
    let status = unsafe {
        bedrock_token_generate_into(
            0,
            c"AKIAIOSFODNN7EXAMPLE".as_ptr(),
            c"secret".as_ptr(),
            session.map_or(ptr::null(), CStr::as_ptr),
            c"eu-central-1".as_ptr(),
            3600,
            TIME,
            buf.as_mut_ptr().cast(),
            capacity,
            &mut len,
        )
    };
    buf.truncate(len);
    (status, buf)
}

const INFO_SIZE: usize = size_of::<bedrock_token_info>();

/// Whether the token has a session token, and its time.
fn inspect(token: &[u8]) -> (i32, i64) {
    let token = CString::new(token).unwrap();
    let mut info = MaybeUninit::<bedrock_token_info>::uninit();
    // SAFETY: a string, and a place for the result, which is written.
    let info = unsafe {
        let status = bedrock_token_inspect(token.as_ptr(), info.as_mut_ptr(), INFO_SIZE);
        assert_eq!(status, BEDROCK_TOKEN_OK);
        info.assume_init()
    };
    (info.has_session, info.issued_at)
}

#[test]
fn generates_and_inspects() {
    for session in [None, Some(c"session/token+of=a role")] {
        let (status, token) = generate_into(session, 1000);
        assert_eq!(status, BEDROCK_TOKEN_OK);
        assert_eq!(inspect(&token), (session.is_some().into(), TIME));
        assert_eq!(generate_into(session, token.len() + 1), (BEDROCK_TOKEN_OK, token.clone()));
        assert_eq!(generate_into(session, token.len()).0, BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL);
        assert_eq!(generate_into(session, 0).0, BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL);
    }
    assert_eq!(generate_into(Some(c"ends with a space "), 1000).0, BEDROCK_TOKEN_ERR_SESSION);
}

#[test]
fn inspects_for_older_and_newer_callers() {
    let (_, mut token) = generate_into(None, 1000);
    let text = CString::new(&*token).unwrap();
    for size in [INFO_SIZE - 8, INFO_SIZE + 24] {
        let mut info = vec![0xaaaa_aaaa_u32; size / 4];
        // SAFETY: a string, and a place of that size for the result.
        let status =
            unsafe { bedrock_token_inspect(text.as_ptr(), info.as_mut_ptr().cast(), size) };
        assert_eq!(status, BEDROCK_TOKEN_OK);
        assert!(info.iter().all(|&word| word != 0xaaaa_aaaa), "all of it is written");
    }
    token.pop();
    let text = CString::new(&*token).unwrap();
    // SAFETY: a string, and a place for the result, which is not written.
    let status = unsafe { bedrock_token_inspect(text.as_ptr(), ptr::dangling_mut(), INFO_SIZE) };
    assert_eq!(status, BEDROCK_TOKEN_ERR_INVALID_TOKEN);
}

// --- The provider ---

/// What the callback does beside giving credentials.
struct Host {
    provider: *mut bedrock_token_provider,
    works: fn(&Host) -> i32,
}

unsafe extern "C-unwind" fn give(
    context: *mut c_void,
    credentials: *mut bedrock_token_credentials,
) -> i32 {
    // SAFETY: the provider calls back with its context, and with credentials to fill in.
    let (host, credentials) = unsafe { (&*context.cast::<Host>(), &mut *credentials) };
    credentials.access_key = c"AKIAIOSFODNN7EXAMPLE".as_ptr();
    credentials.secret = c"secret".as_ptr();
    (host.works)(host)
}

fn get(provider: *mut bedrock_token_provider) -> i32 {
    let (mut token, mut len, mut expires_at) = (ptr::dangling_mut(), 99, 99);
    // SAFETY: a provider, and places for the results; the token is freed after its last use.
    unsafe {
        let status = bedrock_token_provider_get(provider, &mut token, &mut len, &mut expires_at);
        if status == BEDROCK_TOKEN_OK {
            assert_eq!(CStr::from_ptr(token).to_bytes().len(), len);
            assert!(expires_at > 0);
        } else {
            assert_eq!((token, len, expires_at), (ptr::null_mut(), 0, 0));
        }
        bedrock_token_free(token);
        status
    }
}

fn with_provider(works: fn(&Host) -> i32, test: impl FnOnce(*mut bedrock_token_provider)) {
    let host = Box::into_raw(Box::new(Host { provider: ptr::null_mut(), works }));
    // SAFETY: a string, a callback with its context, which outlives the provider, and a place for it.
    unsafe {
        let place = &raw mut (*host).provider;
        let region = c"eu-central-1".as_ptr();
        let context = host.cast();
        let status = bedrock_token_provider_new(0, region, 3600, Some(give), context, place);
        assert_eq!(status, BEDROCK_TOKEN_OK);
        test((*host).provider);
        bedrock_token_provider_free((*host).provider);
        drop(Box::from_raw(host));
    }
}

#[test]
fn renews_and_goes_on_in_children() {
    with_provider(
        |_| 0,
        |provider| {
            assert_eq!(get(provider), BEDROCK_TOKEN_OK);
            assert_eq!(get(provider), BEDROCK_TOKEN_OK);
            go_on_in_a_child();
            assert_eq!(get(provider), BEDROCK_TOKEN_OK);
            go_on_in_a_child();
        },
    );
}

#[test]
fn a_callback_forks() {
    let works = |_: &Host| {
        go_on_in_a_child();
        0
    };
    with_provider(works, |provider| assert_eq!(get(provider), BEDROCK_TOKEN_OK));
}

#[test]
fn a_callback_forks_and_comes_back_in() {
    let works = |host: &Host| {
        assert_eq!(get(host.provider), BEDROCK_TOKEN_ERR_REENTRANT);
        go_on_in_a_child();
        assert_eq!(get(host.provider), BEDROCK_TOKEN_ERR_REENTRANT);
        7
    };
    with_provider(works, |provider| assert_eq!(get(provider), BEDROCK_TOKEN_ERR_NO_CREDENTIALS));
}

#[test]
fn threads_share_a_provider() {
    with_provider(
        |_| 0,
        |provider| {
            let provider = provider.expose_provenance();
            let get_twice = move || {
                for _ in 0..2 {
                    assert_eq!(get(ptr::with_exposed_provenance_mut(provider)), BEDROCK_TOKEN_OK);
                }
            };
            let threads = [thread::spawn(get_twice), thread::spawn(get_twice)];
            for thread in threads {
                thread.join().unwrap();
            }
        },
    );
}
