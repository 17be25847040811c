//! The lock of iptables' tools: `lock` of `src/host/host.ts`.

use std::fs::{File, OpenOptions};
use std::os::fd::{AsRawFd, IntoRawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::unistd::close;
use rquickjs::{Ctx, IntoJs, Result, Value};

use crate::errno::{from_io, to_object};
use crate::log;
use crate::text::Text;

const LONGEST_SLEEP: Duration = Duration::from_millis(100);

/// The descriptor that {@link give_back} takes.
pub fn take(ctx: Ctx<'_>, path: Text, wait_ms: f64) -> Result<Value<'_>> {
    log::flush();
    match open(&path.0).and_then(|file| wait_for(file, wait_ms)) {
        Ok(file) => file.into_raw_fd().into_js(&ctx),
        Err(errno) => to_object(&ctx, errno),
    }
}

pub fn give_back(descriptor: i32) {
    // What is closed already is given back.
    let _ = close(descriptor);
}

/// As `xtables_lock` in iptables/xshared.c does, but for what our children must not inherit. A pipe in its place must
/// not hold us up.
fn open(path: &str) -> std::result::Result<File, Errno> {
    let opened =
        OpenOptions::new().read(true).custom_flags(libc::O_CREAT | libc::O_NONBLOCK).mode(0o600).open(path);
    opened.map_err(|error| from_io(&error))
}

/// Not by a flock(2) that waits, since the alarm that would end it is the slow line's (`slow_line.rs`).
fn wait_for(file: File, wait_ms: f64) -> std::result::Result<File, Errno> {
    let wait = Duration::try_from_secs_f64(wait_ms / 1000.0).unwrap_or(Duration::MAX);
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        // SAFETY: takes no pointers.
        let answer = unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) };
        let Err(errno) = Errno::result(answer) else {
            return Ok(file);
        };
        let left = wait.saturating_sub(started.elapsed());
        if errno != Errno::EAGAIN || left.is_zero() {
            return Err(errno);
        }
        sleep(pause.min(left));
        pause = (pause * 2).min(LONGEST_SLEEP);
    }
}
