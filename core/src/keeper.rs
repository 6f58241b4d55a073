//! Keeps a token and decides when it is time for a new one, and which thread gets it. The caller
//! brings the clock and does the work: it asks for credentials and generates the token.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};

use crate::Error;
use crate::schedule::{Times, retry_at};

/// A number that no other living thread has; not 0.
pub type Thread = usize;

const NOBODY: Thread = 0;

/// The place of this thread among so many, a power of two. Multiplied by the golden ratio, neighbouring
/// numbers end up far apart.
pub fn place_of(thread: Thread, places: usize) -> usize {
    ((thread as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - places.ilog2())) as usize
}

/// A token and its times. The token is cheap to clone: a reference.
#[derive(Clone)]
pub struct Kept<T> {
    /// The token.
    pub token: T,
    /// When it is valid, and when it is renewed.
    pub times: Times,
}

/// A place for a kept token. An empty one has times, too: all of its bytes are written, so it takes
/// nothing along that lay on the stack.
struct Place<T>(Kept<Option<T>>);

impl<T: Clone> Place<T> {
    const EMPTY: Self = Self(Kept { token: None, times: Times::ZERO });

    fn of(kept: &Kept<T>) -> Self {
        Self(Kept { token: Some(kept.token.clone()), times: kept.times })
    }

    fn take(&mut self) -> Option<T> {
        self.0.token.take()
    }

