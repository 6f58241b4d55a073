//! The provider, driven by random operations and clock jumps: what it hands out, what it answers,
//! and how often it asks for credentials must be what a model of the header's rules says.
//!
//! Input: two bytes for expires; then operations, of one byte and what they take.
#![no_main]

mod abi;
mod reference;

use std::ffi::{CStr, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

use libfuzzer_sys::fuzz_target;
use reference::Arguments;

static CLOCK_IN_HAND: AtomicBool = AtomicBool::new(false);
static CLOCK: AtomicI64 = AtomicI64::new(0);

/// The C library's, for the whole program: the library reads its clock here.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, time: *mut libc::timespec) -> c_int {
    if clock != libc::CLOCK_REALTIME || !CLOCK_IN_HAND.load(Relaxed) {
        // SAFETY: the caller's promise.
        return unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) } as c_int;
    }
    // SAFETY: the caller's promise.
    unsafe { time.write(libc::timespec { tv_sec: CLOCK.load(Relaxed), tv_nsec: 999_999_999 }) };
    0
}

/// What the callback does, and how often it was asked.
struct Host {
    refuses: bool,
    arguments: Arguments,
    credentials_end: i64,
    asked: u32,
    strings: [abi::CString; 3],
}

impl Host {
    fn set(&mut self, arguments: Arguments) {
        self.strings = [
            abi::CString::new(arguments.access_key.as_deref(), reference::ACCESS_KEY_MAX),
            abi::CString::new(arguments.secret.as_deref(), reference::SECRET_MAX),
            abi::CString::new(arguments.session.as_deref(), reference::SESSION_MAX),
        ];
        self.arguments = arguments;
    }
}

unsafe extern "C" fn give(context: *mut c_void, credentials: *mut abi::Credentials) -> i32 {
    // SAFETY: the provider calls back with the context that it was given, while nothing else uses
    // it, and with credentials to fill in.
    let (host, credentials) = unsafe { (&mut *context.cast::<Host>(), &mut *credentials) };
    assert!(credentials.access_key.is_null() && credentials.secret.is_null());
    assert!(credentials.session.is_null() && credentials.expires_at == 0);
    host.asked += 1;
    let [access_key, secret, session] = &host.strings;
    *credentials = abi::Credentials {
        access_key: access_key.as_ptr(),
        secret: secret.as_ptr(),
        session: session.as_ptr(),
        expires_at: host.credentials_end,
    };
    if host.refuses { -7 } else { 0 }
}

/// A token, and when it ends and is to be renewed.
#[derive(Clone)]
struct Kept {
    token: Vec<u8>,
    issued_at: i64,
    expires_at: i64,
    renew_at: i64,
}

/// What is known of the provider from outside.
#[derive(Default)]
struct Model {
    kept: Option<Kept>,
    asked: u32,
}

impl Model {
    fn get(&mut self, host: &Host) -> Result<Kept, i32> {
        let clock = CLOCK.load(Relaxed);
        let now = if clock < 0 { -1 } else { clock };
        // Five minutes of the past are held for clocks that are a little off.
        let kept = self.kept.clone().filter(|k| k.issued_at - 300 <= now && now < k.expires_at);
        if let Some(kept) = kept.clone().filter(|kept| now < kept.renew_at) {
            return Ok(kept);
        }
        self.asked += 1;
        let arguments = Arguments { time: now, ..host.arguments.clone() };
        let status = if host.refuses || arguments.access_key.is_none() || arguments.secret.is_none()
        {
            abi::NO_CREDENTIALS
        } else if host.credentials_end != 0 && host.credentials_end <= now {
            abi::CREDENTIALS_EXPIRED
        } else {
            arguments.status()
        };
        if status == abi::OK {
            let own_end = now + i64::from(arguments.expires);
            let expires_at = match host.credentials_end {
                0 => own_end,
                end => own_end.min(end),
            };
            let life = expires_at - now;
            let renew_at = if life < 3000 { now + life * 9 / 10 } else { expires_at - 300 };
            let kept = Kept { token: arguments.token(), issued_at: now, expires_at, renew_at };
            self.kept = Some(kept.clone());
            return Ok(kept);
        }
        let mut kept = kept.ok_or(status)?;
        kept.renew_at = now + (kept.expires_at - now) / 10;
        self.kept = Some(kept.clone());
        Ok(kept)
    }
}

