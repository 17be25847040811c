//! From `execve` to exit status.

use std::env::args_os;
use std::ffi::OsString;
use std::process::exit;

use crate::capabilities;
use crate::engine::Engine;
use crate::heap;
use crate::log;

/// Exit status of a mistake of ours, the same as of any other failure.
const FAILED: i32 = 1;

/// Runs the bundle's `main` and exits with what it returns.
///
/// A program without a snapshot also takes `--write-snapshot FILE`, which is how build.sh gives it one. One that has
/// it starts where that left off: with the bundle loaded and evaluated.
pub fn run(bytecode: &'static [u8]) -> ! {
    capabilities::hand_on();
    let arguments: Vec<OsString> = args_os().collect();
    let engine = heap::take_engine().unwrap_or_else(|| {
        let engine = or_fail(Engine::start(bytecode));
        match arguments.as_slice() {
            [_, flag, file] if flag == "--write-snapshot" => {
                or_fail(heap::write_snapshot(engine, file));
                exit(0)
            }
            _ => engine,
        }
    });
    let status = or_fail(engine.call_main(arguments));
    log::flush();
    exit(status)
}

fn or_fail<T>(result: Result<T, String>) -> T {
    result.unwrap_or_else(|error| {
        log::line(&format!("shunt: this is a bug: {error}"));
        log::flush();
        exit(FAILED)
    })
}
