//! A child's standard input, known before it starts or made meanwhile.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::{pipe2, write};

use crate::memory_file::MemoryFile;

/// What a command says of it.
pub enum Stdin {
    Whole(Vec<u8>),
    /// Follows with [`Input::feed`].
    Promised,
}

pub enum Input {
    /// In a file, all there is: see [`MemoryFile`] for what that spares us.
    File(MemoryFile),
    /// A pipe, on which a program can wait for what is not there yet.
    Pipe { reader: OwnedFd, writer: Writer },
}

/// Our end of a pipe.
pub struct Writer {
    /// Closed when the child has been given all, or wants no more.
    end: Option<OwnedFd>,
    /// What did not fit into the pipe yet; absent as long as the promise is not kept.
    rest: Option<Vec<u8>>,
}

impl Input {
    pub fn create(stdin: &Stdin) -> Result<Self, Errno> {
        match stdin {
            Stdin::Whole(content) => MemoryFile::create(c"stdin", content).map(Input::File),
            Stdin::Promised => {
                let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;
                // Ours alone: the other end is another open file.
                fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
                Ok(Input::Pipe { reader, writer: Writer { end: Some(writer), rest: None } })
            }
        }
    }

    /// The end that becomes the child's.
    pub fn descriptor(&self) -> RawFd {
        match self {
            Input::File(file) => file.descriptor(),
            Input::Pipe { reader, .. } => reader.as_raw_fd(),
        }
    }

    /// Once the child has its end. Ours of a pipe must be the only one, so that a writer notices when the child has gone.
    pub fn let_go(self) -> Option<Writer> {
        match self {
            Input::File(_) => None,
            Input::Pipe { writer, .. } => Some(writer),
        }
    }
}

/// `PIPE_DEF_BUFFERS` pages (linux/pipe_fs_i.h).
const USUAL_CAPACITY: usize = 64 * 1024;
/// What anybody may have, unless /proc/sys/fs/pipe-max-size was changed (pipe(7)).
const MOST_CAPACITY: usize = 1024 * 1024;

impl Writer {
    /// Keeps the promise; in one write(2) where the pipe can be made large enough.
    pub fn feed(&mut self, input: Vec<u8>) {
        if let Some(end) = self.end.as_ref().filter(|_| input.len() > USUAL_CAPACITY) {
            let size = libc::c_int::try_from(input.len().min(MOST_CAPACITY)).unwrap_or(libc::c_int::MAX);
            // Otherwise what does not fit is written when the child has read some.
            let _ = fcntl(end, FcntlArg::F_SETPIPE_SZ(size));
        }
        self.rest = Some(input);
        self.push();
    }

    pub fn is_fed(&self) -> bool {
        self.rest.is_some()
    }

    /// What to wait for until more can be written, if there is more.
    pub fn pending(&self) -> Option<BorrowedFd<'_>> {
        self.end.as_ref().filter(|_| self.is_fed()).map(AsFd::as_fd)
    }

    /// Writes as much as fits now.
    pub fn push(&mut self) {
        let (Some(end), Some(rest)) = (&self.end, &mut self.rest) else {
            return;
        };
        let mut written = 0;
        while written < rest.len() {
            match write(end, &rest[written..]) {
                Ok(length) => written += length,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => {
                    rest.drain(..written);
                    return;
                }
                // A child that wants no more is no error of ours: how it ends is what counts.
                Err(_) => break,
            }
        }
        self.end = None;
    }
}
