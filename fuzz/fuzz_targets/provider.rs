//! The provider, driven by random operations and clock jumps: what it hands out, what it answers,
//! and how often it asks for credentials must be what a model of the header's rules says.
//!
//! Input: a byte for the service, two for expires; then operations, of one byte and what they take.
#![no_main]

mod abi;
mod reference;

use std::ffi::{CStr, c_int, c_void};
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering::Relaxed};

use libfuzzer_sys::fuzz_target;
use reference::Arguments;

static CLOCK_IN_HAND: AtomicBool = AtomicBool::new(false);
static SECONDS: AtomicI64 = AtomicI64::new(0);
/// Of the second that has begun.
static MILLIS: AtomicI64 = AtomicI64::new(0);

/// Turns the clock, and stops it at the ends of time.
fn turn(seconds: i64, millis: i64) {
    let millis = MILLIS.load(Relaxed) + millis;
    let seconds = seconds.saturating_add(millis.div_euclid(1000));
    SECONDS.store(SECONDS.load(Relaxed).saturating_add(seconds), Relaxed);
    MILLIS.store(millis.rem_euclid(1000), Relaxed);
}

/// The C library's, for the whole program: the library reads its clock here.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, time: *mut libc::timespec) -> c_int {
    if clock != libc::CLOCK_REALTIME || !CLOCK_IN_HAND.load(Relaxed) {
        // SAFETY: the caller's promise.
        return unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) } as c_int;
    }
    let nanos = MILLIS.load(Relaxed) * 1_000_000 + 999_999;
    // SAFETY: the caller's promise.
    unsafe { time.write(libc::timespec { tv_sec: SECONDS.load(Relaxed), tv_nsec: nanos }) };
    0
}

static LIBFUZZERS_ALARM: AtomicUsize = AtomicUsize::new(0);

/// libFuzzer looks for a hang when an alarm interrupts the target, and needs the real clock for it.
fn give_the_alarm_the_real_clock() {
    extern "C" fn alarm(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
        type Handler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);
        let in_hand = CLOCK_IN_HAND.swap(false, Relaxed);
        // SAFETY: libFuzzer's handler has this type.
        let libfuzzers: Handler = unsafe { std::mem::transmute(LIBFUZZERS_ALARM.load(Relaxed)) };
        libfuzzers(signal, info, context);
        CLOCK_IN_HAND.store(in_hand, Relaxed);
    }
    // SAFETY: the handler that was there and the new one take the same arguments.
    unsafe {
        let mut action = std::mem::zeroed::<libc::sigaction>();
        assert_eq!(libc::sigaction(libc::SIGALRM, ptr::null(), &mut action), 0);
        assert!(action.sa_flags & libc::SA_SIGINFO != 0, "libFuzzer has a time limit");
        LIBFUZZERS_ALARM.store(action.sa_sigaction, Relaxed);
        action.sa_sigaction = alarm as *const () as usize;
        assert_eq!(libc::sigaction(libc::SIGALRM, &action, ptr::null_mut()), 0);
    }
}

/// What the callback does, and how often it was asked.
struct Host {
    refuses: bool,
    arguments: Arguments,
    credentials_end: i64,
    /// How far the clock goes meanwhile, in seconds and milliseconds.
    takes: (i64, i64),
    /// Comes back into this provider, if it is not NULL.
    reenters: *mut c_void,
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
    if !host.reenters.is_null() {
        let (mut token, mut len, mut expires_at) = (ptr::dangling_mut(), 99, 99);
        // SAFETY: a provider, and places for the results.
        let status = unsafe {
            abi::bedrock_token_provider_get(host.reenters, &mut token, &mut len, &mut expires_at)
        };
        assert_eq!((status, token, len, expires_at), (abi::REENTRANT, ptr::null_mut(), 0, 0));
    }
    turn(host.takes.0, host.takes.1);
    if host.refuses { -7 } else { 0 }
}

/// A token, its times, and when it is due: the time of its renewal, or of the next try.
#[derive(Clone)]
struct Kept {
    token: Vec<u8>,
    times: reference::Times,
    due_at: i64,
}

