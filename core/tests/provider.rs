//! When a provider renews, with the clock in the test's hand.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use bedrock_token_core::{Kept, Provider};

const START: i64 = 1_800_000_000;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Failed;

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
        self.get()
    }

    fn get(&self) -> Result<u32, Failed> {
        self.provider.get(|| self.now.get(), || self.renew(), |kept| Ok(kept.token))
    }

    fn renew(&self) -> Result<Kept<u32>, Failed> {
        self.asked.set(self.asked.get() + 1);
        if self.fails.get() {
            return Err(Failed);
        }
        let issued_at = self.now.get();
        Ok(Kept { token: self.asked.get(), issued_at, expires_at: issued_at + self.life.get() })
    }
}

#[test]
fn renews_five_minutes_before_the_end_of_a_long_life() {
    for life in [3000, 43_200] {
        let host = Host::new(life);
        assert_eq!(host.get_at(0), Ok(1));
        assert_eq!(host.get_at(life - 301), Ok(1));
        assert_eq!(host.get_at(life - 300), Ok(2));
    }
}

#[test]
fn renews_at_nine_tenths_of_a_short_life() {
    for life in [10, 60, 2990] {
        let host = Host::new(life);
        assert_eq!(host.get_at(0), Ok(1));
        assert_eq!(host.get_at(life * 9 / 10 - 1), Ok(1));
        assert_eq!(host.get_at(life * 9 / 10), Ok(2));
    }
}

#[test]
fn never_hands_out_a_token_that_has_ended() {
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    host.fails.set(true);
    assert_eq!(host.get_at(99), Ok(1), "still holds");
    assert_eq!(host.get_at(100), Err(Failed), "has ended");
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
        Err(Failed)
    };
    assert_eq!(host.provider.get(|| host.now.get(), slow, |kept| Ok(kept.token)), Err(Failed));
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
fn without_a_kept_token_every_call_asks() {
    let host = Host::new(100);
    host.fails.set(true);
    assert_eq!(host.get_at(0), Err(Failed));
    assert_eq!(host.get_at(0), Err(Failed));
    host.fails.set(false);
    assert_eq!(host.get_at(0), Ok(3));
}

#[test]
fn invalidated_token_is_not_handed_out_again() {
    let host = Host::new(43_200);
    assert_eq!(host.get_at(0), Ok(1));
    host.provider.invalidate();
    assert_eq!(host.get_at(1), Ok(2));
    host.provider.invalidate();
    host.fails.set(true);
    assert_eq!(host.get_at(2), Err(Failed));
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
    let get = |renew: &dyn Fn() -> Result<Kept<u32>, Failed>| {
        provider.get(|| now.load(Ordering::SeqCst), renew, |kept| Ok(kept.token))
    };
    let token = |token, issued_at| Ok(Kept { token, issued_at, expires_at: issued_at + 100 });
    assert_eq!(get(&|| token(1, START)), Ok(1));
    now.store(START + 95, Ordering::SeqCst);
    let (renewing, is_renewing) = mpsc::channel();
    let (finish, may_finish) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let get = &get;
        scope.spawn(move || {
            let slow = || {
                renewing.send(()).unwrap();
                may_finish.recv().unwrap();
                token(2, START + 95)
            };
            assert_eq!(get(&slow), Ok(2));
        });
        is_renewing.recv().unwrap();
        assert_eq!(get(&|| panic!("two renewals at once")), Ok(1));
        finish.send(()).unwrap();
    });
    assert_eq!(get(&|| panic!("there is a new token")), Ok(2));
}

/// Without a token that holds, all wait for the one renewal, and share what comes of it.
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
                    outcome.map(|()| Kept { token: 7, issued_at: START, expires_at: START + 100 })
                };
                let got = provider.get(now, renew, |kept| Ok(kept.token));
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
    waiters_share(Err(Failed));
}

const PATIENCE: Duration = Duration::from_secs(5);

/// Who waits for a renewal gets what comes of it, although another thread never stops beginning
/// new ones: `busy` is what that thread does after each.
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
    let token = || outcome.map(|()| Kept { token: 7, issued_at: START, expires_at: START + 100 });
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
                        // Does not end before the waiter has what came of the first.
                        let begun = Instant::now();
                        while !served.load(Ordering::SeqCst) && begun.elapsed() < PATIENCE {
                            thread::yield_now();
                        }
                        starved.fetch_or(begun.elapsed() >= PATIENCE, Ordering::SeqCst);
                    }
                    token()
                };
                let got = provider.get(now, renew, |kept| Ok(kept.token));
                assert_eq!(got, outcome.map(|()| 7));
                busy(&provider);
            }
        });
        is_renewing.recv().unwrap();
        let got = provider.get(now, || panic!("two renewals at once"), |kept| Ok(kept.token));
        served.store(true, Ordering::SeqCst);
        assert_eq!(got, outcome.map(|()| 7));
    });
    assert!(!starved.into_inner());
}

#[test]
fn waiter_does_not_starve_when_every_renewal_fails() {
    waiter_does_not_starve(Err(Failed), |_| {});
}

#[test]
fn waiter_does_not_starve_when_every_token_is_invalidated() {
    waiter_does_not_starve(Ok(()), |provider| provider.invalidate());
}
