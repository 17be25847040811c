//! The heap of Rust and JavaScript together, and a snapshot of it in a section of the executable that build.sh fills in.
//!
//! Starting the engine and reading the bundle takes longer than everything we do besides waiting for children, and
//! comes out the same each time. So it is done once: the freshly built program starts its engine, writes its heap to a
//! file, and objcopy puts that into a copy of the program, which begins by copying it back to where it was. (Emacs was
//! long built this way, V8 has its start-up snapshots.)
//!
//! That it works rests on three things: the program is linked at a fixed address, so that pointers stay true, those to
//! code included; everything that start-up allocates is in here, and nothing in here points to a stack or to another
//! allocator's memory; and what is outside (the state of Rust's and C's libraries) does not point in here before `main`.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::{Cell, UnsafeCell};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::mem::{MaybeUninit, offset_of};
use std::ptr::null_mut;

use dlmalloc::{Allocator, Dlmalloc};

use crate::engine::Engine;
use crate::one_thread::OneThread;

/// Start-up fills three quarters of it in the CNI plugin, less in the other program, and a run takes hardly more. Beyond that the
/// kernel is asked for memory.
const ROOM: usize = 2048 * 1024;

/// Nothing but zeros, so that it takes no place in the file.
#[repr(C, align(4096))]
struct Heap {
    memory: UnsafeCell<[u8; ROOM]>,
    allocator: UnsafeCell<MaybeUninit<Dlmalloc<Source>>>,
    engine: UnsafeCell<MaybeUninit<Option<Engine>>>,
}

static HEAP: OneThread<Heap> = OneThread::new(Heap {
    memory: UnsafeCell::new([0; ROOM]),
    allocator: UnsafeCell::new(MaybeUninit::zeroed()),
    engine: UnsafeCell::new(MaybeUninit::zeroed()),
});

/// What the heap begins with: all but the middle, which nobody has used yet.
#[repr(C, align(4096))]
struct Snapshot {
    front: [u8; MOST_FRONT],
    end: [u8; END],
    /// Of the front, how much is more than zeros. None in a program that has not been given one.
    length: usize,
}

/// So that the parts can be written one after the other.
const _: () = assert!(offset_of!(Snapshot, length) == MOST_FRONT + END);

const MOST_FRONT: usize = 1600 * 1024;
/// The mark that the allocator sets at the end of what it is given, and what comes behind that.
const END: usize = size_of::<Heap>() - ROOM + 128;

/// Read-only, and copied whole. A run changes half of its pages anyway, if only the reference counts of what it uses, and
/// pages that are made in bulk and filled take a third less time than those that are copied when they are written to.
#[used]
#[unsafe(link_section = ".snapshot")]
static SNAPSHOT: Snapshot = Snapshot { front: [0; _], end: [0; _], length: 0 };

/// Before `main`, since Rust's start-up code may allocate.
#[used]
#[unsafe(link_section = ".init_array")]
static AT_START: extern "C" fn() = restore;

extern "C" fn restore() {
    let snapshot = &raw const SNAPSHOT;
    // SAFETY: a local variable. Volatile, so that the compiler does not know what lies there: the zeros that it has seen
    // are not what will run.
    let snapshot = unsafe { &*(&raw const snapshot).read_volatile() };
    let length = snapshot.length;
    let heap = (&raw const HEAP).cast_mut().cast::<u8>();
    if length == 0 {
        let source = Source { has_given_memory: Cell::new(false) };
        // SAFETY: nothing refers to them yet.
        unsafe { (*HEAP.allocator.get()).write(Dlmalloc::new_with_allocator(source)) };
        // SAFETY: as above.
        unsafe { (*HEAP.engine.get()).write(None) };
        return;
    }
    // SAFETY: a part of the heap, which changes no content. Before Linux 5.14 it fails, and the copy makes page by page.
    unsafe { libc::madvise(heap.cast(), length, libc::MADV_POPULATE_WRITE) };
    // SAFETY: both are at least that long, and nothing has been allocated yet whose state this could overwrite.
    unsafe { snapshot.front.as_ptr().copy_to_nonoverlapping(heap, length) };
    // SAFETY: as above.
    unsafe { snapshot.end.as_ptr().copy_to_nonoverlapping(heap.add(size_of::<Heap>() - END), END) };
}

