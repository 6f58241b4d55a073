//! A [`Keeper`] that survives `fork()`: in a child, the threads that waited, renewed or held a lock
//! are gone.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicUsize, Ordering};

use bedrock_token_core::raw::Keeper;

use crate::fork;
use crate::residue::on_clean_stack;
use crate::shared_token::SharedToken;
use crate::status::Failure;

pub type TokenKeeper = Keeper<SharedToken, Failure>;

pub struct ForkSafeKeeper {
    keeper: UnsafeCell<TokenKeeper>,
    state: AtomicUsize,
}

// SAFETY: the keeper is shared between threads, and replaced by one thread while no other uses it; see
// `ForkSafeKeeper::ready`.
unsafe impl Sync for ForkSafeKeeper {}

const _: fn() = || {
    fn may_be_shared<T: Send + Sync>() {}
    may_be_shared::<TokenKeeper>();
};

/// In which process the keeper is ready, or is being made ready by one of its threads.
#[derive(Clone, Copy, PartialEq)]
struct State {
    generation: usize,
    is_ready: bool,
}

impl State {
    fn from_number(number: usize) -> Self {
        Self { generation: number / 2, is_ready: number.is_multiple_of(2) }
    }

    fn to_number(self) -> usize {
        self.generation.wrapping_mul(2) + usize::from(!self.is_ready)
    }
}

impl ForkSafeKeeper {
    pub fn new() -> Self {
        let ready = State { generation: fork::generation(), is_ready: true };
        Self { keeper: UnsafeCell::default(), state: AtomicUsize::new(ready.to_number()) }
    }

    /// The keeper. In a child of `fork()`, the first call makes it ready for use. Nobody may use it after
    /// another `fork()` without calling this again: then it may be a new one, in the same place.
    pub fn ready(&self) -> &TokenKeeper {
        loop {
            let ready = State { generation: fork::generation(), is_ready: true };
            let being_made_ready = State { is_ready: false, ..ready };
            let state = State::from_number(self.state.load(Ordering::Acquire));
            if state == ready {
                // SAFETY: it is not written to any more in this process, since it is ready.
                return unsafe { &*self.keeper.get() };
            }
            let claim = || {
                let (from, to) = (state.to_number(), being_made_ready.to_number());
                let (relaxed, acquire) = (Ordering::Relaxed, Ordering::Acquire);
                self.state.compare_exchange(from, to, acquire, relaxed).is_ok()
            };
            if state != being_made_ready && claim() {
                // SAFETY: all other threads of this process wait until it is ready.
                unsafe { self.after_fork(state) };
                self.state.store(ready.to_number(), Ordering::Release);
            } else {
                std::thread::yield_now();
            }
        }
    }

    /// # Safety
    /// No other thread uses the keeper. `before` is the state that it was in at the `fork()`.
    unsafe fn after_fork(&self, before: State) {
        // SAFETY: the caller's promise. A lock that a gone thread held stays locked, and a value that it
        // wrote is half written, so what is there is given up, unwiped.
        unsafe {
            let renewing = if before.is_ready { (*self.keeper.get()).renewing() } else { None };
            let renewing = renewing.filter(|_| renewing == fork::survivor_since(before.generation));
            if !before.is_ready || !(*self.keeper.get()).after_fork(renewing) {
                on_clean_stack(|| self.keeper.get().write(TokenKeeper::renewed_by(renewing)));
            }
        }
    }
}
