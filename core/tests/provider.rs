//! When a provider renews, with the clock in the test's hand.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use bedrock_token_core::{Error, Kept, Next, Provider, Times, schedule};

const START: i64 = 1_800_000_000;

type Failed = Error;
const FAILED: Error = Error::NoCredentials;

/// The number of the running thread.
fn this_thread() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(1);
    thread_local!(static NUMBER: usize = THREADS.fetch_add(1, Ordering::SeqCst));
    NUMBER.with(|number| *number)
}

/// Of a token that lasts as long as it says. 43,200 seconds is its own end, not the credentials'.
fn times(issued_at: i64, life: i64) -> Times {
    schedule(issued_at, 43_200, issued_at + life).unwrap()
}

/// A token, as a caller gets it. `now` is in seconds.
fn get(
    provider: &Provider<u32, Failed>,
    now: impl Fn() -> i64,
    renew: impl FnOnce() -> Result<Kept<u32>, Failed>,
) -> Result<u32, Failed> {
    let now = || now() * 1000;
    if let Some(token) = provider.kept(this_thread(), now, |kept| kept.token) {
        return Ok(token);
    }
    match provider.next(this_thread(), now)? {
        Next::Token(kept) => Ok(kept.token),
        Next::Renew(renewal) => renewal.finish(renew()).map(|kept| kept.token),
    }
}

/// A host whose credentials last as long as it says, and that can fail.
struct Host {
    provider: Provider<u32, Failed>,
    now: Cell<i64>,
    life: Cell<i64>,
    fails: Cell<bool>,
    asked: Cell<u32>,
}

impl Host {
    fn new(life: i64) -> Self {
        Self {
            provider: Provider::default(),
            now: Cell::new(START),
            life: Cell::new(life),
            fails: Cell::new(false),
            asked: Cell::new(0),
        }
    }

    /// The number of the token that is handed out, counted from 1.
    fn get_at(&self, seconds: i64) -> Result<u32, Failed> {
        self.now.set(START + seconds);
        get(&self.provider, || self.now.get(), || self.renew())
    }

    fn renew(&self) -> Result<Kept<u32>, Failed> {
        self.asked.set(self.asked.get() + 1);
        if self.fails.get() {
            return Err(FAILED);
        }
        let issued_at = self.now.get();
        Ok(Kept { token: self.asked.get(), times: times(issued_at, self.life.get()) })
    }
}

/// The cases that every provider of the project is held to, in tests/vectors/renewal.tsv.
#[test]
fn cases_of_renewal() {
    let cases = include_str!("../../tests/vectors/renewal.tsv");
    let mut count = 0;
    for line in cases.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<_> = line.split('\t').collect();
        let [issued_at, expires_at, asked_at] =
            [0, 1, 2].map(|i| fields[i].parse::<i64>().unwrap() - START);
        let host = Host::new(expires_at - issued_at);
        assert_eq!(host.get_at(issued_at), Ok(1), "{line}");
        host.fails.set(true);
        let answer = host.get_at(asked_at);
        let asked = host.asked.get() == 2;
        let expected = match fields[3] {
            "kept" => (Ok(1), false),
            "renew" | "wait" => (Ok(1), true),
            "ended" => (Err(FAILED), true),
            other => panic!("{other}"),
        };
        assert_eq!((answer, asked), expected, "{line}");

        // Another thread asks while the renewal is under way.
        let host = Host::new(expires_at - issued_at);
        assert_eq!(host.get_at(issued_at), Ok(1), "{line}");
        let now = || (START + asked_at) * 1000;
        if let Next::Renew(renewal) = host.provider.next(this_thread(), now).unwrap() {
            let provider = &host.provider;
            let waits = fields[3] != "renew";
            let patience = Duration::from_millis(if waits { 20 } else { 10_000 });
            let (answered, answer) = mpsc::channel();
            thread::scope(|scope| {
                scope.spawn(move || {
                    answered.send(get(provider, || now() / 1000, || Err(FAILED))).unwrap();
                });
                assert_eq!(answer.recv_timeout(patience).is_err(), waits, "{line}");
                let _ = renewal.finish(Err(FAILED));
            });
        } else {
            assert_eq!(fields[3], "kept", "{line}");
        }
        count += 1;
    }
    assert!(count > 50);
}

