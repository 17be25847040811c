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

/// Logs a line that is plain, and says whether it was.
pub fn plain_line(text: &str) -> bool {
    let is_plain = is_plain(text);
    if is_plain {
        line(text);
    }
    is_plain
}

/// Without anything that could steer a terminal, or that looks like something else than it is. Most lines are, and looking
/// at each character takes JavaScript as long as making the line.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Never fails: a log that nobody reads is no reason to leave a pod without its rules.
pub fn flush() {
    let mut lines = LINES.borrow_mut();
    let _ = write_all(stderr(), &lines);
    lines.clear();
}
