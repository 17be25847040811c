//! Our rights, and those that reach our children.

use std::ptr::from_mut;

/// What programming a firewall takes; from linux/capability.h.
const WANTED: [u32; 2] = [12 /* CAP_NET_ADMIN */, 13 /* CAP_NET_RAW */];

/// Makes the capabilities that we were given effective.
///
/// A container's user other than root loses on execve(2) whatever the runtime set up, but for what the file permits.
/// Ours permits both (`cap_net_admin,cap_net_raw=p`, see images/) and deliberately does not begin with them effective:
/// then the kernel would refuse to start it at all in a container that lacks one of them, where we want to be able to
/// say which.
///
/// Failing is no error: a user who may not will hear it from the kernel.
pub fn make_effective() {
    let Some(mut sets) = read() else { return };
    let ours = wanted_of(sets);
    if sets[0].effective & ours != ours {
        sets[0].effective |= ours;
        write(sets);
    }
}

/// Lets the programs that we start have them too: iptables and nft have no file capabilities, and need none where ours are
/// ambient (capabilities(7), "Ambient"; Linux 4.3). Failing is no error: a user who may not will hear it from the tools.
pub fn hand_on() {
    let Some(mut sets) = read() else { return };
    let ours = wanted_of(sets);
    sets[0].inheritable |= ours;
    write(sets);
    for capability in WANTED.into_iter().filter(|capability| ours & (1 << capability) != 0) {
        let [raise, capability, none] =
            [libc::PR_CAP_AMBIENT_RAISE as u32, capability, 0].map(libc::c_ulong::from);
        // SAFETY: takes no pointers.
        unsafe { libc::prctl(libc::PR_CAP_AMBIENT, raise, capability, none, none) };
    }
}

fn wanted_of(sets: [Sets; 2]) -> u32 {
    WANTED.iter().fold(0, |mask, capability| mask | (1 << capability)) & sets[0].permitted
}

fn read() -> Option<[Sets; 2]> {
    let mut header = Header { version: VERSION_3, pid: 0 };
    let mut sets = [Sets::default(); 2];
    // SAFETY: both point to memory of the layout and size that version 3 asks for.
    let answer = unsafe { libc::syscall(libc::SYS_capget, from_mut(&mut header), sets.as_mut_ptr()) };
    (answer == 0).then_some(sets)
}

fn write(sets: [Sets; 2]) {
    let mut header = Header { version: VERSION_3, pid: 0 };
    // SAFETY: as above, and nothing is written.
    unsafe { libc::syscall(libc::SYS_capset, from_mut(&mut header), sets.as_ptr()) };
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