#[test]
fn renewal_is_due_when_the_rule_says() {
    for life in [1, 2, 59, 60, 2999, 3000, 3001, 43_200] {
        let host = Host::new(life);
        let due = times(START, life).renew_at - START;
        assert_eq!(host.get_at(0), Ok(1));
        assert_eq!(host.get_at(due - 1), Ok(1));
        assert_eq!(host.get_at(due), Ok(2));
    }
}

#[test]
fn never_hands_out_a_token_that_has_ended() {
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    host.fails.set(true);
    assert_eq!(host.get_at(99), Ok(1), "still holds");
    assert_eq!(host.get_at(100), Err(FAILED), "has ended");
    host.fails.set(false);
    assert_eq!(host.get_at(100), Ok(4));
}

#[test]
fn looks_at_the_clock_again_after_a_slow_failure() {
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    host.now.set(START + 99);
    let slow = || {
        host.now.set(START + 100);
        Err(FAILED)
    };
    assert_eq!(get(&host.provider, || host.now.get(), slow), Err(FAILED));
}

#[test]
fn after_a_failure_asks_again_only_after_a_tenth_of_what_is_left() {
    let host = Host::new(43_200);
    assert_eq!(host.get_at(0), Ok(1));
    host.fails.set(true);
    assert_eq!(host.get_at(42_900), Ok(1));
    assert_eq!(host.get_at(42_929), Ok(1));
    assert_eq!(host.asked.get(), 2);
    assert_eq!(host.get_at(42_930), Ok(1));
    assert_eq!(host.asked.get(), 3);
    host.fails.set(false);
    assert_eq!(host.get_at(43_199), Ok(4));
}

#[test]
fn a_failing_source_is_asked_once_a_second_at_most() {
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    host.fails.set(true);
    for second in 91..100 {
        for _ in 0..1000 {
            assert_eq!(host.get_at(second), Ok(1));
        }
    }
    assert_eq!(host.asked.get(), 1 + 9);
    // Less than a second after the last time.
    let now = Cell::new((START + 99) * 1000 + 999);
    match host.provider.next(this_thread(), || now.get()).unwrap() {
        Next::Token(kept) => assert_eq!(kept.token, 1),
        Next::Renew(_) => panic!("asked again too soon"),
    }
}

#[test]
fn a_life_of_a_second_renews_no_more_than_it_must() {
    for life in [1, 2, 3] {
        let host = Host::new(life);
        for second in 0..12 {
            for _ in 0..10 {
                host.get_at(second).unwrap();
            }
        }
        assert_eq!(i64::from(host.asked.get()), 12 / life);
    }
}

#[test]
fn the_renewing_thread_cannot_come_back_in() {
    let host = Host::new(100);
    for token in [Err(Error::Reentrant), Ok(2)] {
        let inside = || {
            assert_eq!(host.get_at(0), Err(Error::Reentrant));
            token.map(|token| Kept { token, times: times(START, 100) })
        };
        assert_eq!(get(&host.provider, || host.now.get(), inside), token);
    }
    // In time for renewal, too, although the kept token holds.
    let inside = || {
        assert_eq!(host.get_at(95), Err(Error::Reentrant));
        Err(FAILED)
    };
    host.now.set(START + 95);
    assert_eq!(get(&host.provider, || host.now.get(), inside), Ok(2));
    // After the clock jumped back, too.
    let inside = || {
        assert_eq!(host.get_at(0), Err(Error::Reentrant));
        Err(FAILED)
    };
    host.now.set(START + 97);
    assert_eq!(get(&host.provider, || host.now.get(), inside), Ok(2));
    assert_eq!(host.get_at(0), Ok(2));
}

