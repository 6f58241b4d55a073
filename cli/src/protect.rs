use crate::output;

/// Keeps secrets out of what others can read of this process.
pub fn process() {
    // A panic's message may show a value.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or(String::new(), |place| format!(" at {place}"));
        output::complain(&format!("internal error{place}; please report it"));
    }));
    // No core dump, and no /proc/PID/environ for other processes of this user. The program that
    // `exec` runs is not concerned: the kernel sets this anew for it.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // It fails where the kernel has no such call, and then there is nothing to do about it.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
