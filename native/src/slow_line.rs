//! A line on standard error for a run that takes its time, also while a child is waited for or the engine computes.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

use nix::errno::Errno;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

use crate::log::is_plain;

/// After so long without a word people think that a program hangs; and then after so long again.
const PATIENCE: libc::timeval = libc::timeval { tv_sec: 2, tv_usec: 0 };
const INTERVAL: libc::timeval = libc::timeval { tv_sec: 10, tv_usec: 0 };
const NEVER: libc::timeval = libc::timeval { tv_sec: 0, tv_usec: 0 };

/// What is to be said, if anything. Never freed: the handler may be reading it.
static LINE: AtomicPtr<Vec<u8>> = AtomicPtr::new(null_mut());

/// The first line starts the clock, others replace it, and none stops it. Children inherit neither (setitimer(2)). A line
/// that nobody has made harmless has to be a plain one, and otherwise changes nothing; answers whether it could be taken.
pub fn set(line: Option<String>, is_harmless: bool) -> bool {
    if !is_harmless && line.as_deref().is_some_and(|text| !is_plain(text.trim_end_matches('…'))) {
        return false;
    }
    let is_due = !LINE.load(Ordering::Relaxed).is_null();
    let next = line.map_or(null_mut(), |text| Box::into_raw(Box::new(format!("{text}\n").into_bytes())));
    LINE.store(next, Ordering::Relaxed);
    if next.is_null() {
        alarm(NEVER, NEVER);
    } else if !is_due {
        let action = SigAction::new(SigHandler::Handler(say), SaFlags::SA_RESTART, SigSet::empty());
        // SAFETY: the handler does nothing but write(2).
        if unsafe { sigaction(Signal::SIGALRM, &action) }.is_ok() {
            alarm(PATIENCE, INTERVAL);
        }
    }
    true
}

fn alarm(it_value: libc::timeval, it_interval: libc::timeval) {
    let timer = libc::itimerval { it_interval, it_value };
    // SAFETY: the timer outlives the call, and nobody asks for the old one.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, null_mut()) };
}

extern "C" fn say(_: libc::c_int) {
    let errno = Errno::last_raw();
    // SAFETY: whatever was stored lives for ever.
    if let Some(line) = unsafe { LINE.load(Ordering::Relaxed).as_ref() } {
        // SAFETY: the bytes are there. A standard error that takes nothing is no reason to fail.
        unsafe { libc::write(libc::STDERR_FILENO, line.as_ptr().cast(), line.len()) };
    }
    Errno::set_raw(errno);
}