/// The time that the provider reads, in milliseconds and in seconds.
fn now() -> (i128, i64) {
    let (seconds, millis) = (SECONDS.load(Relaxed), MILLIS.load(Relaxed));
    // The provider takes all times before 1970 alike.
    if seconds < 0 {
        (i64::MIN.into(), i64::MIN.div_euclid(1000))
    } else {
        (i128::from(seconds) * 1000 + i128::from(millis), seconds)
    }
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
        let (_, seconds) = now();
        if let Some(kept) = self.holding(seconds).filter(|kept| seconds < kept.due_at) {
            return Ok(kept);
        }
        self.asked += 1;
        let before = (SECONDS.load(Relaxed), MILLIS.load(Relaxed));
        turn(host.takes.0, host.takes.1);
        let (millis, now) = now();
        SECONDS.store(before.0, Relaxed);
        MILLIS.store(before.1, Relaxed);
        let arguments = Arguments { time: now, ..host.arguments.clone() };
        let renewed = match reference::schedule(now, arguments.expires, host.credentials_end) {
            _ if host.refuses => Err(abi::NO_CREDENTIALS),
            Err(status) => Err(status),
            Ok(_) if arguments.status() != abi::OK => Err(arguments.status()),
            Ok(times) => Ok(Kept { token: arguments.token(), times, due_at: times.renew_at }),
        };
        self.failure = renewed.as_ref().err().copied().unwrap_or(abi::OK);
        match renewed {
            Ok(kept) => self.kept = Some(kept),
            Err(status) => {
                self.kept = Some(self.holding(now).ok_or(status)?);
                let kept = self.kept.as_mut().unwrap();
                let next = (millis + 999).div_euclid(1000) as i64;
                kept.due_at = next + ((kept.times.expires_at - next) / 10).max(1);
            }
        }
        Ok(self.kept.clone().unwrap())
    }

    fn holding(&self, now: i64) -> Option<Kept> {
        let holds = |times: reference::Times| times.valid_from <= now && now < times.expires_at;
        self.kept.clone().filter(|kept| holds(kept.times))
    }
}

fuzz_target!(|data: &[u8]| {
    static ONCE: Once = Once::new();
    ONCE.call_once(give_the_alarm_the_real_clock);
    let mut input = data.iter().copied();
    let mut number = |bytes: u32| {
        (0..bytes).try_fold(0_i64, |number, _| Some(number << 8 | i64::from(input.next()?)))
    };
    let (Some(service), Some(expires)) = (number(1), number(2)) else { return };
    let service = i32::from(service as i8);
    SECONDS.store(1_781_524_800, Relaxed);
    MILLIS.store(999, Relaxed);
    let arguments = |tenant: i64| Arguments {
        service,
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
        takes: (0, 0),
        reenters: ptr::null_mut(),
        asked: 0,
        strings: [const { None }; 3].map(|text| abi::CString::new(text, 0)),
    });
    host.set(arguments(1));
    let mut provider = ptr::null_mut();
    let context: *mut Host = &mut *host;
    // SAFETY: a string, a callback with its context, and a place for the result.
    let status = unsafe {
        abi::bedrock_token_provider_new(
            service,
            c"eu-central-1".as_ptr(),
            expires as u32,
            Some(give),
            context.cast(),
            &mut provider,
        )
    };
    assert_eq!(status, arguments(1).status());
    if status != abi::OK {
        assert_eq!(provider, ptr::null_mut());
        return;
    }

    let mut model = Model::default();
    while let Some(operation) = number(1) {
        // SAFETY: the provider uses its context only inside `bedrock_token_provider_get`.
        let host = unsafe { &mut *context };
        let clock = SECONDS.load(Relaxed);
        match operation % 32 {
            0..=4 => get(provider, &mut model, host),
            5 => turn(number(1).unwrap_or(1), 0),
            6 => turn(number(2).unwrap_or(60), 0),
            7 => turn(-number(2).unwrap_or(60), 0),
            8 => SECONDS.store(number(8).unwrap_or(-1), Relaxed),
            9 => {
                let kept = model.kept.as_ref().map(|kept| kept.token.clone());
                let refused = match number(1).unwrap_or(0) % 4 {
                    0 | 1 => None,
                    2 => kept.clone(),
                    _ => kept.clone().map(|token| token[1..].to_vec()).or(Some(vec![])),
                };
                let text = abi::CString::new(refused.as_deref(), reference::token_max());
                // SAFETY: a provider, and a string or NULL.
                unsafe { abi::bedrock_token_provider_invalidate(provider, text.as_ptr()) };
                if refused.is_none() || refused == kept {
                    model.kept = None;
                }
            }
            10 => host.refuses = !host.refuses,
            11 => host.set(arguments(number(1).unwrap_or(2))),
            12 => host.credentials_end = 0,
            13 => host.credentials_end = clock.saturating_add(number(2).unwrap_or(900)),
            14 => host.credentials_end = number(8).unwrap_or(i64::MIN),
            15 => {
                let mut spoilt = arguments(1);
                match number(1).unwrap_or(0) % 8 {
                    0 => spoilt.access_key = None,
                    1 => spoilt.secret = None,
                    2 => spoilt.access_key = Some(b"ASIA".to_vec()),
                    3 => spoilt.secret = Some(b"with a newline\n".to_vec()),
                    4 => spoilt.session = Some(b" ".to_vec()),
                    5 => spoilt.secret = Some(b"'quoted'".to_vec()),
                    6 => spoilt.session = Some(b"quoted\"".to_vec()),
                    _ => spoilt.access_key = Some(vec![b'A'; reference::ACCESS_KEY_MAX + 1]),
                }
                host.set(spoilt);
            }
            16 => turn(0, number(2).unwrap_or(1)),
            17 => turn(0, -number(2).unwrap_or(1)),
            18 => MILLIS.store(0, Relaxed),
            19 => host.takes.0 = i64::from(number(2).unwrap_or(0) as i16),
            20 => host.takes.1 = number(2).unwrap_or(0),
            21 => host.reenters = if host.reenters.is_null() { provider } else { ptr::null_mut() },
            22 => schedule(
                number(8).unwrap_or(i64::MIN),
                number(4).unwrap_or(0) as u32,
                number(8).unwrap_or(i64::MAX),
            ),
            23 => schedule(clock, expires as u32, clock.saturating_add(number(2).unwrap_or(3000))),
            _ => get(provider, &mut model, host),
        }
    }
    // SAFETY: a provider, not used again.
    unsafe { abi::bedrock_token_provider_free(provider) };
});

