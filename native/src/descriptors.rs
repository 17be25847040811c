//! Whole reads and writes of our own standard descriptors.

use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{read, write};

/// Gives the first three something to lead to where they lead nowhere, so that the next file opened is none of them.
pub fn open_missing() {
    let mut standard = [0, 1, 2].map(|fd| libc::pollfd { fd, events: 0, revents: 0 });
    // SAFETY: three, as it says, and it does not wait.
    unsafe { libc::poll(standard.as_mut_ptr(), 3, 0) };
    for _ in standard.iter().filter(|each| each.revents & libc::POLLNVAL != 0) {
        // SAFETY: a string. The lowest number that is free is taken, and these are looked at in order.
        unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) };
    }
}

/// Also where the descriptor is non-blocking, which is a property of the pipe that whoever started us may have set.
pub fn write_all(descriptor: impl AsFd, bytes: &[u8]) -> Result<(), Errno> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match write(&descriptor, rest) {
            Ok(length) => rest = &rest[length..],
            Err(errno) => wait_or_fail(&descriptor, PollFlags::POLLOUT, errno)?,
        }
    }
    Ok(())
}

pub fn read_all(descriptor: impl AsFd) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 16 * 1024];
    loop {
        match read(&descriptor, &mut chunk) {
            Ok(0) => return Ok(bytes),
            Ok(length) => bytes.extend_from_slice(&chunk[..length]),
            Err(errno) => wait_or_fail(&descriptor, PollFlags::POLLIN, errno)?,
        }
    }
}

fn wait_or_fail(descriptor: &impl AsFd, events: PollFlags, errno: Errno) -> Result<(), Errno> {
    match errno {
        Errno::EINTR => Ok(()),
        Errno::EAGAIN => match poll(&mut [PollFd::new(descriptor.as_fd(), events)], PollTimeout::NONE) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(errno) => Err(errno),
        },
        errno => Err(errno),
    }
}
