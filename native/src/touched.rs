//! Which pages of a piece of memory something writes to.

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::io;
use std::mem::zeroed;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Of the processors that this is for; where the kernel's are larger, nothing here minds.
pub const PAGE: usize = 4096;

const MOST_PAGES: usize = 1024;

/// What the handler of a signal needs, and writes.
struct Watch {
    start: AtomicUsize,
    touched: UnsafeCell<[bool; MOST_PAGES]>,
}

// SAFETY: this program never starts a second thread.
unsafe impl Sync for Watch {}

static WATCH: Watch = Watch { start: AtomicUsize::new(0), touched: UnsafeCell::new([false; MOST_PAGES]) };

/// By page, whether `action` wrote to it. Makes the pages read-only before, and each writable again at the first attempt.
///
/// # Safety
/// The memory must be whole pages of this program's own data. It may hold the stack of nobody.
pub unsafe fn pages_touched_by(memory: &UnsafeCell<[u8]>, action: impl FnOnce()) -> io::Result<Vec<bool>> {
    let (start, length) = (memory.get().cast::<u8>(), memory.get().len());
    let pages = length / PAGE;
    assert!(pages <= MOST_PAGES, "more pages than are counted");
    WATCH.start.store(start.addr(), Ordering::Relaxed);
    // SAFETY: all zeros is a signal action without flags.
    let mut watching: libc::sigaction = unsafe { zeroed() };
    watching.sa_sigaction = on_write as *const () as usize;
    watching.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: as above.
    let mut before: libc::sigaction = unsafe { zeroed() };
    // SAFETY: the handler makes system calls alone.
    check(unsafe { libc::sigaction(libc::SIGSEGV, &raw const watching, &raw mut before) })?;
    // SAFETY: as the caller promises; whoever writes gets the page back.
    check(unsafe { libc::mprotect(start.cast(), length, libc::PROT_READ) })?;
    action();
    // SAFETY: as it was.
    check(unsafe { libc::mprotect(start.cast(), length, libc::PROT_READ | libc::PROT_WRITE) })?;
    // SAFETY: as above.
    check(unsafe { libc::sigaction(libc::SIGSEGV, &raw const before, null_mut()) })?;
    // SAFETY: the handler is gone.
    Ok(unsafe { (&*WATCH.touched.get())[..pages].to_vec() })
}

extern "C" fn on_write(signal: c_int, info: *const libc::siginfo_t, _: *const c_void) {
    // SAFETY: the kernel gives a handler with SA_SIGINFO one.
    let address = unsafe { (*info).si_addr() }.addr();
    let page = address.wrapping_sub(WATCH.start.load(Ordering::Relaxed)) / PAGE;
    // SAFETY: only we write there, one signal at a time.
    let touched = unsafe { (*WATCH.touched.get()).get_mut(page) };
    let Some(touched) = touched.filter(|touched| !**touched) else {
        // No page of ours: an ordinary crash, which then happens again.
        // SAFETY: all zeros is the default action.
        unsafe { libc::sigaction(signal, &zeroed(), null_mut()) };
        return;
    };
    *touched = true;
    let start = null::<u8>().with_addr(address - address % PAGE).cast_mut();
    // SAFETY: a page of the memory that pages_touched_by was given.
    unsafe { libc::mprotect(start.cast(), PAGE, libc::PROT_READ | libc::PROT_WRITE) };
}

fn check(result: c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