/// As the provider does, and everywhere else, too.
fn schedule(issued_at: i64, expires: u32, credentials_end: i64) {
    let untouched = [i64::MIN; 4];
    let mut times = untouched;
    // SAFETY: a place for the result.
    let status = unsafe {
        let (to, size) = (times.as_mut_ptr().cast(), size_of_val(&times));
        abi::bedrock_token_schedule(issued_at, expires, credentials_end, to, size)
    };
    match reference::schedule(issued_at, expires, credentials_end) {
        Err(expected) => assert_eq!((status, times), (expected, untouched)),
        Ok(expected) => {
            let reference::Times { valid_from, renew_at, wait_from, expires_at } = expected;
            assert_eq!((status, times), (abi::OK, [valid_from, renew_at, wait_from, expires_at]));
        }
    }
    // SAFETY: any numbers may be passed.
    let retry_at = unsafe { abi::bedrock_token_retry_at(issued_at, credentials_end) };
    let wait = (i128::from(credentials_end) - i128::from(issued_at)).div_euclid(10).max(1);
    let expected = i128::from(issued_at) + wait;
    // Only a wait of more than all of time is cut.
    assert!(i128::from(retry_at) == expected.min(i64::MAX.into()) || wait > i64::MAX as i128 / 10);
}

fn get(provider: *mut c_void, model: &mut Model, host: &mut Host) {
    let expected = model.get(host);
    let (mut token, mut len, mut expires_at) = (ptr::dangling_mut(), 99, 99);
    CLOCK_IN_HAND.store(true, Relaxed);
    // SAFETY: a provider, and places for the results.
    let status =
        unsafe { abi::bedrock_token_provider_get(provider, &mut token, &mut len, &mut expires_at) };
    CLOCK_IN_HAND.store(false, Relaxed);
    assert_eq!(host.asked, model.asked, "asked for credentials");
    // SAFETY: a provider.
    assert_eq!(unsafe { abi::bedrock_token_provider_failure(provider) }, model.failure);
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
            assert_eq!((len, expires_at), (text.len(), expected.times.expires_at));
            assert_eq!(abi::inspect(text).issued_at - 300, expected.times.valid_from);
            // SAFETY: as above.
            unsafe { abi::bedrock_token_free(token) };
        }
    }
}