#[test]
fn an_abandoned_renewal_has_failed() {
    let host = Host::new(100);
    let begin = || match host.provider.next(this_thread(), || host.now.get() * 1000).unwrap() {
        Next::Renew(renewal) => renewal,
        Next::Token(_) => panic!("nothing to renew"),
    };
    drop(begin());
    assert_eq!(host.get_at(0), Ok(1));
    host.now.set(START + 95);
    drop(begin());
    assert_eq!(host.get_at(95), Ok(1));
    assert_eq!(host.get_at(96), Ok(2));
}

/// The child of a fork, as far as one process can show it: other threads stopped in the middle.
#[test]
fn after_a_fork() {
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    host.now.set(START + 95);
    let now = || host.now.get() * 1000;
    // Another thread renews, and is gone.
    let Next::Renew(renewal) = host.provider.next(usize::MAX, now).unwrap() else { panic!() };
    assert_eq!(host.provider.renewing(), Some(usize::MAX));
    assert!(host.provider.after_fork(None));
    assert_eq!(host.get_at(95), Ok(2));
    // This thread renews, and goes on in the child.
    std::mem::forget(renewal);
    host.provider.invalidate(|_| true);
    let inside = || {
        assert!(host.provider.after_fork(host.provider.renewing()));
        assert_eq!(host.get_at(95), Err(Error::Reentrant));
        host.renew()
    };
    assert_eq!(get(&host.provider, || host.now.get(), inside), Ok(3));
    // Another thread reads the kept token, and is gone.
    let held = host.provider.kept(this_thread(), now, |_| host.provider.after_fork(None));
    assert_eq!(held, Some(false));
    // Then the child goes on with a new provider.
    let provider = Provider::<u32, Failed>::renewed_by(Some(this_thread()));
    assert_eq!(get(&provider, || START, || host.renew()), Err(Error::Reentrant));
    let provider = Provider::<u32, Failed>::renewed_by(None);
    assert_eq!(get(&provider, || START, || host.renew()), Ok(4));
}

#[test]
fn without_a_kept_token_every_call_asks() {
    let host = Host::new(100);
    host.fails.set(true);
    assert_eq!(host.get_at(0), Err(FAILED));
    assert_eq!(host.get_at(0), Err(FAILED));
    host.fails.set(false);
    assert_eq!(host.get_at(0), Ok(3));
}

#[test]
fn invalidated_token_is_not_handed_out_again() {
    let host = Host::new(43_200);
    assert_eq!(host.get_at(0), Ok(1));
    host.provider.invalidate(|_| true);
    assert_eq!(host.get_at(1), Ok(2));
    host.provider.invalidate(|_| true);
    host.fails.set(true);
    assert_eq!(host.get_at(2), Err(FAILED));
}

#[test]
fn clock_that_jumps() {
    let host = Host::new(43_200);
    assert_eq!(host.get_at(0), Ok(1));
    assert_eq!(host.get_at(-300), Ok(1), "the skew that the service allows");
    assert_eq!(host.get_at(-301), Ok(2), "from too far in the future");
    assert_eq!(host.get_at(1_000_000), Ok(3), "slept past the end");
    assert_eq!(host.get_at(999_999), Ok(3));
    assert_eq!(host.get_at(0), Ok(4));
}

#[test]
fn others_use_the_kept_token_while_one_renews() {
    let provider = Provider::<u32, Failed>::default();
    let now = AtomicI64::new(START);
    let get_now = |renew: &dyn Fn() -> Result<Kept<u32>, Failed>| {
        get(&provider, || now.load(Ordering::SeqCst), renew)
    };
    let token = |token, issued_at| Ok(Kept { token, times: times(issued_at, 100) });
    assert_eq!(get_now(&|| token(1, START)), Ok(1));
    now.store(START + 95, Ordering::SeqCst);
    let (renewing, is_renewing) = mpsc::channel();
    let (finish, may_finish) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let get_now = &get_now;
        scope.spawn(move || {
            let slow = || {
                renewing.send(()).unwrap();
                may_finish.recv().unwrap();
                token(2, START + 95)
            };
            assert_eq!(get_now(&slow), Ok(2));
        });
        is_renewing.recv().unwrap();
        assert_eq!(get_now(&|| panic!("two renewals at once")), Ok(1));
        finish.send(()).unwrap();
    });
    assert_eq!(get_now(&|| panic!("there is a new token")), Ok(2));
}

