//! Which interface is a loopback one: `loopbackAt` of `src/host/host.ts`.

use std::ffi::{CStr, c_char};
use std::os::fd::{AsRawFd, OwnedFd};

use crate::netlink;

// linux/sockios.h. The C libraries do not agree on the type of such a number.
const SIOCGIFNAME: libc::Ioctl = 0x8910;
const SIOCGIFFLAGS: libc::Ioctl = 0x8913;

/// The name of the interface with that number, if it is one. Any socket will do, and one of nfnetlink is there or will be
/// wanted (`sock_ioctl` in net/socket.c).
pub fn at(index: i32) -> Option<String> {
    netlink::with_netfilter_socket(|socket| {
        // SAFETY: all zeros are one.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        request.ifr_ifru.ifru_ifindex = index;
        ask(socket, SIOCGIFNAME, &mut request)?;
        ask(socket, SIOCGIFFLAGS, &mut request)?;
        // SAFETY: the kernel has written it.
        let flags = libc::c_int::from(unsafe { request.ifr_ifru.ifru_flags });
        let name: *const c_char = request.ifr_name.as_ptr();
        // SAFETY: IFNAMSIZ bytes at most, with the NUL.
        let name = unsafe { CStr::from_ptr(name) };
        (flags & libc::IFF_LOOPBACK != 0).then(|| name.to_str().ok().map(str::to_owned))?
    })
}

fn ask(socket: &OwnedFd, what: libc::Ioctl, request: &mut libc::ifreq) -> Option<()> {
    // SAFETY: of the struct that both take.
    let answer = unsafe { libc::ioctl(socket.as_raw_fd(), what, &raw mut *request) };
    (answer == 0).then_some(())
}
