//! The Windows DLL gives its slots of thread-local memory back when it is unloaded. A process has 1088.
//! For MinGW, Rust's standard library takes some when a thread or the DLL ends, and never frees them.
//! When all are taken, it ends the process.
//!
//! In the DLL, the linker takes the functions here for the system's: `build.rs`. A program that
//! contains the static library is not concerned, and a DLL that does is not helped.

use std::arch::global_asm;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering};

const DLL_PROCESS_DETACH: u32 = 0;
const FAILED: u32 = u32::MAX;

// SAFETY: these are the functions of these types. The loader has set them, and nothing changes them.
unsafe extern "system" {
    #[link_name = "__imp_TlsAlloc"]
    safe static SYSTEM_ALLOC: extern "system" fn() -> u32;
    #[link_name = "__imp_TlsFree"]
    safe static SYSTEM_FREE: extern "system" fn(u32) -> i32;
}

/// The slots that are taken. The standard library has fewer than these.
static TAKEN: [AtomicU32; 16] = [const { AtomicU32::new(FAILED) }; 16];

fn replace(slot: u32, new: u32) {
    let (relaxed, places) = (Ordering::Relaxed, &mut TAKEN.iter());
    places.find(|place| place.compare_exchange(slot, new, relaxed, relaxed).is_ok());
}

extern "system" fn tls_alloc() -> u32 {
    let slot = SYSTEM_ALLOC();
    replace(FAILED, slot);
    slot
}

extern "system" fn tls_free(slot: u32) -> i32 {
    replace(slot, FAILED);
    SYSTEM_FREE(slot)
}

// Not `no_mangle`, which the DLL would export.
global_asm!(
    ".globl __wrap_TlsAlloc, __wrap_TlsFree",
    "__wrap_TlsAlloc: jmp {}",
    "__wrap_TlsFree: jmp {}",
    sym tls_alloc,
    sym tls_free,
);

/// The loader calls it. `process_ends` is NULL if only the DLL is unloaded.
extern "system" fn at_end(_module: *mut c_void, reason: u32, process_ends: *mut c_void) {
    if reason == DLL_PROCESS_DETACH && process_ends.is_null() {
        for place in &TAKEN {
            let slot = place.swap(FAILED, Ordering::Relaxed);
            if slot != FAILED {
                SYSTEM_FREE(slot);
            }
        }
    }
}

/// In the loader's list, behind the standard library's, which is in `XLB`.
#[used]
#[unsafe(link_section = ".CRT$XLC")]
static AT_END: extern "system" fn(*mut c_void, u32, *mut c_void) = at_end;