/// Without a token that holds, all wait for the one renewal, and share its result.
fn waiters_share(outcome: Result<(), Failed>) {
    const THREADS: usize = 16;
    let provider = Provider::<u32, Failed>::default();
    let renewals = AtomicUsize::new(0);
    let looked_at_the_clock = AtomicUsize::new(0);
    let now = || {
        looked_at_the_clock.fetch_add(1, Ordering::SeqCst);
        START
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let renew = || {
                    renewals.fetch_add(1, Ordering::SeqCst);
                    // A thread looks at the clock under the lock that it then waits with.
                    while looked_at_the_clock.load(Ordering::SeqCst) < THREADS {
                        thread::yield_now();
                    }
                    outcome.map(|()| Kept { token: 7, times: times(START, 100) })
                };
                let got = get(&provider, now, renew);
                assert_eq!(got, outcome.map(|()| 7));
            });
        }
    });
    assert_eq!(renewals.into_inner(), 1);
}

#[test]
fn waiters_share_the_token() {
    waiters_share(Ok(()));
}

#[test]
fn waiters_share_the_failure() {
    waiters_share(Err(FAILED));
}

const PATIENCE: Duration = Duration::from_secs(5);

/// A thread that waits for a renewal gets its result, although another thread never stops beginning
/// new ones, and calls `busy` after each.
fn waiter_does_not_starve(
    outcome: Result<(), Failed>,
    busy: impl Fn(&Provider<u32, Failed>) + Sync,
) {
    let provider = Provider::<u32, Failed>::default();
    let renewals = AtomicUsize::new(0);
    let (renewing, is_renewing) = mpsc::channel();
    let served = AtomicBool::new(false);
    let starved = AtomicBool::new(false);
    let looked_at_the_clock = AtomicUsize::new(0);
    let now = || {
        looked_at_the_clock.fetch_add(1, Ordering::SeqCst);
        START
    };
    let token = || outcome.map(|()| Kept { token: 7, times: times(START, 100) });
    thread::scope(|scope| {
        scope.spawn(|| {
            let renewing = renewing;
            while !served.load(Ordering::SeqCst) && !starved.load(Ordering::SeqCst) {
                let renew = || {
                    if renewals.fetch_add(1, Ordering::SeqCst) == 0 {
                        renewing.send(()).unwrap();
                        // The waiter looks at the clock under the lock that it then waits with.
                        while looked_at_the_clock.load(Ordering::SeqCst) < 2 {
                            thread::yield_now();
                        }
                    } else {
                        // Does not end before the waiter has the result of the first.
                        let begun = Instant::now();
                        while !served.load(Ordering::SeqCst) && begun.elapsed() < PATIENCE {
                            thread::yield_now();
                        }
                        starved.fetch_or(begun.elapsed() >= PATIENCE, Ordering::SeqCst);
                    }
                    token()
                };
                let got = get(&provider, now, renew);
                assert_eq!(got, outcome.map(|()| 7));
                busy(&provider);
            }
        });
        is_renewing.recv().unwrap();
        let got = get(&provider, now, || panic!("two renewals at once"));
        served.store(true, Ordering::SeqCst);
        assert_eq!(got, outcome.map(|()| 7));
    });
    assert!(!starved.into_inner());
}

#[test]
fn waiter_does_not_starve_when_every_renewal_fails() {
    waiter_does_not_starve(Err(FAILED), |_| {});
}

#[test]
fn waiter_does_not_starve_when_every_token_is_invalidated() {
    waiter_does_not_starve(Ok(()), |provider| provider.invalidate(|_| true));
}
