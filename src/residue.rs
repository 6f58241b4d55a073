//! No residue: nothing that a call computed with a secret is in memory when it returns.
//!
//! The signer below us leaves keys and hash states on its stack frames and in vector registers. So
//! that part of a call runs inside [`leave_no_trace`], which then overwrites the stack with zeros,
//! deeper than the work ever reaches. Before a call returns, [`clear_registers`] does the rest. The
//! heap is the work of `allocator.rs`.

use std::mem::MaybeUninit;

use zeroize::Zeroize as _;

use crate::call::catch;
use crate::status::Failure;

/// How much of the stack is wiped. If the work reached deeper, `tests/security/residue.c` would find
/// it. That test also passes with 1 KiB less, so there is a margin. Unoptimised code needs more.
const STACK_DEPTH: usize = if cfg!(debug_assertions) {
    24 * 1024
} else if cfg!(bedrock_token_test_margin) {
    5 * 1024
} else {
    6 * 1024
};

/// Runs `work`, then wipes the stack that it used, also after a panic. The result is `Copy`, so that
/// it can hold nothing that `work` allocated.
pub fn leave_no_trace<R: Copy>(work: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    let result = apart(|| catch(work));
    wipe_stack();
    result
}

/// Runs `work` where only zeros lie. A struct that it builds takes along in its padding what was on the
/// stack, which may be a secret of the host.
#[cfg(not(target_arch = "wasm32"))]
pub fn on_clean_stack<R>(work: impl FnOnce() -> R) -> R {
    wipe_stack();
    apart(work)
}

/// Has a frame of its own, below its caller's.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Called from the same place as `apart`, so its frame covers those of the work.
#[inline(never)]
fn wipe_stack() {
    let mut stack = [MaybeUninit::<u8>::uninit(); STACK_DEPTH];
    // In parts: for more at once, glibc's memset takes `rep stosb`, which is slow to start. That was
    // 3 % of the time of a token.
    for part in stack.chunks_mut(1024) {
        part.zeroize();
    }
}

/// Clears the vector registers. They still hold bytes that the work or the C library's string
/// functions loaded last. The next signal would put them on the stack, and so would the dynamic
/// linker when it resolves a function. The general registers have been overwritten by then;
/// `tests/security/residue.c` looks at them, too.
#[cfg(target_arch = "x86_64")]
pub fn clear_registers() {
    use std::arch::{asm, is_x86_feature_detected};
    // SAFETY: each instruction is run on processors that have it. `clobber_abi` names all registers
    // that a call may change, so the compiler keeps nothing in the ones that are cleared. It also names
    // xmm6 to xmm15 on Windows, which a call must not change, so the compiler saves them there.
    unsafe {
        if is_x86_feature_detected!("avx") {
            asm!("vzeroall", clobber_abi("C"), options(nomem, nostack, preserves_flags));
        } else {
            asm!(
                ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
                "xorps xmm\\n, xmm\\n",
                ".endr",
                clobber_abi("C"),
                options(nomem, nostack, preserves_flags)
            );
        }
        if is_x86_feature_detected!("avx512vl") {
            asm!(
                ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
                "vpxord xmm\\n, xmm\\n, xmm\\n",
                ".endr",
                clobber_abi("C"),
                options(nomem, nostack, preserves_flags)
            );
        }
    }
}

/// Clears the vector registers, and with them the longer registers of SVE, and the general registers
/// that a call may change: the C library also copies short strings through those.
#[cfg(target_arch = "aarch64")]
pub fn clear_registers() {
    use std::arch::asm;
    // SAFETY: every processor has these registers. `clobber_abi` names them all, so the compiler keeps
    // nothing in them, and saves the lower halves of v8 to v15, which a call must not change. x18
    // belongs to the system.
    unsafe {
        asm!(
            ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17",
            "mov x\\n, xzr",
            "movi v\\n\\().2d, #0",
            ".endr",
            ".irp n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
            "movi v\\n\\().2d, #0",
            ".endr",
            clobber_abi("C"),
            options(nomem, nostack, preserves_flags)
        );
    }
}

/// On other processors no register is cleared, as SECURITY.md says.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub fn clear_registers() {}
