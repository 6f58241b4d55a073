//! The provider, driven by random operations and clock jumps: what it hands out, what it answers,
//! and how often it asks for credentials must be what a model of the header's rules says.
//!
//! Input: a byte for the service, two for expires; then operations, of one byte and what they take.
#![no_main]

mod abi;
mod reference;

use std::cell::Cell;
use std::ffi::{CStr, c_int, c_void};
use std::ptr;

use abi::*;
use libfuzzer_sys::fuzz_target;
use reference::{Arguments, Times};

thread_local! {
    /// The library's clock, in Unix milliseconds.
    static CLOCK: Cell<i128> = const { Cell::new(0) };
    /// Whether the library is at work. libFuzzer has the system's clock.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

/// Sets the clock, which stops at the ends of time.
fn set_clock(millis: i128) {
    CLOCK.set(millis.clamp(i128::from(i64::MIN) * 1000, i128::from(i64::MAX) * 1000 + 999));
}

fn turn(millis: i128) {
    set_clock(CLOCK.get() + millis);
}

fn seconds() -> i64 {
    CLOCK.get().div_euclid(1000) as i64
}

/// The C library's, for the whole program: the library reads its clock here.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, time: *mut libc::timespec) -> c_int {
    if clock != libc::CLOCK_REALTIME || !AT_WORK.get() {
        // SAFETY: the caller's promise.
        return unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) } as c_int;
    }
    let nanos = CLOCK.get().rem_euclid(1000) as i64 * 1_000_000 + 999_999;
    // SAFETY: the caller's promise.
    unsafe { time.write(libc::timespec { tv_sec: seconds(), tv_nsec: nanos }) };
    0
}

/// What the callback does, and how often it was asked.
struct Host {
    refuses: bool,
    arguments: Arguments,
    credentials_end: i64,
    /// How far the clock goes meanwhile, in milliseconds.
    takes: i128,
    /// Comes back into this provider, if it is not NULL.
    reenters: *mut bedrock_token_provider,
    asked: u32,
    strings: Option<[CText; 3]>,
}

unsafe extern "C-unwind" fn give(
    context: *mut c_void,
    given: *mut bedrock_token_credentials,
) -> i32 {
    // SAFETY: the provider calls back with the context that it was given, while nothing else uses
    // it, and with credentials to fill in.
    let (host, given) = unsafe { (&mut *context.cast::<Host>(), &mut *given) };
    assert!([given.access_key, given.secret, given.session].iter().all(|text| text.is_null()));
    assert_eq!(given.expires_at, 0);
    host.asked += 1;
    let Arguments { access_key, secret, session, .. } = &host.arguments;
    let [access_key, secret, session] = host.strings.insert([
        CText::new(access_key.as_deref(), reference::ACCESS_KEY_MAX),
        CText::new(secret.as_deref(), reference::SECRET_MAX),
        CText::new(session.as_deref(), reference::SESSION_MAX),
    ]);
    *given = bedrock_token_credentials {
        access_key: access_key.as_ptr(),
        secret: secret.as_ptr(),
        session: session.as_ptr(),
        expires_at: host.credentials_end,
    };
    if !host.reenters.is_null() {
        let refused = (BEDROCK_TOKEN_ERR_REENTRANT, ptr::null_mut(), 0, 0);
        assert_eq!(provider_get(host.reenters), refused);
    }
    turn(host.takes);
    if host.refuses { -7 } else { 0 }
}

fn provider_get(provider: *mut bedrock_token_provider) -> (i32, *mut i8, usize, i64) {
    let (mut token, mut len, mut expires_at) = (ptr::dangling_mut(), 99, 99);
    // SAFETY: a provider, and places for the results.
    let status =
        unsafe { bedrock_token_provider_get(provider, &mut token, &mut len, &mut expires_at) };
    (status, token, len, expires_at)
}

/// A token, its times, and when it is due: the time of its renewal, or of the next try.
#[derive(Clone)]
struct Kept {
    token: Vec<u8>,
    times: Times,
    due_at: i64,
}

/// What is known of the provider from outside.
#[derive(Default)]
struct Model {
    kept: Option<Kept>,
    asked: u32,
    failure: i32,
}

