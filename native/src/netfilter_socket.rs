//! A NETLINK_NETFILTER socket, as `NetlinkSocket` in `src/host/nft-tables.ts` wants it.

use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;

use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, send, socket};
use rquickjs::{Ctx, Function, Object, Result, Value};

use crate::errno::to_object;

/// The kernel never puts more than 32 KiB in one datagram of a dump (`netlink_dump` in net/netlink/af_netlink.c).
const DATAGRAM_LENGTH: usize = 32 * 1024;

/// An error number where there is none to be had. It belongs to the network namespace we are in now.
pub fn open(ctx: Ctx<'_>) -> Result<Value<'_>> {
    let protocol = SockProtocol::NetlinkNetFilter;
    let opened = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, protocol);
    let descriptor = match opened {
        Ok(descriptor) => Rc::new(descriptor),
        Err(errno) => return to_object(&ctx, errno),
    };
    let object = Object::new(ctx.clone())?;
    object.set("order", if cfg!(target_endian = "big") { "big" } else { "little" })?;
    let sender = Rc::clone(&descriptor);
    object.set("send", Function::new(ctx.clone(), move |bytes: Vec<u8>| send_all(&sender, &bytes))?)?;
    object.set("receive", Function::new(ctx, move || receive(&descriptor))?)?;
    Ok(object.into_value())
}

fn send_all(descriptor: &OwnedFd, bytes: &[u8]) -> bool {
    send(descriptor.as_raw_fd(), bytes, MsgFlags::empty()) == Ok(bytes.len())
}

/// The kernel has queued its answer before send(2) returns, so a wait could only be for something that is lost.
fn receive(descriptor: &OwnedFd) -> Option<Vec<u8>> {
    let mut datagram = Vec::with_capacity(DATAGRAM_LENGTH);
    let space = datagram.spare_capacity_mut();
    // SAFETY: points to as much memory as it says. Not nix's, which takes only what has been written to before: eight
    // pages for the one that an answer fills.
    let received = unsafe {
        libc::recv(descriptor.as_raw_fd(), space.as_mut_ptr().cast(), space.len(), libc::MSG_DONTWAIT)
    };
    let length = usize::try_from(received).ok().filter(|length| *length > 0)?;
    // SAFETY: the kernel has written so much.
    unsafe { datagram.set_len(length) };
    Some(datagram)
}
