//! `findOnPath` of `src/host/program-path.ts`.

use std::cell::RefCell;
use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, open};
use nix::sys::stat::{Mode, SFlag, fstatat};
use nix::unistd::{AccessFlags, faccessat};

use crate::one_thread::OneThread;

static FOLDERS: OneThread<RefCell<Folders>> =
    OneThread::new(RefCell::new(Folders { path: String::new(), opened: Vec::new() }));

/// Those of the PATH that was searched last.
struct Folders {
    path: String,
    opened: Vec<Folder>,
}

/// An entry of PATH.
struct Folder {
    path: String,
    place: Place,
}

enum Place {
    Opened(OwnedFd),
    Missing,
    /// For want of descriptors: it is walked to for each program.
    Walked,
}

/// Four programs in a dozen folders are looked for in a run, most of them in vain. Folders that stay open spare walking
/// to each of them again and again, half of the time.
pub fn find(program: &str, path: &str) -> Option<String> {
    if program.contains('/') {
        let found = program.starts_with('/') && is_executable(AT_FDCWD, program);
        return found.then(|| program.to_owned());
    }
    let mut folders = FOLDERS.borrow_mut();
    if folders.path != path {
        let mut opened: Vec<_> =
            path.split(':').filter(|entry| entry.starts_with('/')).map(open_folder).collect();
        // Where descriptors are that scarce, children need those that are left.
        if opened.iter().any(|folder| matches!(folder.place, Place::Walked)) {
            opened.iter_mut().for_each(|folder| folder.place = Place::Walked);
        }
        *folders = Folders { path: path.to_owned(), opened };
    }
    let holds = |folder: &&Folder| {
        !program.is_empty()
            && match &folder.place {
                Place::Opened(opened) => is_executable(opened, program),
                Place::Missing => false,
                Place::Walked => is_executable(AT_FDCWD, &format!("{}/{program}", folder.path)),
            }
    };
    let folder = &folders.opened.iter().find(holds)?.path;
    Some(format!("{}/{program}", folder.strip_suffix('/').unwrap_or(folder)))
}

fn open_folder(path: &str) -> Folder {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let place = match open(path, flags, Mode::empty()) {
        Ok(opened) => Place::Opened(opened),
        Err(Errno::EMFILE | Errno::ENFILE) => Place::Walked,
        Err(_) => Place::Missing,
    };
    Folder { path: path.to_owned(), place }
}

/// A regular file that we may execute.
fn is_executable(folder: impl AsFd, path: &str) -> bool {
    faccessat(&folder, path, AccessFlags::X_OK, AtFlags::empty()).is_ok()
        && fstatat(&folder, path, AtFlags::empty()).is_ok_and(|file| {
            SFlag::from_bits_truncate(file.st_mode & SFlag::S_IFMT.bits()) == SFlag::S_IFREG
        })
}
