//! Rights that reach our children.

use std::ptr::from_mut;

/// What programming a firewall takes; from linux/capability.h.
const WANTED: [u32; 2] = [12 /* CAP_NET_ADMIN */, 13 /* CAP_NET_RAW */];

/// Makes the capabilities that we were given effective, here and in the programs that we start.
///
/// A container's user other than root loses on execve(2) whatever the runtime set up, but for what the file permits.
/// Ours permits both (`cap_net_admin,cap_net_raw=p`, see images/) and deliberately does not begin with them effective:
/// then the kernel would refuse to start it at all in a container that lacks one of them, where we want to be able to
/// say which. iptables and nft have no file capabilities, and need none where ours are ambient
/// (capabilities(7), "Ambient"; Linux 4.3).
///
/// Failing is no error: a user who may not will hear it from the tools.
pub fn hand_on() {
    let mut header = Header { version: VERSION_3, pid: 0 };
    let mut sets = [Sets::default(); 2];
    // SAFETY: both point to memory of the layout and size that version 3 asks for.
    if unsafe { libc::syscall(libc::SYS_capget, from_mut(&mut header), sets.as_mut_ptr()) } != 0 {
        return;
    }
    let ours = WANTED.iter().fold(0, |mask, capability| mask | (1 << capability)) & sets[0].permitted;
    sets[0].effective |= ours;
    sets[0].inheritable |= ours;
    // SAFETY: as above, and nothing is written.
    unsafe { libc::syscall(libc::SYS_capset, from_mut(&mut header), sets.as_ptr()) };
    for capability in WANTED.into_iter().filter(|capability| ours & (1 << capability) != 0) {
        let [raise, capability, none] =
            [libc::PR_CAP_AMBIENT_RAISE as u32, capability, 0].map(libc::c_ulong::from);
        // SAFETY: takes no pointers.
        unsafe { libc::prctl(libc::PR_CAP_AMBIENT, raise, capability, none, none) };
    }
}

/// `struct __user_cap_header_struct`
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

/// `struct __user_cap_data_struct`: 32 of the 64 capabilities.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Sets {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// `_LINUX_CAPABILITY_VERSION_3`
const VERSION_3: u32 = 0x2008_0522;
