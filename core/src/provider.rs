//! Keeps a token and decides when it is time for a new one, and which thread gets it. The caller
//! brings the clock and does the work: it asks for credentials and generates the token.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};

use crate::{Error, Times, renewal};

/// A number that no other living thread has; not 0.
pub type Thread = usize;

const NOBODY: Thread = 0;

/// A place for this thread among so many, a power of two. Multiplied by the golden ratio, neighbouring
/// numbers end up far apart.
pub fn spread(thread: Thread, places: usize) -> usize {
    ((thread as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - places.ilog2())) as usize
}

/// A token and its times. The token is cheap to clone: a reference.
#[derive(Clone)]
pub struct Kept<T> {
    pub token: T,
    pub times: Times,
}

impl<T> Kept<T> {
    fn holds(&self, now: i64) -> bool {
        (self.times.valid_from..self.times.expires_at).contains(&now)
    }
}

/// The second that a time in milliseconds is in.
fn seconds(millis: i64) -> i64 {
    millis.div_euclid(1000)
}

/// Shares one token between threads. One thread at a time renews it.
///
/// `now` is the system's clock everywhere, in Unix milliseconds: a token ends by that clock. A
/// monotonic clock falls behind it while a laptop sleeps.
pub struct Provider<T, E> {
    /// A copy of the kept token for each group of threads. Most calls take only their group's lock,
    /// so that processors do not wait for each other.
    groups: [Group<T>; GROUPS],
    state: Mutex<State<T, E>>,
    /// The thread that renews now, or nobody. Written with the state locked, and outside of it, so that
    /// a child of `fork()` can read it in any case.
    renewing: AtomicUsize,
    renewal_ended: Condvar,
}

const GROUPS: usize = 8;

/// Lies apart from its neighbours: processors fetch memory in pairs of 64 bytes.
#[repr(align(128))]
struct Group<T>(RwLock<Option<Kept<T>>>);

struct State<T, E> {
    kept: Option<Kept<T>>,
    /// When the kept token is to be renewed.
    due_at: i64,
    /// Why the last renewal failed.
    failure: Option<E>,
    /// How many renewals have ended, and the result of the last one. The result is there while threads
    /// that waited have yet to see it. They share it even if the token was invalidated since.
    /// Otherwise a thread could wait again and again, and never get a token.
    renewals: u64,
    result: Option<Result<Kept<T>, E>>,
    waiting: usize,
}

impl<T: Clone, E> State<T, E> {
    fn holding(&self, now: i64) -> Option<Kept<T>> {
        self.kept.as_ref().filter(|kept| kept.holds(now)).cloned()
    }
}

/// What a call of [`Provider::next`] has to do.
pub enum Next<'p, T: Clone, E: Copy + From<Error>, Now: Fn() -> i64> {
    /// Hand out this token.
    Token(Kept<T>),
    /// Generate a new one, then call [`Renewal::finish`].
    Renew(Renewal<'p, T, E, Now>),
}

/// The right to renew. If it is dropped unfinished, because an exception leaves the caller's frame,
/// the renewal has failed.
pub struct Renewal<'p, T: Clone, E: Copy + From<Error>, Now: Fn() -> i64> {
    provider: &'p Provider<T, E>,
    now: Now,
    finished: bool,
}

impl<T, E> Default for Provider<T, E> {
    fn default() -> Self {
        let state =
            State { kept: None, due_at: 0, failure: None, renewals: 0, result: None, waiting: 0 };
        Self {
            groups: std::array::from_fn(|_| Group(RwLock::new(None))),
            state: Mutex::new(state),
            renewing: AtomicUsize::new(NOBODY),
            renewal_ended: Condvar::new(),
        }
    }
}

impl<T: Clone, E: Copy + From<Error>> Provider<T, E> {
    /// Copies the kept token out, unless it is time to renew it.
    pub fn kept<R>(
        &self,
        thread: Thread,
        now: impl Fn() -> i64,
        copy: impl FnOnce(&Kept<T>) -> R,
    ) -> Option<R> {
        let group = &self.groups[spread(thread, GROUPS)];
        let kept = group.0.read().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref()?;
        let now = seconds(now());
        (kept.holds(now) && now < kept.times.renew_at).then(|| copy(kept))
    }

