//! From `execve` to exit status.

use std::ffi::{CStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStringExt;
use std::process::exit;

use crate::capabilities;
use crate::descriptors;
use crate::finish;
use crate::heap;
use crate::log;

/// Exit status of a mistake of ours, the same as of any other failure.
const FAILED: i32 = 1;

/// Runs the bundle's program and exits with what it returns.
///
/// The engine is in the heap, with the bundle loaded and evaluated; in a freshly linked program it is not, and that one
/// only makes programs.
///
/// # Safety
/// `arguments` are `count` strings of C that stay.
pub unsafe fn run(count: c_int, arguments: *const *const c_char) -> ! {
    descriptors::open_missing();
    // A reader that goes away is an error of write(2), which is looked at. As Rust's own start-up code has it.
    // SAFETY: installs no handler.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    capabilities::make_effective();
    let count = usize::try_from(count).unwrap_or_default();
    // SAFETY: as the caller promises.
    let argument = |index| unsafe { CStr::from_ptr(*arguments.add(index)) };
    let arguments: Vec<OsString> =
        (0..count).map(|index| OsString::from_vec(argument(index).to_bytes().to_vec())).collect();
    let status = match heap::take_engine() {
        Some(engine) => engine.run(arguments),
        None => finish::obey(&arguments),
    };
    let status = status.unwrap_or_else(|error| {
        log::line(&format!("shunt: this is a bug: {error}"));
        FAILED
    });
    log::flush();
    exit(status)
}