impl Model {
    fn get(&mut self, host: &Host) -> Result<Kept, i32> {
        // The provider takes all times before 1970 alike.
        let now = |millis: i128| if millis < 0 { i64::MIN / 1000 } else { (millis / 1000) as i64 };
        let before = CLOCK.get();
        if let Some(kept) = self.holding(now(before)).filter(|kept| now(before) < kept.due_at) {
            return Ok(kept);
        }
        self.asked += 1;
        turn(host.takes);
        let millis = CLOCK.replace(before);
        let arguments = Arguments { time: now(millis), ..host.arguments.clone() };
        let times = reference::schedule(now(millis), arguments.expires, host.credentials_end);
        let renewed = match (times, arguments.status()) {
            _ if host.refuses => Err(BEDROCK_TOKEN_ERR_NO_CREDENTIALS),
            (Err(status), _) => Err(status),
            (Ok(times), BEDROCK_TOKEN_OK) => {
                Ok(Kept { token: arguments.token(), times, due_at: times.renew_at })
            }
            (_, status) => Err(status),
        };
        self.failure = renewed.as_ref().err().copied().unwrap_or(BEDROCK_TOKEN_OK);
        self.kept = Some(match renewed {
            Ok(kept) => kept,
            Err(status) => {
                let kept = self.holding(now(millis)).ok_or(status)?;
                let next = (millis + 999).div_euclid(1000) as i64;
                Kept { due_at: next + ((kept.times.expires_at - next) / 10).max(1), ..kept }
            }
        });
        Ok(self.kept.clone().unwrap())
    }

    fn holding(&self, now: i64) -> Option<Kept> {
        let holds = |times: Times| times.valid_from <= now && now < times.expires_at;
        self.kept.clone().filter(|kept| holds(kept.times))
    }
}

fuzz_target!(|data: &[u8]| {
    let mut input = data.iter().copied();
    let mut number = |bytes: u32| {
        (0..bytes).try_fold(0_i64, |number, _| Some(number << 8 | i64::from(input.next()?)))
    };
    let (Some(service), Some(expires)) = (number(1), number(2)) else { return };
    let (service, expires) = (i32::from(service as i8), expires as u32);
    set_clock(1_781_524_800_999);
    let arguments = |tenant: i64| Arguments {
        service,
        access_key: Some(format!("AKIA{tenant}").into_bytes()),
        secret: Some(format!("secret/{tenant}").into_bytes()),
        session: (tenant % 3 == 0).then(|| vec![b'+'; tenant as usize * 7]),
        region: Some(b"eu-central-1".to_vec()),
        expires,
        time: 0,
    };
    let context = Box::into_raw(Box::new(Host {
        refuses: false,
        arguments: arguments(1),
        credentials_end: 0,
        takes: 0,
        reenters: ptr::null_mut(),
        asked: 0,
        strings: None,
    }));
    let (mut provider, region) = (ptr::null_mut(), c"eu-central-1".as_ptr());
    // SAFETY: a string, a callback with its context, and a place for the result.
    let status = unsafe {
        let context = context.cast();
        bedrock_token_provider_new(service, region, expires, Some(give), context, &mut provider)
    };
    assert_eq!(status, arguments(1).status());
    assert_eq!(provider.is_null(), status != BEDROCK_TOKEN_OK);

    let mut model = Model::default();
    while let Some(operation) = number(1).filter(|_| !provider.is_null()) {
        // SAFETY: the provider uses its context only inside `bedrock_token_provider_get`.
        let host = unsafe { &mut *context };
        let clock = seconds();
        match operation % 32 {
            5 => turn(i128::from(number(1).unwrap_or(1)) * 1000),
            6 => turn(i128::from(number(2).unwrap_or(60)) * 1000),
            7 => turn(i128::from(number(2).unwrap_or(60)) * -1000),
            8 => {
                let millis = CLOCK.get().rem_euclid(1000);
                set_clock(i128::from(number(8).unwrap_or(-1)) * 1000 + millis);
            }
            9 => {
                let kept = model.kept.as_ref().map(|kept| kept.token.clone());
                let refused = match number(1).unwrap_or(0) % 4 {
                    0 | 1 => None,
                    2 => kept.clone(),
                    _ => kept.clone().map(|token| token[1..].to_vec()).or(Some(vec![])),
                };
                let text = CText::new(refused.as_deref(), reference::token_max());
                // SAFETY: a provider, and a string or NULL.
                unsafe { bedrock_token_provider_invalidate(provider, text.as_ptr()) };
                model.kept = model.kept.filter(|_| refused.is_some() && refused != kept);
            }
            10 => host.refuses = !host.refuses,
            11 => host.arguments = arguments(number(1).unwrap_or(2)),
            12 => host.credentials_end = 0,
            13 => host.credentials_end = clock.saturating_add(number(2).unwrap_or(900)),
            14 => host.credentials_end = number(8).unwrap_or(i64::MIN),
            15 => {
                host.arguments = arguments(1);
                let Arguments { access_key, secret, session, .. } = &mut host.arguments;
                match number(1).unwrap_or(0) % 8 {
                    0 => *access_key = None,
                    1 => *secret = None,
                    2 => *access_key = Some(b"ASIA".to_vec()),
                    3 => *secret = Some(b"with a newline\n".to_vec()),
                    4 => *session = Some(b" ".to_vec()),
                    5 => *secret = Some(b"'quoted'".to_vec()),
                    6 => *session = Some(b"quoted\"".to_vec()),
                    _ => *access_key = Some(vec![b'A'; reference::ACCESS_KEY_MAX + 1]),
                }
            }
            16 => turn(number(2).unwrap_or(1).into()),
            17 => turn((-number(2).unwrap_or(1)).into()),
            18 => turn(-CLOCK.get().rem_euclid(1000)),
            19 => host.takes = i128::from(number(2).unwrap_or(0) as i16) * 1000,
            20 => host.takes += i128::from(number(2).unwrap_or(0)),
            21 => host.reenters = if host.reenters.is_null() { provider } else { ptr::null_mut() },
            22 => schedule(
                number(8).unwrap_or(i64::MIN),
                number(4).unwrap_or(0) as u32,
                number(8).unwrap_or(i64::MAX),
            ),
            23 => schedule(clock, expires, clock.saturating_add(number(2).unwrap_or(3000))),
            _ => get(provider, &mut model, host),
        }
    }
    // SAFETY: a provider or NULL, and what it called back with; not used again.
    unsafe {
        bedrock_token_provider_free(provider);
        drop(Box::from_raw(context));
    }
});