fuzz_target!(|data: &[u8]| {
    let mut input = data.iter().copied();
    let mut number = |bytes: u32| {
        (0..bytes).try_fold(0_i64, |number, _| Some(number << 8 | i64::from(input.next()?)))
    };
    let Some(expires) = number(2) else { return };
    CLOCK.store(1_781_524_800, Relaxed);
    let arguments = |tenant: i64| Arguments {
        access_key: Some(format!("AKIA{tenant}").into_bytes()),
        secret: Some(format!("secret/{tenant}").into_bytes()),
        session: (tenant % 3 == 0).then(|| vec![b'+'; tenant as usize * 7]),
        region: Some(b"eu-central-1".to_vec()),
        expires: expires as u32,
        time: 0,
    };
    let mut host = Box::new(Host {
        refuses: false,
        arguments: arguments(1),
        credentials_end: 0,
        asked: 0,
        strings: [const { None }; 3].map(|text| abi::CString::new(text, 0)),
    });
    host.set(arguments(1));
    let mut provider = ptr::null_mut();
    let context: *mut Host = &mut *host;
    // SAFETY: a string, a callback with its context, and a place for the result.
    let status = unsafe {
        abi::bedrock_token_provider_new(
            c"eu-central-1".as_ptr(),
            expires as u32,
            Some(give),
            context.cast(),
            &mut provider,
        )
    };
    if !(1..=43_200).contains(&expires) {
        assert_eq!((status, provider), (abi::EXPIRES, ptr::null_mut()));
        return;
    }
    assert_eq!(status, abi::OK);

    let mut model = Model::default();
    while let Some(operation) = number(1) {
        // SAFETY: the provider uses its context only inside `bedrock_token_provider_get`.
        let host = unsafe { &mut *context };
        let clock = CLOCK.load(Relaxed);
        match operation % 16 {
            0..=4 => get(provider, &mut model, host),
            5 => CLOCK.store(clock.saturating_add(number(1).unwrap_or(1)), Relaxed),
            6 => CLOCK.store(clock.saturating_add(number(2).unwrap_or(60)), Relaxed),
            7 => CLOCK.store(clock.saturating_sub(number(2).unwrap_or(60)), Relaxed),
            8 => CLOCK.store(number(8).unwrap_or(-1), Relaxed),
            9 => {
                // SAFETY: a provider.
                unsafe { abi::bedrock_token_provider_invalidate(provider) };
                model.kept = None;
            }
            10 => host.refuses = !host.refuses,
            11 => host.set(arguments(number(1).unwrap_or(2))),
            12 => host.credentials_end = 0,
            13 => host.credentials_end = clock.saturating_add(number(2).unwrap_or(900)),
            14 => host.credentials_end = number(8).unwrap_or(i64::MIN),
            _ => {
                let mut spoilt = arguments(1);
                match number(1).unwrap_or(0) % 5 {
                    0 => spoilt.access_key = None,
                    1 => spoilt.secret = None,
                    2 => spoilt.access_key = Some(b"ASIA".to_vec()),
                    3 => spoilt.secret = Some(b"with a newline\n".to_vec()),
                    _ => spoilt.session = Some(b" ".to_vec()),
                }
                host.set(spoilt);
            }
        }
    }
    // SAFETY: a provider, not used again.
    unsafe { abi::bedrock_token_provider_free(provider) };
});

fn get(provider: *mut c_void, model: &mut Model, host: &mut Host) {
    let expected = model.get(host);
    let (mut token, mut len, mut expires_at) = (ptr::dangling_mut(), 99, 99);
    CLOCK_IN_HAND.store(true, Relaxed);
    // SAFETY: a provider, and places for the results.
    let status =
        unsafe { abi::bedrock_token_provider_get(provider, &mut token, &mut len, &mut expires_at) };
    CLOCK_IN_HAND.store(false, Relaxed);
    assert_eq!(host.asked, model.asked, "asked for credentials");
    match expected {
        Err(expected) => {
            assert_eq!(status, expected);
            assert_eq!((token, len, expires_at), (ptr::null_mut(), 0, 0));
        }
        Ok(expected) => {
            assert_eq!(status, abi::OK);
            // SAFETY: the provider gave a string, which is freed after its last use.
            let text = unsafe { CStr::from_ptr(token) }.to_bytes();
            assert_eq!(text, expected.token);
            assert_eq!((len, expires_at), (text.len(), expected.expires_at));
            assert_eq!(abi::inspect(text).issued_at, expected.issued_at);
            // SAFETY: as above.
            unsafe { abi::bedrock_token_free(token) };
        }
    }
}