    /// A token that has not ended, or the right to renew. Waits for the thread that renews, if there
    /// is nothing to hand out.
    pub fn next<Now: Fn() -> i64>(
        &self,
        thread: Thread,
        now: Now,
    ) -> Result<Next<'_, T, E, Now>, E> {
        let mut state = self.lock();
        if self.renewing() == Some(thread) {
            return Err(Error::Reentrant.into());
        }
        loop {
            let second = seconds(now());
            if let Some(kept) = state.holding(second)
                && (second < state.due_at
                    || self.renewing().is_some() && second < kept.times.wait_from)
            {
                return Ok(Next::Token(kept));
            }
            if self.renewing().is_none() {
                self.renewing.store(thread, Ordering::Relaxed);
                // From now on all calls come here, also when the clock jumps back: the thread that
                // renews must not get a token.
                self.share(None);
                return Ok(Next::Renew(Renewal { provider: self, now, finished: false }));
            }
            let awaited = state.renewals;
            state.waiting += 1;
            while state.renewals == awaited {
                state = self.renewal_ended.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.waiting -= 1;
            let result =
                if state.waiting == 0 { state.result.take() } else { state.result.clone() };
            let second = seconds(now());
            match result {
                Some(Ok(kept)) if kept.holds(second) => return Ok(Next::Token(kept)),
                Some(Err(failure)) => {
                    return state.holding(second).map(Next::Token).ok_or(failure);
                }
                _ => {}
            }
        }
    }

    /// Drops the kept token if it is the refused one, so that the next call renews. A renewal that is
    /// under way goes on, and its token is kept.
    pub fn invalidate(&self, is_refused: impl FnOnce(&T) -> bool) {
        let mut state = self.lock();
        let dropped = state.kept.take_if(|kept| is_refused(&kept.token));
        if dropped.is_some() {
            self.share(None);
        }
        drop(state);
        drop(dropped);
    }

    /// Why the last renewal failed; `None` if it did not, or if there was none yet.
    pub fn failure(&self) -> Option<E> {
        self.lock().failure
    }

    /// The thread that renews now.
    pub fn renewing(&self) -> Option<Thread> {
        Some(self.renewing.load(Ordering::Relaxed)).filter(|&thread| thread != NOBODY)
    }

    /// For the child of a `fork()`, in which only one thread is alive: forgets the threads that waited.
    /// `renewing` is the living thread if it renews. Returns false if a thread that is gone held a lock:
    /// then only [`Provider::renewed_by`] is left.
    pub fn after_fork(&self, renewing: Option<Thread>) -> bool {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let held = |group: &Group<T>| matches!(group.0.try_write(), Err(TryLockError::WouldBlock));
        if self.groups.iter().any(held) {
            return false;
        }
        self.renewing.store(renewing.unwrap_or(NOBODY), Ordering::Relaxed);
        state.waiting = 0;
        state.result = None;
        true
    }

    /// A new provider without a token, which this thread is about to renew.
    pub fn renewed_by(thread: Option<Thread>) -> Self {
        let new = Self::default();
        new.renewing.store(thread.unwrap_or(NOBODY), Ordering::Relaxed);
        new
    }

    /// Gives all groups the kept token. To be called with the state locked.
    fn share(&self, kept: Option<&Kept<T>>) {
        for group in &self.groups {
            *group.0.write().unwrap_or_else(PoisonError::into_inner) = kept.cloned();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        // No code panics while the lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone, E: Copy + From<Error>, Now: Fn() -> i64> Renewal<'_, T, E, Now> {
    /// Ends the renewal. If it failed, the kept token is handed out until it ends.
    pub fn finish(mut self, renewed: Result<Kept<T>, E>) -> Result<Kept<T>, E> {
        self.finished = true;
        self.end(renewed)
    }

    fn end(&self, renewed: Result<Kept<T>, E>) -> Result<Kept<T>, E> {
        let mut state = self.provider.lock();
        self.provider.renewing.store(NOBODY, Ordering::Relaxed);
        state.renewals = state.renewals.wrapping_add(1);
        state.failure = renewed.as_ref().err().copied();
        if state.waiting > 0 {
            state.result = Some(renewed.clone());
            self.provider.renewal_ended.notify_all();
        }
        match renewed {
            Ok(kept) => {
                state.due_at = kept.times.renew_at;
                self.provider.share(Some(&kept));
                let replaced = state.kept.replace(kept.clone());
                drop(state);
                // Wiped here, where no other thread waits for it.
                drop(replaced);
                Ok(kept)
            }
            Err(failure) => {
                let now_millis = (self.now)();
                let kept = state.holding(seconds(now_millis)).ok_or(failure)?;
                // Rounded up to the next second.
                let now = seconds(now_millis.saturating_add(999));
                state.due_at = renewal::retry_at(now, kept.times.expires_at);
                Ok(kept)
            }
        }
    }
}

impl<T: Clone, E: Copy + From<Error>, Now: Fn() -> i64> Drop for Renewal<'_, T, E, Now> {
    fn drop(&mut self) {
        if !self.finished {
            // The exception is on its way to the caller, so the result is of no use.
            let _ = self.end(Err(Error::NoCredentials.into()));
        }
    }
}