    /// The token, unless it has ended or is from the future.
    fn holding(&self, now: i64) -> Option<Kept<T>> {
        let Kept { token, times } = &self.0;
        let token = token.as_ref().filter(|_| times.hold(now))?;
        Some(Kept { token: token.clone(), times: *times })
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
pub struct Keeper<T, E> {
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
struct Group<T>(RwLock<Place<T>>);

struct State<T, E> {
    kept: Place<T>,
    /// When the kept token is to be renewed.
    due_at: i64,
    /// How many renewals have ended, and why the last one failed, if it did.
    renewals: u64,
    failure: Option<E>,
    /// The token of the last renewal, while threads that waited have yet to see it. They share it even
    /// if the token was invalidated since. Otherwise a thread could wait again and again, and never get
    /// a token.
    renewed: Place<T>,
    waiting: usize,
}

impl<T: Clone, E: Clone + From<Error>> Default for Keeper<T, E> {
    fn default() -> Self {
        Self::renewed_by(None)
    }
}

impl<T: Clone, E: Clone + From<Error>> Keeper<T, E> {
    /// A new keeper without a token, which this thread is about to renew.
    pub fn renewed_by(thread: Option<Thread>) -> Self {
        Self {
            groups: std::array::from_fn(|_| Group(RwLock::new(Place::EMPTY))),
            state: Mutex::new(State {
                kept: Place::EMPTY,
                due_at: 0,
                renewals: 0,
                failure: None,
                renewed: Place::EMPTY,
                waiting: 0,
            }),
            renewing: AtomicUsize::new(thread.unwrap_or(NOBODY)),
            renewal_ended: Condvar::new(),
        }
    }

    /// Copies the kept token out, unless it is time to renew it.
    pub fn copy_fresh<R>(
        &self,
        thread: Thread,
        now: impl Fn() -> i64,
        copy: impl FnOnce(&T, i64) -> R,
    ) -> Option<R> {
        let group = &self.groups[place_of(thread, GROUPS)];
        let place = group.0.read().unwrap_or_else(PoisonError::into_inner);
        let Kept { token, times } = &place.0;
        let token = token.as_ref()?;
        let now = seconds(now());
        (times.hold(now) && now < times.renew_at).then(|| copy(token, times.expires_at))
    }

    /// A token that has not ended. `None`: this thread renews from now on, and has to call
    /// [`Keeper::end_renewal`]. Waits for the thread that renews, if there is nothing to hand out.
    pub fn get_or_renew(
        &self,
        thread: Thread,
        now: impl Fn() -> i64,
    ) -> Result<Option<Kept<T>>, E> {
        let mut state = self.lock();
        if self.renewing() == Some(thread) {
            return Err(Error::Reentrant.into());
        }
        loop {
            let second = seconds(now());
            if let Some(kept) = state.kept.holding(second)
                && (second < state.due_at
                    || self.renewing().is_some() && second < kept.times.wait_from)
            {
                return Ok(Some(kept));
            }
            if self.renewing().is_none() {
                self.renewing.store(thread, Ordering::Relaxed);
                // From now on all calls come here, also when the clock jumps back: the thread that
                // renews must not get a token.
                self.share(None);
                return Ok(None);
            }
            let awaited = state.renewals;
            state.waiting += 1;
            while state.renewals == awaited {
                state = self.renewal_ended.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.waiting -= 1;
            let second = seconds(now());
            let renewed = state.renewed.holding(second);
            if state.waiting == 0 {
                state.renewed.take();
            }
            if let Some(failure) = state.failure.clone() {
                return state.kept.holding(second).map(Some).ok_or(failure);
            }
            if renewed.is_some() {
                return Ok(renewed);
            }
        }
    }

    /// Ends the renewal of this thread. If it failed, the kept token is handed out until it ends.
    pub fn end_renewal(
        &self,
        renewed: Result<Kept<T>, E>,
        now: impl Fn() -> i64,
    ) -> Result<Kept<T>, E> {
        let mut state = self.lock();
        self.renewing.store(NOBODY, Ordering::Relaxed);
        state.renewals = state.renewals.wrapping_add(1);
        state.failure = renewed.as_ref().err().cloned();
        let awaited = state.waiting > 0;
        if awaited {
            self.renewal_ended.notify_all();
        }
        match renewed {
            Ok(kept) => {
                state.due_at = kept.times.renew_at;
                self.share(Some(&kept));
                let replaced = (state.kept.take(), state.renewed.take());
                state.kept = Place::of(&kept);
                if awaited {
                    state.renewed = Place::of(&kept);
                }
                drop(state);
                // Wiped here, where no other thread waits for it.
                drop(replaced);
                Ok(kept)
            }
            Err(failure) => {
                let now = now();
                let kept = state.kept.holding(seconds(now)).ok_or(failure)?;
                // Rounded up to the next second.
                state.due_at = retry_at(seconds(now.saturating_add(999)), kept.times.expires_at);
                Ok(kept)
            }
        }
    }

    /// Drops the kept token if it is the refused one, so that the next call renews. A renewal that is
    /// under way goes on, and its token is kept.
    pub fn invalidate(&self, is_refused: impl FnOnce(&T) -> bool) {
        let mut state = self.lock();
        let dropped = state.kept.0.token.take_if(|token| is_refused(token));
        if dropped.is_some() {
            self.share(None);
        }
        drop(state);
        drop(dropped);
    }

    /// Why the last renewal failed; `None` if it succeeded, or before the first one.
    pub fn failure(&self) -> Option<E> {
        self.lock().failure.clone()
    }

    /// The thread that renews now.
    pub fn renewing(&self) -> Option<Thread> {
        Some(self.renewing.load(Ordering::Relaxed)).filter(|&thread| thread != NOBODY)
    }

    /// For the child of a `fork()`, in which only one thread is alive: forgets the threads that waited.
    /// `renewing` is the living thread if it renews. Returns false if a thread that is gone held a lock:
    /// then only [`Keeper::renewed_by`] is left.
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
        state.renewed.take();
        true
    }

    /// Gives all groups the kept token. To be called with the state locked.
    fn share(&self, kept: Option<&Kept<T>>) {
        for group in &self.groups {
            *group.0.write().unwrap_or_else(PoisonError::into_inner) =
                kept.map_or(Place::EMPTY, Place::of);
        }
    }

    /// A thread that panicked with the lock held, in the clock or in a comparison of the caller's, has
    /// changed the state wholly or not at all.
    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
