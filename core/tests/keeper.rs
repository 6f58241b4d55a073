//! When a provider renews, with the clock in the test's hand.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use bedrock_token_core::Error;
use bedrock_token_core::raw::{Keeper, Kept, Times, schedule};

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
    keeper: &Keeper<u32, Failed>,
    now: impl Fn() -> i64,
    renew: impl FnOnce() -> Result<Kept<u32>, Failed>,
) -> Result<u32, Failed> {
    let now = || now() * 1000;
    if let Some(token) = keeper.copy_fresh(this_thread(), now, |&token, _| token) {
        return Ok(token);
    }
    match keeper.get_or_renew(this_thread(), now)? {
        Some(kept) => Ok(kept.token),
        None => keeper.end_renewal(renew(), now).map(|kept| kept.token),
    }
}

/// A host whose credentials last as long as it says, and that can fail.
struct Host {
    keeper: Keeper<u32, Failed>,
    now: Cell<i64>,
    life: Cell<i64>,
    fails: Cell<bool>,
    asked: Cell<u32>,
}

impl Host {
    fn new(life: i64) -> Self {
        Self {
            keeper: Keeper::default(),
            now: Cell::new(START),
            life: Cell::new(life),
            fails: Cell::new(false),
            asked: Cell::new(0),
        }
    }

