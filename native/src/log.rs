//! Standard error, where the log goes.

use std::cell::RefCell;
use std::io::stderr;

use crate::descriptors::write_all;
use crate::one_thread::OneThread;

static LINES: OneThread<RefCell<Vec<u8>>> = OneThread::new(RefCell::new(Vec::new()));

/// Lines wait until something else becomes visible or takes time: a command, a result, the end. Each write would wake
/// whoever reads the log, typically a container runtime on the same few CPUs, and a run logs one line per rule.
pub fn line(text: &str) {
    let mut lines = LINES.borrow_mut();
    lines.extend_from_slice(text.as_bytes());
    lines.push(b'\n');
}

/// Never fails: a log that nobody reads is no reason to leave a pod without its rules.
pub fn flush() {
    let mut lines = LINES.borrow_mut();
    let _ = write_all(stderr(), &lines);
    lines.clear();
}
