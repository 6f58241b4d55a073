//! Keeps a token and decides when it is time for a new one. What mints it, and the clock, are the
//! caller's.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Renewal starts this long before a token ends...
const RENEW_BEFORE_END: i64 = 5 * 60;
/// ...and at 90 % of a life so short that this would be more than its last tenth.
const SHORT_LIFE: i64 = 10 * RENEW_BEFORE_END;

/// How far a token may come from the future before the service refuses it, as it does when the
/// clock was wrong when it was minted:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>
const CLOCK_SKEW: i64 = 5 * 60;

/// A token and its life, in Unix seconds.
pub struct Kept<T> {
    pub token: T,
    pub issued_at: i64,
    /// The sooner of the token's own end and that of its credentials.
    pub expires_at: i64,
}

impl<T> Kept<T> {
    fn holds(&self, now: i64) -> bool {
        (self.issued_at - CLOCK_SKEW..self.expires_at).contains(&now)
    }

    fn renew_at(&self) -> i64 {
        let life = self.expires_at - self.issued_at;
        if life < SHORT_LIFE {
            self.issued_at + life * 9 / 10
        } else {
            self.expires_at - RENEW_BEFORE_END
        }
    }
}

/// Shares one kept token between threads, of which one at a time renews it.
pub struct Provider<T, E> {
    state: Mutex<State<T, E>>,
    renewal_ended: Condvar,
}

struct State<T, E> {
    kept: Option<Kept<T>>,
    renew_at: i64,
    renewing: bool,
    /// How many renewals have ended, and what the last one failed with.
    renewals: u64,
    failure: Option<E>,
    /// How many threads wait for a renewal, or have yet to see that it ended.
    waiting: usize,
    /// The kept token was invalidated, and is there only for those who waited for it.
    invalidated: bool,
}

impl<T, E> State<T, E> {
    fn holding(&self, now: i64) -> Option<&Kept<T>> {
        self.kept.as_ref().filter(|kept| kept.holds(now))
    }

    /// For all but those who waited for it.
    fn usable(&self, now: i64) -> Option<&Kept<T>> {
        self.holding(now).filter(|_| !self.invalidated)
    }

    fn drop_invalidated(&mut self) {
        if self.invalidated && self.waiting == 0 {
            self.kept = None;
        }
    }
}

impl<T, E> Default for Provider<T, E> {
    fn default() -> Self {
        let state = State {
            kept: None,
            renew_at: 0,
            renewing: false,
            renewals: 0,
            failure: None,
            waiting: 0,
            invalidated: false,
        };
        Self { state: Mutex::new(state), renewal_ended: Condvar::new() }
    }
}

impl<T, E: Copy> Provider<T, E> {
    /// Calls `hand_out` with a token that has not ended. `renew` mints a new one, unless another
    /// thread is doing that; it may be slow, and must not panic or come back here.
    pub fn get<R>(
        &self,
        now: impl Fn() -> i64,
        renew: impl FnOnce() -> Result<Kept<T>, E>,
        hand_out: impl FnOnce(&Kept<T>) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut state = self.lock();
        loop {
            let time = now();
            if let Some(kept) = state.usable(time)
                && (time < state.renew_at || state.renewing)
            {
                return hand_out(kept);
            }
            if !state.renewing {
                break;
            }
            let awaited = state.renewals;
            state.waiting += 1;
            while state.renewals == awaited {
                state = self.renewal_ended.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.waiting -= 1;
            // What came of it is theirs, whatever others have begun since: else who waits could
            // wait for ever. Each trying again would make the last wait for all.
            if let Some(failure) = state.failure {
                state.drop_invalidated();
                return Err(failure);
            }
            if let Some(kept) = state.holding(now()) {
                let handed_out = hand_out(kept);
                state.drop_invalidated();
                return handed_out;
            }
        }

        state.renewing = true;
        drop(state);
        let renewed = renew();
        let mut state = self.lock();
        state.renewing = false;
        state.renewals = state.renewals.wrapping_add(1);
        state.failure = renewed.as_ref().err().copied();
        self.renewal_ended.notify_all();
        match renewed {
            Ok(kept) => {
                state.renew_at = kept.renew_at();
                state.invalidated = false;
                hand_out(state.kept.insert(kept))
            }
            Err(failure) => {
                let time = now();
                let Some(kept) = state.usable(time) else {
                    return Err(failure);
                };
                // Not at once again, so that a slow failure does not slow down every call.
                let retry_at = time + (kept.expires_at - time) / 10;
                let handed_out = hand_out(kept);
                state.renew_at = retry_at;
                handed_out
            }
        }
    }

    /// Drops the kept token; the next [`Provider::get`] mints.
    pub fn invalidate(&self) {
        let mut state = self.lock();
        state.invalidated = true;
        state.drop_invalidated();
    }

    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        // A panic while the lock was held is `hand_out`'s, which changes nothing here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
