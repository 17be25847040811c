//! Which pages of the heap a run writes to.

use std::fs::File;
use std::io::{Read, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, pipe};

use crate::heap::{MOST_RANGES, Pages};

/// Does `run` in a child, with which all memory is shared until one of the two writes to it, and asks the kernel what the
/// child has of its own in the end. Of those, in order, what lies together: a page alone costs as much to ask for as to
/// copy when it is written to.
pub fn of(run: impl FnOnce() -> Result<(), String>, addresses: Range<usize>) -> Result<Vec<Pages>, String> {
    let failed = |error: &dyn ToString| error.to_string();
    let (mut result, output) =
        pipe().map(|(from, to)| (File::from(from), File::from(to))).map_err(|error| failed(&error))?;
    // SAFETY: there is one thread.
    match unsafe { fork() }.map_err(|error| failed(&error))? {
        ForkResult::Child => {
            let is_written = run().is_ok() && tell(addresses, output).is_ok();
            // SAFETY: ends the child without what would be done at the end of the program.
            unsafe { libc::_exit(i32::from(!is_written)) }
        }
        ForkResult::Parent { child } => {
            drop(output);
            // First, since what we write to meanwhile would become the child's own, sometimes more and sometimes less of it.
            // What it has to say is smaller than a pipe holds (64 KiB, pipe(7)): a byte for each of a few hundred pages.
            waitpid(child, None).map_err(|error| failed(&error))?;
            let mut is_own = Vec::new();
            result.read_to_end(&mut is_own).map_err(|error| failed(&error))?;
            if is_own.len() != addresses.len() / page_size() {
                return Err(
                    "the kernel does not tell which pages a run writes to (/proc/self/pagemap)".to_owned()
                );
            }
            Ok(ranges(&is_own))
        }
    }
}

/// A byte for each page: one where it is this process's alone.
fn tell(addresses: Range<usize>, mut output: File) -> std::io::Result<()> {
    // Documentation/admin-guide/mm/pagemap.rst
    const ENTRY: usize = 8;
    const IS_PRESENT: u64 = 1 << 63;
    const IS_EXCLUSIVE: u64 = 1 << 56;
    let page_map = File::open("/proc/self/pagemap")?;
    for address in addresses.step_by(page_size()) {
        let mut entry = [0; ENTRY];
        page_map.read_exact_at(&mut entry, (address / page_size() * ENTRY) as u64)?;
        let entry = u64::from_ne_bytes(entry);
        let is_own = entry & IS_PRESENT != 0 && entry & IS_EXCLUSIVE != 0;
        output.write_all(&[u8::from(is_own)])?;
    }
    Ok(())
}

/// The longest of them, should there be more than there is room for.
fn ranges(is_own: &[u8]) -> Vec<Pages> {
    let mut found = Vec::new();
    let mut at = 0;
    for together in is_own.chunk_by(|one, next| one == next) {
        if together[0] != 0 && together.len() > 1 {
            found.push((at, together.len()));
        }
        at += together.len();
    }
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    found.truncate(MOST_RANGES);
    found.sort_unstable();
    let bytes = |pages: usize| u32::try_from(pages * page_size()).expect("the heap has less than 4 GB");
    found.into_iter().map(|(at, count)| Pages { offset: bytes(at), length: bytes(count) }).collect()
}

fn page_size() -> usize {
    // SAFETY: takes no pointer.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}