/// As the provider does, and everywhere else, too.
fn schedule(issued_at: i64, expires: u32, credentials_end: i64) {
    let mut times = [i64::MIN; 4];
    let (to, size) = (times.as_mut_ptr().cast(), size_of_val(&times));
    // SAFETY: a place for the result.
    let status = unsafe { bedrock_token_schedule(issued_at, expires, credentials_end, to, size) };
    let expected = match reference::schedule(issued_at, expires, credentials_end) {
        Err(status) => (status, [i64::MIN; 4]),
        Ok(Times { valid_from, renew_at, wait_from, expires_at }) => {
            (BEDROCK_TOKEN_OK, [valid_from, renew_at, wait_from, expires_at])
        }
    };
    assert_eq!((status, times), expected);
    let retry_at = bedrock_token_retry_at(issued_at, credentials_end);
    let wait = (i128::from(credentials_end) - i128::from(issued_at)).div_euclid(10).max(1);
    let expected = i128::from(issued_at) + wait;
    // Only a wait of more than all of time is cut.
    assert!(i128::from(retry_at) == expected.min(i64::MAX.into()) || wait > i64::MAX as i128 / 10);
}

fn get(provider: *mut bedrock_token_provider, model: &mut Model, host: &mut Host) {
    let expected = model.get(host);
    AT_WORK.set(true);
    let (status, token, len, expires_at) = provider_get(provider);
    AT_WORK.set(false);
    assert_eq!(host.asked, model.asked, "asked for credentials");
    // SAFETY: a provider.
    assert_eq!(unsafe { bedrock_token_provider_failure(provider) }, model.failure);
    match expected {
        Err(expected) => {
            assert_eq!((status, token, len, expires_at), (expected, ptr::null_mut(), 0, 0));
        }
        Ok(expected) => {
            assert_eq!(status, BEDROCK_TOKEN_OK);
            // SAFETY: the provider gave a string, which is freed after its last use.
            let text = unsafe { CStr::from_ptr(token) }.to_bytes();
            assert_eq!(text, expected.token);
            assert_eq!((len, expires_at), (text.len(), expected.times.expires_at));
            // SAFETY: as above.
            unsafe { bedrock_token_free(token) };
        }
    }
}
