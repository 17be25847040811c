//! Sockets by which the kernel is asked, kept for the next question in the same network namespace.

use std::cell::RefCell;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockFlag, SockProtocol, SockType, socket};

use crate::one_thread::OneThread;

pub type Kind = (AddressFamily, SockType, Option<SockProtocol>);

static KEPT: OneThread<RefCell<Vec<(Kind, OwnedFd)>>> = OneThread::new(RefCell::new(Vec::new()));

/// One that was kept, or a new one, which `prepare` has first.
pub fn take(kind: Kind, prepare: impl FnOnce(&OwnedFd)) -> Result<OwnedFd, Errno> {
    let mut kept = KEPT.borrow_mut();
    if let Some(place) = kept.iter().position(|(other, _)| *other == kind) {
        return Ok(kept.swap_remove(place).1);
    }
    let (family, way, protocol) = kind;
    let new = socket(family, way, SockFlag::SOCK_CLOEXEC, protocol)?;
    prepare(&new);
    Ok(new)
}

/// For the next question. Not after an error: what may still be queued on it then is no answer to that.
pub fn keep(kind: Kind, socket: OwnedFd) {
    KEPT.borrow_mut().push((kind, socket));
}

/// A socket belongs to the namespace that it was made in, which somebody is about to leave.
pub fn close_all() {
    KEPT.borrow_mut().clear();
}
