//! The heap of Rust and JavaScript together, in a section of the executable that build.sh overwrites with a snapshot.
//!
//! Starting the engine and reading the bundle takes longer than everything we do besides waiting for children, and
//! comes out the same each time. So it is done once: the freshly built program starts its engine, writes this section
//! to a file, and objcopy puts it into a copy of the program. There the kernel maps it like any initialised data, and
//! only pages that are written to are copied. (Emacs was long built this way, V8 has its start-up snapshots.)
//!
//! That it works rests on three things: the program is linked at a fixed address, so that pointers stay true, those to
//! code included; everything that start-up allocates is in here, and nothing in here points to a stack or to another
//! allocator's memory; and what is outside (the state of Rust's and C's libraries) does not point in here before `main`.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::{Cell, UnsafeCell};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::ptr::null_mut;

use dlmalloc::{Allocator, Dlmalloc};

use crate::engine::Engine;
use crate::touched::{PAGE, pages_touched_by};

/// Start-up fills a third of it, a run needs another. Beyond that the kernel is asked for memory. Untouched pages cost
/// nothing but their place in the file.
const ROOM: usize = 1024 * 1024;

#[repr(C, align(4096))]
struct Heap {
    engine: UnsafeCell<Option<Engine>>,
    /// The pages that a run changes, if this is a snapshot.
    changing: Cell<[Pages; MOST_RANGES]>,
    allocator: UnsafeCell<Dlmalloc<Source>>,
    memory: UnsafeCell<[u8; ROOM]>,
}

#[derive(Clone, Copy, Default)]
struct Pages {
    first: u16,
    count: u16,
}

/// A call for each, so rather few; what lies between is copied for nothing.
const MOST_RANGES: usize = 24;

// SAFETY: this program never starts a second thread.
unsafe impl Sync for Heap {}

#[used]
#[unsafe(link_section = ".snapshot")]
static HEAP: Heap = Heap {
    engine: UnsafeCell::new(None),
    changing: Cell::new([Pages { first: 0, count: 0 }; MOST_RANGES]),
    allocator: UnsafeCell::new(Dlmalloc::new_with_allocator(Source { has_given_memory: Cell::new(false) })),
    memory: UnsafeCell::new([0; ROOM]),
};

/// The engine of the snapshot, if this program has one. Once.
pub fn take_engine() -> Option<Engine> {
    // SAFETY: nothing else refers to it. Volatile, because the compiler sees no way in which it could be anything but
    // None, and the linker's output is not what will run.
    let engine = unsafe { HEAP.engine.get().read_volatile() };
    // SAFETY: as above; what was there has just been moved out.
    unsafe { HEAP.engine.get().write_volatile(None) };
    if engine.is_some() {
        copy_changing_pages();
    }
    engine
}

/// A run changes half of the pages, those with reference counts of what it uses. Having them copied at once spares as
/// many page faults, a fifth of our own time, and does not grow with what the program can do besides.
fn copy_changing_pages() {
    let start = (&raw const HEAP).cast::<u8>().cast_mut();
    // SAFETY: as above.
    for Pages { first, count } in unsafe { HEAP.changing.as_ptr().read_volatile() } {
        if count > 0 {
            // SAFETY: within the section, and changes no content. Before Linux 5.14 it fails, and pages are copied one
            // by one as ever.
            unsafe {
                let first = start.add(usize::from(first) * PAGE).cast();
                libc::madvise(first, usize::from(count) * PAGE, libc::MADV_POPULATE_WRITE);
            }
        }
    }
}

/// Writes the section's new content, with `engine` where [`take_engine`] will look.
pub fn write_snapshot(engine: Engine, path: &OsStr) -> Result<(), String> {
    // The first makes what is made at first use, the second shows what every run changes.
    engine.rehearse()?;
    engine.collect_garbage();
    let mut rehearsed = Ok(());
    // SAFETY: the section is whole pages, and the stack is elsewhere.
    let touched = unsafe { pages_touched_by(section(), || rehearsed = engine.rehearse()) };
    rehearsed?;
    HEAP.changing.set(ranges_of(&touched.map_err(|error| error.to_string())?));
    let mut file = File::create(path).map_err(|error| error.to_string())?;
    // SAFETY: nothing else refers to it, and the None that was there needs no drop.
    unsafe { HEAP.engine.get().write_volatile(Some(engine)) };
    file.write_all(bytes()).map_err(|error| error.to_string())
}

/// The touched pages, with the shortest gaps between them filled until they are few enough ranges.
fn ranges_of(touched: &[bool]) -> [Pages; MOST_RANGES] {
    let ranges_with = |gap: usize| {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for (page, _) in touched.iter().enumerate().filter(|(_, touched)| **touched) {
            match ranges.last_mut() {
                Some((_, end)) if page - *end <= gap => *end = page + 1,
                _ => ranges.push((page, page + 1)),
            }
        }
        ranges
    };
    let ranges =
        (0..touched.len()).map(ranges_with).find(|ranges| ranges.len() <= MOST_RANGES).unwrap_or_default();
    let mut pages = [Pages::default(); MOST_RANGES];
    for (slot, (first, end)) in pages.iter_mut().zip(ranges) {
        let as_short = |number: usize| u16::try_from(number).expect("fewer pages than 65536");
        *slot = Pages { first: as_short(first), count: as_short(end - first) };
    }
    pages
}

fn section<'a>() -> &'a UnsafeCell<[u8]> {
    let whole = std::ptr::slice_from_raw_parts((&raw const HEAP).cast::<u8>(), size_of::<Heap>());
    // SAFETY: the same memory, as something that others may change.
    unsafe { &*(whole as *const UnsafeCell<[u8]>) }
}

/// All that there is, until something is allocated or changed.
fn bytes<'a>() -> &'a [u8] {
    // SAFETY: all of it is initialised. Both callers let go of it before they change anything.
    unsafe { std::slice::from_raw_parts((&raw const HEAP).cast::<u8>(), size_of::<Heap>()) }
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
        unsafe { (*HEAP.allocator.get()).malloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the caller promises that the block came from here.
        unsafe { (*HEAP.allocator.get()).free(block, layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { (*HEAP.allocator.get()).calloc(layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above; the caller promises that the block came from here.
        unsafe { (*HEAP.allocator.get()).realloc(block, layout.size(), layout.align(), size) }
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
        PAGE
    }
}
