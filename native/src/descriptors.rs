//! Whole reads and writes of our own standard descriptors.

use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{read, write};

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
