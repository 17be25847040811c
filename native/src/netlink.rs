//! One exchange with nfnetlink, rtnetlink or sock_diag: `netlink` of `src/host/host.ts`.

use std::fs::{File, Metadata};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::socket::sockopt::{SndBuf, SndBufForce};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SetSockOpt, SockProtocol, SockType, getsockopt, send, setsockopt,
};
use rquickjs::{Ctx, Error, IntoJs, Result, Value};

use crate::byte_string::ByteString;
use crate::errno::to_object;
use crate::kept_sockets;
use crate::socket_option;
use crate::text::Text;

/// The kernel never puts more than 32 KiB in one datagram of a dump (`netlink_dump` in net/netlink/af_netlink.c).
const DATAGRAM_LENGTH: usize = 32 * 1024;

/// What `netlink_sendmsg` of the same file takes off the buffer before it compares.
const SEND_OVERHEAD: usize = 32;

/// Every socket has room for so much (`SOCK_MIN_SNDBUF` in include/net/sock.h: 2 * 2048 and more).
const SMALLEST_SEND_BUFFER: usize = 4096;

pub fn ask(ctx: Ctx<'_>, request: ByteString, protocol: Text) -> Result<Value<'_>> {
    let protocol = match protocol.0.as_str() {
        "netfilter" => SockProtocol::NetlinkNetFilter,
        "route" => SockProtocol::NetlinkRoute,
        "sock-diag" => SockProtocol::NetlinkSockDiag,
        _ => return Err(Error::new_from_js_message("string", "protocol of netlink", protocol.0)),
    };
    match exchange(request, protocol) {
        Ok(datagrams) => datagrams.into_js(&ctx),
        Err(errno) => to_object(&ctx, errno),
    }
}

fn exchange(request: ByteString, protocol: SockProtocol) -> std::result::Result<Vec<ByteString>, Errno> {
    let bytes = request.0.ok_or(Errno::EINVAL)?;
    let kind = (AddressFamily::Netlink, SockType::Raw, Some(protocol));
    let descriptor = kept_sockets::take(kind, tell_more)?;
    if bytes.len() + SEND_OVERHEAD > SMALLEST_SEND_BUFFER {
        make_room(&descriptor, bytes.len() + SEND_OVERHEAD)?;
    }
    send(descriptor.as_raw_fd(), &bytes, MsgFlags::empty())?;
    let answer = receive_all(&descriptor)?;
    kept_sockets::keep(kind, descriptor);
    Ok(answer)
}

/// Does something with a socket of nfnetlink, the one of the next question. None where there can be none.
pub fn with_netfilter_socket<T>(act: impl FnOnce(&OwnedFd) -> Option<T>) -> Option<T> {
    let kind = (AddressFamily::Netlink, SockType::Raw, Some(SockProtocol::NetlinkNetFilter));
    let descriptor = kept_sockets::take(kind, tell_more).ok()?;
    let answer = act(&descriptor);
    kept_sockets::keep(kind, descriptor);
    answer
}

/// The network namespace of that socket, which is ours. None where the kernel gives it to nobody without CAP_NET_ADMIN.
pub fn own_netns() -> Option<Metadata> {
    const SIOCGSKNS: libc::Ioctl = 0x894c;
    with_netfilter_socket(|socket| {
        // SAFETY: takes nothing, and answers with a descriptor or -1.
        let descriptor = unsafe { libc::ioctl(socket.as_raw_fd(), SIOCGSKNS) };
        // SAFETY: a new one, ours alone.
        let namespace = (descriptor >= 0).then(|| unsafe { OwnedFd::from_raw_fd(descriptor) })?;
        File::from(namespace).metadata().ok()
    })
}

/// Kernels before 4.3 and 4.12 lack these options, and then tell less.
fn tell_more(descriptor: &OwnedFd) {
    for option in [libc::NETLINK_CAP_ACK, libc::NETLINK_EXT_ACK] {
        let _ = socket_option::set(descriptor, libc::SOL_NETLINK, option, &mut 1_i32.to_ne_bytes());
    }
}

/// Not permitted in a user namespace of one's own is only the first way, which knows no limit.
fn make_room(descriptor: &OwnedFd, wanted: usize) -> std::result::Result<(), Errno> {
    if wanted > getsockopt(descriptor, SndBuf)? && SndBufForce.set(descriptor, &wanted).is_err() {
        setsockopt(descriptor, SndBuf, &wanted)?;
    }
    Ok(())
}

/// The kernel has queued its answer before send(2) returns, so a wait could only be for something that is lost. The
/// next part of a dump is made as one is received, so that nothing is queued after the last one alone.
fn receive_all(descriptor: &OwnedFd) -> std::result::Result<Vec<ByteString>, Errno> {
    let mut datagrams = Vec::new();
    loop {
        match receive(descriptor) {
            Ok(datagram) => datagrams.push(datagram.into()),
            Err(Errno::EAGAIN) => return Ok(datagrams),
            Err(errno) => return Err(errno),
        }
    }
}

fn receive(descriptor: &OwnedFd) -> std::result::Result<Vec<u8>, Errno> {
    let mut datagram = Vec::with_capacity(DATAGRAM_LENGTH);
    let space = datagram.spare_capacity_mut();
    let flags = libc::MSG_DONTWAIT | libc::MSG_TRUNC;
    // SAFETY: points to as much memory as it says. Not nix's, which takes only what has been written to before: eight
    // pages for the one that an answer fills.
    let received =
        unsafe { libc::recv(descriptor.as_raw_fd(), space.as_mut_ptr().cast(), space.len(), flags) };
    let length = usize::try_from(received).map_err(|_| Errno::last())?;
    if length > space.len() {
        return Err(Errno::EMSGSIZE);
    }
    // SAFETY: the kernel has written so much.
    unsafe { datagram.set_len(length) };
    Ok(datagram)
}
