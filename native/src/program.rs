//! From `execve` to exit status.

use std::env::args_os;
use std::ffi::OsString;
use std::process::exit;

use crate::capabilities;
use crate::finish;
use crate::heap;
use crate::log;

/// Exit status of a mistake of ours, the same as of any other failure.
const FAILED: i32 = 1;

/// Runs the bundle's `main` and exits with what it returns.
///
/// The engine is in the heap, with the bundle loaded and evaluated; in a freshly linked program it is not, and that one
/// only makes programs.
pub fn run() -> ! {
    capabilities::hand_on();
    let arguments: Vec<OsString> = args_os().collect();
    let status = match heap::take_engine() {
        Some(engine) => engine.call_main(arguments),
        None => finish::obey(&arguments),
    };
    let status = status.unwrap_or_else(|error| {
        log::line(&format!("shunt: this is a bug: {error}"));
        FAILED
    });
    log::flush();
    exit(status)
}
