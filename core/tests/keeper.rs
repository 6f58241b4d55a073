//! When a provider renews, with the clock in the test's hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use bedrock_token_core::Error;
use bedrock_token_core::raw::{Keeper, Kept, schedule};

const START: i64 = 1_800_000_000;
const FAILED: Error = Error::NoCredentials;

/// The number of the running thread.
fn this_thread() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(1);
    thread_local!(static NUMBER: usize = THREADS.fetch_add(1, SeqCst));
    NUMBER.with(|number| *number)
}

/// A host whose credentials last as long as it says, and that can fail. Its tokens are numbers, counted
/// from 1.
struct Host {
    keeper: Keeper<Arc<u32>, Error>,
    life: i64,
    fails: AtomicBool,
    asked: AtomicU32,
    /// In milliseconds after the start.
    clock: AtomicI64,
    /// How often the clock was read.
    reads: AtomicUsize,
}

impl Host {
    fn new(life: i64) -> Self {
        Self {
            keeper: Keeper::default(),
            life,
            fails: AtomicBool::new(false),
            asked: AtomicU32::new(0),
            clock: AtomicI64::new(0),
            reads: AtomicUsize::new(0),
        }
    }

    fn set_clock(&self, millis: i64) {
        self.clock.store(millis, SeqCst);
    }

    fn now(&self) -> i64 {
        self.reads.fetch_add(1, SeqCst);
        START * 1000 + self.clock.load(SeqCst)
    }

    /// Another thread reads the clock under the lock that it then waits with.
    fn wait_for_reads(&self, reads: usize) {
        while self.reads.load(SeqCst) < reads {
            thread::yield_now();
        }
    }

    fn asked(&self) -> u32 {
        self.asked.load(SeqCst)
    }

    fn renew(&self) -> Result<Kept<Arc<u32>>, Error> {
        let token = self.asked.fetch_add(1, SeqCst) + 1;
        if self.fails.load(SeqCst) {
            return Err(FAILED);
        }
        let issued_at = self.now() / 1000;
        // 43,200 seconds is its own end, not the credentials'.
        Ok(Kept {
            token: Arc::new(token),
            times: schedule(issued_at, 43_200, issued_at + self.life)?,
        })
    }

    /// Whether this thread renews from now on.
    fn begin_renewal(&self) -> bool {
        self.keeper.get_or_renew(this_thread(), || self.now()).unwrap().is_none()
    }

    fn end_renewal(&self, renewed: Result<Kept<Arc<u32>>, Error>) -> Result<u32, Error> {
        self.keeper.end_renewal(renewed, || self.now()).map(|kept| *kept.token)
    }

    fn get(&self, renew: impl FnOnce() -> Result<Kept<Arc<u32>>, Error>) -> Result<u32, Error> {
        if let Some(token) =
            self.keeper.copy_fresh(this_thread(), || self.now(), |token, _| **token)
        {
            return Ok(token);
        }
        match self.keeper.get_or_renew(this_thread(), || self.now())? {
            Some(kept) => Ok(*kept.token),
            None => self.end_renewal(renew()),
        }
    }

    fn get_at(&self, second: i64) -> Result<u32, Error> {
        self.set_clock(second * 1000);
        self.get(|| self.renew())
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
        for fails in [false, true] {
            let host = Host::new(expires_at - issued_at);
            assert_eq!(host.get_at(issued_at), Ok(1), "{line}");
            host.fails.store(fails, SeqCst);
            host.set_clock(asked_at * 1000);
            // Another thread asks while this one renews.
            let answers = thread::scope(|scope| {
                let mut other = None;
                let own = host.get(|| {
                    let reads = host.reads.load(SeqCst);
                    other = Some(scope.spawn(|| host.get(|| panic!("two renewals at once"))));
                    host.wait_for_reads(reads + 1);
                    host.renew()
                });
                (own, other.map(|other| other.join().unwrap()))
            });
            let expected = match (fields[3], fails) {
                ("kept", _) => (Ok(1), None),
                ("renew", false) => (Ok(2), Some(Ok(1))),
                ("wait" | "ended", false) => (Ok(2), Some(Ok(2))),
                ("renew" | "wait", true) => (Ok(1), Some(Ok(1))),
                ("ended", true) => (Err(FAILED), Some(Err(FAILED))),
                other => panic!("{other:?}"),
            };
            assert_eq!(answers, expected, "{line}, {fails}");
        }
        count += 1;
    }
    assert!(count > 50);
}

#[test]
fn looks_at_the_clock_again_after_a_slow_failure() {
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    host.set_clock(99_000);
    let slow = || {
        host.set_clock(100_000);
        Err(FAILED)
    };
    assert_eq!(host.get(slow), Err(FAILED));
}

/// Once a second at most.
#[test]
fn a_failing_source_is_asked_after_a_tenth_of_what_is_left() {
    let host = Host::new(43_200);
    host.fails.store(true, SeqCst);
    // Without a kept token, each call asks.
    assert_eq!(host.get_at(0), Err(FAILED));
    assert_eq!(host.get_at(0), Err(FAILED));
    host.fails.store(false, SeqCst);
    assert_eq!(host.get_at(0), Ok(3));
    host.fails.store(true, SeqCst);
    for (millis, asked) in [
        (42_900_000, 4),
        (42_929_999, 4),
        (42_930_000, 5),
        (43_196_500, 6),
        (43_197_999, 6),
        (43_198_000, 7),
        (43_198_999, 7),
        (43_199_000, 8),
        (43_199_999, 8),
    ] {
        host.set_clock(millis);
        for _ in 0..2 {
            assert_eq!(host.get(|| host.renew()), Ok(3));
            assert_eq!(host.asked(), asked, "{millis}");
        }
    }
    assert_eq!(host.get_at(43_200), Err(FAILED));
    host.fails.store(false, SeqCst);
    assert_eq!(host.get_at(43_200), Ok(10));
}

