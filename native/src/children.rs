//! Child processes, all at the same time.

use std::cell::{OnceCell, RefCell};
use std::ffi::CString;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigHandler, SigSet, Signal, kill, signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::os::fd::{AsFd, BorrowedFd};

use crate::capabilities;
use crate::errno::message;
use crate::input::{Input, Stdin, Writer};
use crate::launch::Launch;
use crate::memory_file::MemoryFile;
use crate::one_thread::OneThread;

pub struct Command {
    /// The first is the path of the program.
    pub argv: Vec<CString>,
    pub stdin: Stdin,
    pub timeout: Duration,
}

pub struct Ended {
    pub outcome: Outcome,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

pub enum Outcome {
    Exited(i32),
    Killed(&'static str),
    TimedOut,
    NotStarted(String),
}

impl From<Errno> for Ended {
    fn from(errno: Errno) -> Self {
        Ended { outcome: Outcome::NotStarted(message(errno)), stdout: Vec::new(), stderr: Vec::new() }
    }
}

static STARTED: OneThread<RefCell<Vec<Result<Child, Errno>>>> = OneThread::new(RefCell::new(Vec::new()));
static SIGNALS: OneThread<OnceCell<Result<SignalFd, Errno>>> = OneThread::new(OnceCell::new());

/// Starts a child, and answers with a number for it. How that went, too, is for [`wait`] to say. None is a command that
/// execve could not be told of.
pub fn start(command: Option<Command>, environment: Vec<CString>) -> usize {
    let mut started = STARTED.borrow_mut();
    started.push(prepare().and_then(|()| Child::start(command, environment)));
    started.len() - 1
}

/// Gives a child the input that it was promised.
pub fn feed(child: usize, input: Vec<u8>) {
    if let Some(Ok(Child { writer: Some(writer), .. })) = STARTED.borrow_mut().get_mut(child) {
        writer.feed(input);
    }
}

/// Waits for the last `count` that were started, and answers in their order.
pub fn wait(count: usize) -> Vec<Ended> {
    let mut started = STARTED.borrow_mut();
    let first = started.len().saturating_sub(count);
    let mut children = started.split_off(first);
    if let Some(Ok(signals)) = SIGNALS.get() {
        wait_for_all(&mut children, signals);
    }
    children.into_iter().map(|child| child.map_or_else(Ended::from, Child::into_ended)).collect()
}

/// What must be so before the first child starts.
fn prepare() -> Result<(), Errno> {
    let watched = SIGNALS.get_or_init(|| {
        capabilities::hand_on();
        keep_descriptors_to_ourselves();
        watch_for_ends()
    });
    watched.as_ref().map(|_| ()).map_err(|errno| *errno)
}

struct Child {
    pid: Pid,
    deadline: Instant,
    killed_by_us: bool,
    outcome: Option<Outcome>,
    launch: Box<Launch>,
    /// Of an input that it was promised.
    writer: Option<Writer>,
    stdout: MemoryFile,
    stderr: MemoryFile,
}

impl Child {
    fn start(command: Option<Command>, environment: Vec<CString>) -> Result<Child, Errno> {
        let Command { argv, stdin, timeout } = command.ok_or(Errno::EINVAL)?;
        let stdin = Input::create(&stdin)?;
        let stdout = MemoryFile::create(c"stdout", b"")?;
        let stderr = MemoryFile::create(c"stderr", b"")?;
        let standard = [stdin.descriptor(), stdout.descriptor(), stderr.descriptor()];
        let mut launch = Box::new(Launch::new(argv, environment, standard));
        let deadline = Instant::now() + timeout;
        let pid = launch.start()?;
        let writer = stdin.let_go();
        Ok(Child { pid, deadline, killed_by_us: false, outcome: None, launch, writer, stdout, stderr })
    }

    fn is_running(&self) -> bool {
        self.outcome.is_none()
    }

