//! The clock and random numbers, which stand still while the program that is released is made.
//!
//! The engine asks for the time, and Rust's hash maps for random keys, to begin with, and both end up in the heap that is
//! kept. Two builds of one source would differ in nothing but these few bytes. So the program has these two functions of
//! the C library itself: Rust's library and the engine find them here before the linker looks into libc.a.

use std::cell::Cell;

use libc::{c_int, c_uint, c_void, clock_gettime, size_t, ssize_t, timespec, timeval};

use crate::one_thread::OneThread;

static STANDS_STILL: OneThread<Cell<bool>> = OneThread::new(Cell::new(false));

/// From here on the time is the beginning of 1970 and random numbers are zeros. For the making of a program alone (finish.rs).
pub fn stand_still() {
    STANDS_STILL.set(true);
}

/// As in gettimeofday(2); the second argument has been without use since long.
#[unsafe(no_mangle)]
extern "C" fn gettimeofday(time: *mut timeval, _: *mut c_void) -> c_int {
    let mut now = timespec { tv_sec: 0, tv_nsec: 0 };
    if !STANDS_STILL.get() {
        // SAFETY: a local variable. It cannot fail with this clock.
        unsafe { clock_gettime(libc::CLOCK_REALTIME, &raw mut now) };
    }
    if !time.is_null() {
        // SAFETY: who calls a function of the C library keeps to its contract.
        unsafe { time.write(timeval { tv_sec: now.tv_sec, tv_usec: now.tv_nsec / 1000 }) };
    }
    0
}

/// As in getrandom(2).
#[unsafe(no_mangle)]
extern "C" fn getrandom(buffer: *mut c_void, length: size_t, flags: c_uint) -> ssize_t {
    if STANDS_STILL.get() {
        // SAFETY: the caller's own buffer, of that length.
        unsafe { buffer.cast::<u8>().write_bytes(0, length) };
        return length.cast_signed();
    }
    // SAFETY: as above. The C library's wrapper, errno included; only its name is taken here.
    unsafe { libc::syscall(libc::SYS_getrandom, buffer, length, flags) as ssize_t }
}