/// The engine of the snapshot, if this program has one. Once.
pub fn take_engine() -> Option<Engine> {
    // SAFETY: restore has initialised it, and nothing else refers to it. Volatile, because the compiler sees no way in
    // which it could be anything but None.
    let engine = unsafe { HEAP.engine.get().read_volatile().assume_init() };
    // SAFETY: as above; what was there has just been moved out.
    unsafe { HEAP.engine.get().write_volatile(MaybeUninit::new(None)) };
    engine
}

/// Writes the section's new content, with `engine` where [`take_engine`] will look.
pub fn write_snapshot(engine: Engine, path: &OsStr) -> Result<(), String> {
    // What is made at first use is then there, and so is the memory that a run needs.
    engine.rehearse()?;
    engine.collect_garbage();
    let mut file = File::create(path).map_err(|error| error.to_string())?;
    // SAFETY: nothing else refers to it, and the None that was there needs no drop.
    unsafe { HEAP.engine.get().write_volatile(MaybeUninit::new(Some(engine))) };
    // SAFETY: all of it is initialised, if only with zeros, and nothing changes it before the end of this function.
    let heap = unsafe { std::slice::from_raw_parts((&raw const HEAP).cast::<u8>(), size_of::<Heap>()) };
    let (front, end) = heap.split_at(size_of::<Heap>() - END);
    let length = front.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    if length > MOST_FRONT {
        return Err(format!("start-up takes {length} bytes of heap, more than {MOST_FRONT}"));
    }
    let mut rest = [0; size_of::<Snapshot>() - MOST_FRONT - END];
    rest[..size_of::<usize>()].copy_from_slice(&length.to_ne_bytes());
    let parts = [&front[..MOST_FRONT], end, &rest];
    parts.iter().try_for_each(|part| file.write_all(part)).map_err(|error| error.to_string())
}

/// Doug Lea's allocator over that memory. musl's own is made to resist attacks on long-lived servers and returns every
/// larger block to the kernel at once, which took half of a run's time.
struct OneThreaded;

#[global_allocator]
static GLOBAL: OneThreaded = OneThreaded;

// SAFETY: Dlmalloc fulfils this contract, and there is one thread (see above), which does not come back here from
// inside of it.
unsafe impl GlobalAlloc for OneThreaded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { (*HEAP.allocator.get()).assume_init_mut().malloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the caller promises that the block came from here.
        unsafe { (*HEAP.allocator.get()).assume_init_mut().free(block, layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { (*HEAP.allocator.get()).assume_init_mut().calloc(layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above; the caller promises that the block came from here.
        unsafe {
            (*HEAP.allocator.get()).assume_init_mut().realloc(block, layout.size(), layout.align(), size)
        }
    }
}

/// Where the allocator gets memory: first the section, then the kernel.
struct Source {
    has_given_memory: Cell<bool>,
}

/// How much the allocator asks for at a time (its `DEFAULT_GRANULARITY`); more is one large block, to be unmapped when
/// it is freed.
const GRANULE: usize = 64 * 1024;

/// Tells the allocator that a region is not from mmap(2) and must not be given back (`EXTERN_BIT`).
const NOT_MAPPED: u32 = 1;

// SAFETY: regions are disjoint, writable and page-aligned, and stay ours until they are given back.
unsafe impl Allocator for Source {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        if size <= GRANULE && !self.has_given_memory.replace(true) {
            return (HEAP.memory.get().cast(), ROOM, NOT_MAPPED);
        }
        let (protection, flags) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping, at no address in particular.
        let address = unsafe { libc::mmap(null_mut(), size, protection, flags, -1, 0) };
        if address == libc::MAP_FAILED { (null_mut(), 0, 0) } else { (address.cast(), size, 0) }
    }

    fn remap(&self, region: *mut u8, old_size: usize, new_size: usize, can_move: bool) -> *mut u8 {
        let flags = if can_move { libc::MREMAP_MAYMOVE } else { 0 };
        // SAFETY: the allocator only asks for regions that it mapped above.
        let address = unsafe { libc::mremap(region.cast(), old_size, new_size, flags) };
        if address == libc::MAP_FAILED { null_mut() } else { address.cast() }
    }

    fn free_part(&self, _: *mut u8, _: usize, _: usize) -> bool {
        false
    }

    fn free(&self, region: *mut u8, size: usize) -> bool {
        // SAFETY: as for remap.
        unsafe { libc::munmap(region.cast(), size) == 0 }
    }

    fn can_release_part(&self, _: u32) -> bool {
        false
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        4096
    }
}