    fn look(&mut self) {
        self.outcome = match waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(_, status)) => Some(Outcome::Exited(status)),
            Ok(WaitStatus::Signaled(_, Signal::SIGKILL, _)) if self.killed_by_us => Some(Outcome::TimedOut),
            Ok(WaitStatus::Signaled(_, signal, _)) => Some(Outcome::Killed(signal.as_str())),
            Ok(_) | Err(Errno::EINTR) => None,
            // nix has no name for real-time signals, and nothing else can be wrong with a child of ours.
            Err(_) => Some(Outcome::Killed("SIGRT")),
        };
    }

    /// Its time is up, or the promise of an input is broken: it has read nothing and could only take that for all.
    fn kill_if_due(&mut self, now: Instant) {
        let is_let_down = self.writer.as_ref().is_some_and(|writer| !writer.is_fed());
        if (now >= self.deadline || is_let_down) && !self.killed_by_us {
            self.killed_by_us = true;
            let _ = kill(self.pid, Signal::SIGKILL);
        }
    }

    fn into_ended(self) -> Ended {
        if let Some(errno) = self.launch.error() {
            return Ended::from(errno);
        }
        match (self.stdout.content(), self.stderr.content()) {
            (Ok(stdout), Ok(stderr)) => {
                Ended { outcome: self.outcome.unwrap_or(Outcome::TimedOut), stdout, stderr }
            }
            (Err(errno), _) | (_, Err(errno)) => Ended::from(errno),
        }
    }
}

fn wait_for_all(children: &mut [Result<Child, Errno>], signals: &SignalFd) {
    loop {
        let mut running: Vec<_> = children.iter_mut().flatten().filter(|child| child.is_running()).collect();
        for child in &mut running {
            child.look();
        }
        running.retain(|child| child.is_running());
        if running.is_empty() {
            return;
        }
        let now = Instant::now();
        for child in &mut running {
            child.kill_if_due(now);
        }
        let more = running.iter().filter_map(|child| child.writer.as_ref()?.pending());
        let next = running.iter().filter(|child| !child.killed_by_us).map(|child| child.deadline).min();
        let at_most = next.map(|deadline| deadline.saturating_duration_since(now));
        sleep_until_an_end(signals, more, at_most);
        running.iter_mut().filter_map(|child| child.writer.as_mut()).for_each(Writer::push);
    }
}

/// Or until one takes more of its input.
fn sleep_until_an_end<'a>(
    signals: &SignalFd,
    more: impl Iterator<Item = BorrowedFd<'a>>,
    at_most: Option<Duration>,
) {
    // Rounded up: a wake-up just before a deadline would spin until it.
    let timeout = at_most.map_or(PollTimeout::NONE, |duration| {
        PollTimeout::try_from(duration.as_millis() + 1).unwrap_or(PollTimeout::MAX)
    });
    let mut awaited = vec![PollFd::new(signals.as_fd(), PollFlags::POLLIN)];
    awaited.extend(more.map(|end| PollFd::new(end, PollFlags::POLLOUT)));
    let _ = poll(&mut awaited, timeout);
    // SIGCHLD does not queue: one may stand for several children, so who it was for is of no interest.
    while let Ok(Some(_)) = signals.read_signal() {}
}

/// SIGCHLD as something to wait for with a timeout. pidfds would do the same but need Linux 5.3.
fn watch_for_ends() -> Result<SignalFd, Errno> {
    // SAFETY: installs no handler. Where our parent ignored the signal, the kernel would throw exit statuses away.
    unsafe { signal(Signal::SIGCHLD, SigHandler::SigDfl) }?;
    let mut child_ended = SigSet::empty();
    child_ended.add(Signal::SIGCHLD);
    child_ended.thread_block()?;
    SignalFd::with_flags(&child_ended, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)
}

/// What whoever started us left open stays with us. One call however high the limit on descriptors is, unlike closing
/// them one by one; before Linux 5.11 it does nothing, and then children see what we were given, as they always did.
fn keep_descriptors_to_ourselves() {
    let (first, last) = (3, libc::c_uint::MAX);
    // SAFETY: takes no pointers, and sets a flag that every descriptor of our own has already.
    unsafe { libc::syscall(libc::SYS_close_range, first, last, libc::CLOSE_RANGE_CLOEXEC) };
}