#[test]
fn a_failure_is_told_although_a_token_holds() {
    let host = Host::new(100);
    assert_eq!(host.keeper.failure(), None);
    assert_eq!(host.get_at(0), Ok(1));
    assert_eq!(host.keeper.failure(), None);
    host.fails.store(true, SeqCst);
    assert_eq!(host.get_at(95), Ok(1));
    assert_eq!(host.keeper.failure(), Some(FAILED));
    host.keeper.invalidate(|_| true);
    assert_eq!(host.keeper.failure(), Some(FAILED));
    host.fails.store(false, SeqCst);
    assert_eq!(host.get_at(96), Ok(3));
    assert_eq!(host.keeper.failure(), None);
}

/// The first of several threads that had the same token refused drops it, and no other drops its
/// successor.
#[test]
fn only_the_refused_token_is_dropped() {
    let host = Host::new(43_200);
    assert_eq!(host.get_at(0), Ok(1));
    for _ in 0..16 {
        host.keeper.invalidate(|token| **token == 1);
        assert_eq!(host.get_at(1), Ok(2));
    }
    assert_eq!(host.asked(), 2);
    // It is not handed out again.
    host.keeper.invalidate(|_| true);
    host.fails.store(true, SeqCst);
    assert_eq!(host.get_at(2), Err(FAILED));
}

/// A renewal that is under way when a token is invalidated goes on, and its token is kept. If it fails,
/// the invalidated token is not handed out.
#[test]
fn invalidated_during_a_renewal() {
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    for (second, fails, expected) in [(95, false, Ok(2)), (190, true, Err(FAILED))] {
        host.set_clock(second * 1000);
        host.fails.store(fails, SeqCst);
        let during = || {
            host.keeper.invalidate(|_| true);
            host.renew()
        };
        assert_eq!(host.get(during), expected);
        assert_eq!(host.get_at(second + 1), expected);
    }
}

#[test]
fn the_renewing_thread_cannot_come_back_in() {
    let host = Host::new(100);
    // Without a token; in time for renewal, although the kept token holds; after the clock jumped back.
    for (second, inside, token) in [(0, 0, 1), (95, 95, 2), (190, 100, 3)] {
        host.set_clock(second * 1000);
        let renew = || {
            assert_eq!(host.get_at(inside), Err(Error::Reentrant));
            host.renew()
        };
        assert_eq!(host.get(renew), Ok(token));
        assert_eq!(host.get_at(inside), Ok(token));
    }
}

/// The child of a fork, as far as one process can show it: other threads stopped in the middle.
#[test]
fn after_a_fork() {
    let host = Host::new(100);
    assert_eq!(host.get_at(0), Ok(1));
    host.set_clock(95_000);
    let now = || host.now();
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
    assert_eq!(host.get(inside), Ok(3));
    // Another thread reads the kept token, and is gone.
    let held = host.keeper.copy_fresh(this_thread(), now, |_, _| host.keeper.after_fork(None));
    assert_eq!(held, Some(false));
    // Then the child goes on with a new keeper.
    let new = |renewing| Host { keeper: Keeper::renewed_by(renewing), ..Host::new(100) };
    assert_eq!(new(Some(this_thread())).get_at(0), Err(Error::Reentrant));
    assert_eq!(new(None).get_at(0), Ok(1));
}

/// A token that ended while a thread waited for it is not handed out: that thread renews.
#[test]
fn a_token_that_ended_while_a_thread_waited() {
    let host = Host::new(1);
    assert!(host.begin_renewal());
    thread::scope(|scope| {
        let waiter = scope.spawn(|| host.get(|| host.renew()));
        host.wait_for_reads(2);
        // Under the lock, so the waiter waits by now.
        host.keeper.invalidate(|_| true);
        let renewed = host.renew();
        host.set_clock(10_000);
        assert_eq!(host.end_renewal(renewed), Ok(1));
        assert_eq!(waiter.join().unwrap(), Ok(2));
    });
    assert_eq!(host.asked(), 2);
}

/// Without a token that holds, all wait for the one renewal and share its result. They do so although
/// its token is invalidated and the next renewal begins at once. Then nobody keeps that token.
#[test]
fn waiters_share_the_result_and_do_not_starve() {
    const PATIENCE: Duration = Duration::from_secs(5);
    for (threads, fails) in [(0, false), (16, false), (16, true)] {
        let host = Host::new(100);
        host.fails.store(fails, SeqCst);
        assert!(host.begin_renewal());
        thread::scope(|scope| {
            let wait = || host.get(|| panic!("two renewals at once"));
            let waiters: Vec<_> = (0..threads).map(|_| scope.spawn(wait)).collect();
            host.wait_for_reads(1 + threads);
            let renewed = host.renew();
            let token = renewed.as_ref().ok().map(|kept| Arc::downgrade(&kept.token));
            let first = host.end_renewal(renewed);
            host.keeper.invalidate(|_| true);
            assert!(host.begin_renewal());
            let begun = Instant::now();
            while !waiters.iter().all(|waiter| waiter.is_finished()) && begun.elapsed() < PATIENCE {
                thread::yield_now();
            }
            // Those who starved get this.
            let _ = host.end_renewal(Err(Error::Time));
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap(), first);
            }
            assert_eq!(first, if fails { Err(FAILED) } else { Ok(1) });
            assert!(token.is_none_or(|token| token.strong_count() == 0));
        });
    }
}
