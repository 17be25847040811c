//! Files without a name (memfd_create(2)), as a child's outputs, and its standard input where that is known beforehand.
//!
//! Not pipes: a file takes all that is written to it, so that no child can block on us or we on it, in whatever order
//! they end; a child that never reads its input cannot kill us with SIGPIPE; and we sleep until a child has ended
//! instead of waking up for each line it prints.

use std::ffi::CStr;
use std::fs::File;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::FileExt;

use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::errno::from_io;

/// `MFD_NOEXEC_SEAL` of linux/memfd.h (Linux 6.3), which a node with `vm.memfd_noexec=2` insists on.
const NO_EXEC: MFdFlags = MFdFlags::from_bits_retain(0x8);

pub struct MemoryFile(File);

impl MemoryFile {
    /// Holds `content`; a reader that gets the descriptor starts at its beginning.
    pub fn create(name: &CStr, content: &[u8]) -> Result<Self, Errno> {
        let created = memfd_create(name, MFdFlags::MFD_CLOEXEC | NO_EXEC);
        let descriptor = match created {
            // Kernels before 6.3 refuse flags they do not know.
            Err(Errno::EINVAL) => memfd_create(name, MFdFlags::MFD_CLOEXEC),
            other => other,
        }?;
        let file = File::from(descriptor);
        file.write_all_at(content, 0).map_err(|error| from_io(&error))?;
        Ok(MemoryFile(file))
    }

    pub fn descriptor(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// All that was written. Reads at positions, because the position itself is shared with whoever wrote.
    pub fn content(&self) -> Result<Vec<u8>, Errno> {
        let length = self.0.metadata().map_err(|error| from_io(&error))?.len();
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| Errno::EFBIG)?];
        self.0.read_exact_at(&mut bytes, 0).map_err(|error| from_io(&error))?;
        Ok(bytes)
    }
}
