//! From a command line to a process.

use std::ffi::{CString, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::os::fd::RawFd;
use std::ptr::{from_ref, null, null_mut};
use std::sync::atomic::{AtomicI32, Ordering};

use nix::errno::Errno;
use nix::unistd::Pid;

/// A child that shares our memory until its execve(2), as with vfork(2), but while we go on. Hence all that it
/// reads and writes is in here, and must stay.
pub struct Launch {
    argv: Pointers,
    environment: Pointers,
    standard: [RawFd; 3],
    /// The error number of execve, so that a missing program is not taken for one that failed.
    error: AtomicI32,
    stack: Box<MaybeUninit<Stack>>,
}

/// Enough for three calls that hardly use any, on whatever processor.
#[repr(C, align(64))]
struct Stack([u8; 16 * 1024]);

impl Launch {
    /// `standard` become its input, output and error output; none of them may be among the first three here.
    pub fn new(argv: Vec<CString>, environment: Vec<CString>, standard: [RawFd; 3]) -> Self {
        Launch {
            argv: Pointers::to(argv),
            environment: Pointers::to(environment),
            standard,
            error: AtomicI32::new(0),
            stack: Box::new_uninit(),
        }
    }

    /// Once, and neither to be moved nor dropped before the child has ended.
    pub fn start(&mut self) -> Result<Pid, Errno> {
        let flags = libc::CLONE_VM | libc::SIGCHLD | UNTIL_EXECVE;
        // SAFETY: a stack grows downwards from its end, and nobody else uses this one.
        let top = unsafe { self.stack.as_mut_ptr().add(1) };
        // SAFETY: become_program does what may be done in such a child. What it is given stays, as the caller promises.
        let pid = unsafe {
            libc::clone(become_program, top.cast(), flags, from_ref(self).cast_mut().cast::<c_void>())
        };
        Errno::result(pid).map(Pid::from_raw)
    }

    /// Why the program did not begin, once the child has ended.
    pub fn error(&self) -> Option<Errno> {
        match self.error.load(Ordering::Acquire) {
            0 => None,
            number => Some(Errno::from_raw(number)),
        }
    }
}

/// In the child: only system calls, and of those that set `errno`, which is ours as well, none that can fail.
extern "C" fn become_program(launch: *mut c_void) -> c_int {
    // SAFETY: start gives it one.
    let launch = unsafe { &*launch.cast::<Launch>() };
    for (target, source) in (0..).zip(launch.standard) {
        // SAFETY: takes no pointers.
        unsafe { libc::dup2(source, target) };
    }
    // Neither our mask nor what we changed is a child's business: this in Rust's start-up code, the mask to see children
    // end. Handlers end with execve.
    // SAFETY: installs no handler.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    // SAFETY: an empty set is all zeros, and no old one is asked for.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, &std::mem::zeroed(), null_mut()) };
    // SAFETY: both lists end in null, their strings in NUL, and the first argument is the program.
    let number = unsafe { execve(launch.argv.first(), launch.argv.list(), launch.environment.list()) };
    launch.error.store(number, Ordering::Release);
    // SAFETY: leaves at once, with nothing of ours undone.
    unsafe { libc::_exit(127) }
}

/// The system call alone, which returns only an error number.
#[cfg(target_arch = "x86_64")]
unsafe fn execve(path: *const c_char, argv: *const *const c_char, environment: *const *const c_char) -> i32 {
    let result: i64;
    // SAFETY: as the caller promises; what the kernel changes is named.
    unsafe {
        std::arch::asm!("syscall", inlateout("rax") libc::SYS_execve => result, in("rdi") path,
            in("rsi") argv, in("rdx") environment, lateout("rcx") _, lateout("r11") _, options(nostack));
    }
    i32::try_from(-result).unwrap_or(libc::EINVAL)
}

/// The system call alone, which returns only an error number.
#[cfg(target_arch = "aarch64")]
unsafe fn execve(path: *const c_char, argv: *const *const c_char, environment: *const *const c_char) -> i32 {
    let result: i64;
    // SAFETY: as the caller promises; what the kernel changes is named.
    unsafe {
        std::arch::asm!("svc 0", in("x8") libc::SYS_execve, inlateout("x0") path => result, in("x1") argv,
            in("x2") environment, options(nostack));
    }
    i32::try_from(-result).unwrap_or(libc::EINVAL)
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
/// What we do until the child's execve: go on. A scheduler that sees us asleep may put two children on one processor.
const UNTIL_EXECVE: c_int = 0;

/// Elsewhere through `errno`, and so with us asleep meanwhile.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
unsafe fn execve(path: *const c_char, argv: *const *const c_char, environment: *const *const c_char) -> i32 {
    // SAFETY: as the caller promises.
    unsafe { libc::execve(path, argv, environment) };
    Errno::last_raw()
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const UNTIL_EXECVE: c_int = libc::CLONE_VFORK;

/// Strings as execve takes them.
struct Pointers {
    list: Vec<*const c_char>,
    _strings: Vec<CString>,
}

impl Pointers {
    fn to(strings: Vec<CString>) -> Self {
        let list = strings.iter().map(|string| string.as_ptr()).chain([null()]).collect();
        Pointers { list, _strings: strings }
    }

    fn list(&self) -> *const *const c_char {
        self.list.as_ptr()
    }

    /// Null in a list of none, which execve refuses.
    fn first(&self) -> *const c_char {
        self.list[0]
    }
}
