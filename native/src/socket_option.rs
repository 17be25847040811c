//! Options of sockets that nix has no name for.

use std::os::fd::{AsRawFd, OwnedFd};

use nix::errno::Errno;

/// The value is one that the kernel may follow a pointer in, hence `mut`.
pub fn set(
    descriptor: &OwnedFd,
    level: libc::c_int,
    name: libc::c_int,
    value: &mut [u8],
) -> Result<(), Errno> {
    let length = libc::socklen_t::try_from(value.len()).map_err(|_| Errno::EMSGSIZE)?;
    // SAFETY: points to as much memory as it says.
    let answer =
        unsafe { libc::setsockopt(descriptor.as_raw_fd(), level, name, value.as_ptr().cast(), length) };
    Errno::result(answer).map(drop)
}

/// What the kernel reads first and then fills in.
pub fn get(
    descriptor: &OwnedFd,
    level: libc::c_int,
    name: libc::c_int,
    value: &mut [u8],
) -> Result<(), Errno> {
    let mut length = libc::socklen_t::try_from(value.len()).map_err(|_| Errno::EMSGSIZE)?;
    // SAFETY: points to as much memory as it says.
    let answer = unsafe {
        libc::getsockopt(descriptor.as_raw_fd(), level, name, value.as_mut_ptr().cast(), &raw mut length)
    };
    Errno::result(answer).map(drop)
}
