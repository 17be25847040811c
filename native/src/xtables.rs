//! The sockopts of ip_tables and ip6_tables: `xtables` of `src/host/host.ts`.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockProtocol, SockType};
use rquickjs::{Ctx, Error, IntoJs, Result, Value};

use crate::byte_string::ByteString;
use crate::errno::to_object;
use crate::kept_sockets;
use crate::socket_option;
use crate::text::Text;

/// `num_counters` of `struct ipt_replace`, and the pointer behind it, in 64-bit programs.
const COUNTER_COUNT: std::ops::Range<usize> = 84..88;
const COUNTER_POINTER: std::ops::Range<usize> = 88..96;

/// `struct xt_counters`
const COUNTER_LENGTH: usize = 16;

/// More rules than a table can have: the kernel keeps it in less than 512 MB (`XT_MAX_TABLE_SIZE`).
const MOST_COUNTERS: usize = 1 << 22;

pub fn ask(ctx: Ctx<'_>, family: Text, operation: Text, request: ByteString) -> Result<Value<'_>> {
    let Some(operation) = Operation::named(&operation.0) else {
        return Err(Error::new_from_js_message("string", "operation of xtables", operation.0));
    };
    match answer(family.0 == "ipv6", operation, request) {
        Ok(bytes) => ByteString::from(bytes).into_js(&ctx),
        Err(errno) => to_object(&ctx, errno),
    }
}

#[derive(Clone, Copy)]
enum Operation {
    /// Its number for IPv4, and for IPv6.
    Read(libc::c_int, libc::c_int),
    Replace,
    AddCounters,
}

impl Operation {
    /// From linux/netfilter_ipv4/ip_tables.h and linux/netfilter_ipv6/ip6_tables.h.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "info" => Self::Read(64, 64),
            "entries" => Self::Read(65, 65),
            "match-revision" => Self::Read(66, 68),
            "target-revision" => Self::Read(67, 69),
            "replace" => Self::Replace,
            "add-counters" => Self::AddCounters,
            _ => return None,
        })
    }
}

/// The tools use a raw socket, for which they need CAP_NET_RAW. gVisor takes the calls on no other
/// (pkg/sentry/socket/netstack of google/gvisor).
fn answer(is_ipv6: bool, operation: Operation, request: ByteString) -> std::result::Result<Vec<u8>, Errno> {
    let bytes = request.0.ok_or(Errno::EINVAL)?;
    if size_of::<usize>() != 8 {
        return Err(Errno::ENOSYS);
    }
    let domain = if is_ipv6 { AddressFamily::Inet6 } else { AddressFamily::Inet };
    let ask = |kind, socket: OwnedFd| {
        let answer = call(&socket, is_ipv6, operation, bytes.clone())?;
        kept_sockets::keep(kind, socket);
        Ok(answer)
    };
    let datagram = (domain, SockType::Datagram, None);
    match ask(datagram, kept_sockets::take(datagram, |_| ())?) {
        Err(errno @ (Errno::EOPNOTSUPP | Errno::ENOPROTOOPT)) => {
            let raw = (domain, SockType::Raw, Some(SockProtocol::Raw));
            // Where there is no such socket to be had, for want of CAP_NET_RAW for example, the first answer stands.
            kept_sockets::take(raw, |_| ()).map_or(Err(errno), |socket| ask(raw, socket))
        }
        other => other,
    }
}

fn call(
    descriptor: &OwnedFd,
    is_ipv6: bool,
    operation: Operation,
    mut bytes: Vec<u8>,
) -> std::result::Result<Vec<u8>, Errno> {
    let level = if is_ipv6 { libc::SOL_IPV6 } else { libc::SOL_IP };
    match operation {
        Operation::Read(ipv4, ipv6) => {
            socket_option::get(descriptor, level, if is_ipv6 { ipv6 } else { ipv4 }, &mut bytes)?;
            Ok(bytes)
        }
        Operation::Replace => replace(descriptor, level, &mut bytes),
        Operation::AddCounters => socket_option::set(descriptor, level, 65, &mut bytes).map(|()| Vec::new()),
    }
}

/// The kernel copies the old counters out after the tables have been exchanged, and complains in its log when it
/// cannot (`__do_replace` in net/ipv4/netfilter/ip_tables.c).
fn replace(
    descriptor: &OwnedFd,
    level: libc::c_int,
    bytes: &mut [u8],
) -> std::result::Result<Vec<u8>, Errno> {
    let count = bytes.get(COUNTER_COUNT).and_then(|bytes| bytes.try_into().ok()).ok_or(Errno::EINVAL)?;
    let count = usize::try_from(u32::from_ne_bytes(count)).map_err(|_| Errno::ENOMEM)?;
    if count > MOST_COUNTERS {
        return Err(Errno::ENOMEM);
    }
    let mut counters = vec![0_u8; count * COUNTER_LENGTH];
    let pointer = u64::try_from(counters.as_mut_ptr().expose_provenance()).map_err(|_| Errno::ENOSYS)?;
    bytes.get_mut(COUNTER_POINTER).ok_or(Errno::EINVAL)?.copy_from_slice(&pointer.to_ne_bytes());
    // The kernel writes as many counters as it says there are, or refuses (`xt_table_info.number`).
    socket_option::set(descriptor, level, 64, bytes)?;
    Ok(counters)
}