    /// The number of the token that is handed out, counted from 1.
    fn get_at(&self, seconds: i64) -> Result<u32, Failed> {
        self.now.set(START + seconds);
        get(&self.keeper, || self.now.get(), || self.renew())
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
        if host.keeper.get_or_renew(this_thread(), now).unwrap().is_none() {
            let keeper = &host.keeper;
            let waits = fields[3] != "renew";
            let patience = Duration::from_millis(if waits { 20 } else { 10_000 });
            let (answered, answer) = mpsc::channel();
            thread::scope(|scope| {
                scope.spawn(move || {
                    answered.send(get(keeper, || now() / 1000, || Err(FAILED))).unwrap();
                });
                assert_eq!(answer.recv_timeout(patience).is_err(), waits, "{line}");
                let _ = keeper.end_renewal(Err(FAILED), now);
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
    assert_eq!(get(&host.keeper, || host.now.get(), slow), Err(FAILED));
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
        for _ in 0..50 {
            assert_eq!(host.get_at(second), Ok(1));
        }
    }
    assert_eq!(host.asked.get(), 1 + 9);
    // Less than a second after the last time.
    let now = Cell::new((START + 99) * 1000 + 999);
    let kept = host.keeper.get_or_renew(this_thread(), || now.get()).unwrap();
    assert_eq!(kept.expect("not asked again too soon").token, 1);
    // After a failure at the end of a second.
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    let millis = |millis: i64| move || (START + 95) * 1000 + millis;
    let ask = |at: i64| host.keeper.get_or_renew(this_thread(), millis(at)).unwrap();
    assert!(ask(900).is_none());
    host.keeper.end_renewal(Err(FAILED), millis(900)).unwrap();
    assert!(ask(1899).is_some());
    assert!(ask(2000).is_none());
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
fn a_failure_is_told_although_a_token_holds() {
    let host = Host::new(100);
    assert_eq!(host.keeper.failure(), None);
    assert_eq!(host.get_at(0), Ok(1));
    assert_eq!(host.keeper.failure(), None);
    host.fails.set(true);
    assert_eq!(host.get_at(95), Ok(1));
    assert_eq!(host.keeper.failure(), Some(FAILED));
    host.keeper.invalidate(|_| true);
    assert_eq!(host.keeper.failure(), Some(FAILED));
    host.fails.set(false);
    assert_eq!(host.get_at(96), Ok(3));
    assert_eq!(host.keeper.failure(), None);
}

/// The first of several threads that had the same token refused drops it, and no other drops its
/// successor.
#[test]
fn only_the_refused_token_is_dropped() {
    let host = Host::new(43_200);
    assert_eq!(host.get_at(0), Ok(1));
    host.keeper.invalidate(|&token| token == 1);
    assert_eq!(host.get_at(1), Ok(2));
    for _ in 0..16 {
        host.keeper.invalidate(|&token| token == 1);
        assert_eq!(host.get_at(1), Ok(2));
    }
    assert_eq!(host.asked.get(), 2);
}

/// A renewal that is under way when a token is invalidated goes on, and its token is kept.
#[test]
fn invalidated_during_a_renewal() {
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    host.now.set(START + 95);
    let during = || {
        host.keeper.invalidate(|_| true);
        host.renew()
    };
    assert_eq!(get(&host.keeper, || host.now.get(), during), Ok(2));
    assert_eq!(host.get_at(96), Ok(2));
    // If it fails, the invalidated token is not handed out.
    host.now.set(START + 95 + 95);
    let during = || {
        host.keeper.invalidate(|_| true);
        Err(FAILED)
    };
    assert_eq!(get(&host.keeper, || host.now.get(), during), Err(FAILED));
}

/// A token that ended while a thread waited for it is not handed out: that thread renews.
#[test]
fn a_token_that_ended_while_a_thread_waited() {
    let (keeper, now) = (Keeper::<u32, Failed>::default(), AtomicI64::new(START));
    let read = || now.load(Ordering::SeqCst);
    let (looked, reads) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let waiter_reads = || {
        looked.fetch_add(1, Ordering::SeqCst);
        read()
    };
    thread::scope(|scope| {
        let renew = || {
            scope.spawn(|| {
                let renew = || {
                    reads.fetch_add(1, Ordering::SeqCst);
                    Ok(Kept { token: 2, times: times(read(), 100) })
                };
                assert_eq!(get(&keeper, waiter_reads, renew), Ok(2));
            });
            // The waiter looks at the clock under the lock that it then waits with.
            while looked.load(Ordering::SeqCst) == 0 {
                thread::yield_now();
            }
            let short = Kept { token: 1, times: times(START, 1) };
            // Under the lock, so the waiter waits by now.
            keeper.invalidate(|_| true);
            now.store(START + 10, Ordering::SeqCst);
            Ok(short)
        };
        assert_eq!(get(&keeper, read, renew), Ok(1));
    });
    assert_eq!(reads.into_inner(), 1, "the waiter renewed by itself");
}

#[test]
fn the_renewing_thread_cannot_come_back_in() {
    let host = Host::new(100);
    for token in [Err(Error::Reentrant), Ok(2)] {
        let inside = || {
            assert_eq!(host.get_at(0), Err(Error::Reentrant));
            token.map(|token| Kept { token, times: times(START, 100) })
        };
        assert_eq!(get(&host.keeper, || host.now.get(), inside), token);
    }
    // In time for renewal, too, although the kept token holds.
    let inside = || {
        assert_eq!(host.get_at(95), Err(Error::Reentrant));
        Err(FAILED)
    };
    host.now.set(START + 95);
    assert_eq!(get(&host.keeper, || host.now.get(), inside), Ok(2));
    // After the clock jumped back, too.
    let inside = || {
        assert_eq!(host.get_at(0), Err(Error::Reentrant));
        Err(FAILED)
    };
    host.now.set(START + 97);
    assert_eq!(get(&host.keeper, || host.now.get(), inside), Ok(2));
    assert_eq!(host.get_at(0), Ok(2));
}

/// The child of a fork, as far as one process can show it: other threads stopped in the middle.
#[test]
fn after_a_fork() {
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    host.now.set(START + 95);
    let now = || host.now.get() * 1000;
    // Another thread renews, and is gone.
    assert!(host.keeper.get_or_renew(usize::MAX, now).unwrap().is_none());
    assert_eq!(host.keeper.renewing(), Some(usize::MAX));
    assert!(host.keeper.after_fork(None));
    assert_eq!(host.get_at(95), Ok(2));
    // This thread renews, and goes on in the child.
    host.keeper.invalidate(|_| true);
    let inside = || {
        assert!(host.keeper.after_fork(host.keeper.renewing()));
        assert_eq!(host.get_at(95), Err(Error::Reentrant));
        host.renew()
    };
    assert_eq!(get(&host.keeper, || host.now.get(), inside), Ok(3));
    // Another thread reads the kept token, and is gone.
    let held = host.keeper.copy_fresh(this_thread(), now, |_, _| host.keeper.after_fork(None));
    assert_eq!(held, Some(false));
    // Then the child goes on with a new keeper.
    let keeper = Keeper::<u32, Failed>::renewed_by(Some(this_thread()));
    assert_eq!(get(&keeper, || START, || host.renew()), Err(Error::Reentrant));
    let keeper = Keeper::<u32, Failed>::renewed_by(None);
    assert_eq!(get(&keeper, || START, || host.renew()), Ok(4));
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
    host.keeper.invalidate(|_| true);
    assert_eq!(host.get_at(1), Ok(2));
    host.keeper.invalidate(|_| true);
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
    let keeper = Keeper::<u32, Failed>::default();
    let now = AtomicI64::new(START);
    let get_now = |renew: &dyn Fn() -> Result<Kept<u32>, Failed>| {
        get(&keeper, || now.load(Ordering::SeqCst), renew)
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
    let keeper = Keeper::<u32, Failed>::default();
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
                let got = get(&keeper, now, renew);
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
fn waiter_does_not_starve(outcome: Result<(), Failed>, busy: impl Fn(&Keeper<u32, Failed>) + Sync) {
    let keeper = Keeper::<u32, Failed>::default();
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
                let got = get(&keeper, now, renew);
                assert_eq!(got, outcome.map(|()| 7));
                busy(&keeper);
            }
        });
        is_renewing.recv().unwrap();
        let got = get(&keeper, now, || panic!("two renewals at once"));
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
    waiter_does_not_starve(Ok(()), |keeper| keeper.invalidate(|_| true));
}
