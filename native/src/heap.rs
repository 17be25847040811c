//! The heap of Rust and JavaScript together, in a place of its own that build.sh has written into the program.
//!
//! Starting the engine and reading the bundle takes longer than everything we do besides waiting for the kernel, and
//! comes out the same each time. So it is done once: the freshly built program starts its engine and writes a copy of
//! itself in which the heap is data (`executable.rs`). The kernel maps that like any other data: what a run only reads
//! costs nothing, what it changes is copied then, page by page. (Emacs was long built this way, V8 has its start-up
//! snapshots.)
//!
//! That it works rests on three things: the program is linked at a fixed address, so that pointers stay true, those to
//! code included; everything that start-up allocates is in here, and nothing in here points to a stack or to another
//! allocator's memory; and what is outside (the state of Rust's and C's libraries) does not point in here before `main`.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::{Cell, UnsafeCell};
use std::mem::{MaybeUninit, offset_of};
use std::ops::Range;
use std::ptr::null_mut;

use dlmalloc::{Allocator, Dlmalloc};

use crate::engine::Engine;
use crate::one_thread::OneThread;
use crate::seal;

/// Start-up fills three quarters of it in the CNI plugin, less in the other program, and a run takes hardly more. Beyond that the
/// kernel is asked for memory.
const ROOM: usize = 2048 * 1024;

/// Nothing but zeros, so that it takes no place in the file that the linker makes. Aligned to the largest page that the
/// kernel may have.
#[cfg_attr(target_arch = "x86_64", repr(C, align(4096)))]
#[cfg_attr(not(target_arch = "x86_64"), repr(C, align(65536)))]
struct Heap {
    is_written: UnsafeCell<bool>,
    /// So much of the memory is as it was when it was written.
    sealed: UnsafeCell<usize>,
    allocator: UnsafeCell<MaybeUninit<Dlmalloc<Source>>>,
    engine: UnsafeCell<MaybeUninit<Option<Engine>>>,
    changing: UnsafeCell<[Pages; MOST_RANGES]>,
    memory: UnsafeCell<[u8; ROOM]>,
}

static HEAP: OneThread<Heap> = OneThread::new(Heap {
    is_written: UnsafeCell::new(false),
    sealed: UnsafeCell::new(0),
    allocator: UnsafeCell::new(MaybeUninit::zeroed()),
    engine: UnsafeCell::new(MaybeUninit::zeroed()),
    changing: UnsafeCell::new([Pages { offset: 0, length: 0 }; MOST_RANGES]),
    memory: UnsafeCell::new([0; ROOM]),
});

/// A part of the heap: offset from its beginning and length, in bytes, whole pages.
#[derive(Clone, Copy)]
pub struct Pages {
    pub offset: u32,
    pub length: u32,
}

/// A call for each, so there is no use in many.
pub const MOST_RANGES: usize = 64;

/// Before `main`, since Rust's start-up code may allocate.
#[used]
#[unsafe(link_section = ".init_array")]
static AT_START: extern "C" fn() = prepare;

extern "C" fn prepare() {
    // SAFETY: nothing else refers to it. Volatile, since the compiler knows of nothing that makes it anything but false.
    if unsafe { HEAP.is_written.get().read_volatile() } {
        // SAFETY: as above.
        seal::put_on(address_of(unsafe { HEAP.sealed.get().read_volatile() }));
        copy_what_will_change();
        return;
    }
    // SAFETY: nothing refers to them yet.
    unsafe { (*HEAP.allocator.get()).write(Dlmalloc::new_with_allocator(Source::new(0))) };
    // SAFETY: as above.
    unsafe { (*HEAP.engine.get()).write(None) };
}

/// Together they cost a quarter less than one by one as they are written to. Before Linux 5.14 this fails, and they are.
fn copy_what_will_change() {
    // SAFETY: nothing refers to it, and nothing writes to it in this process. Volatile as above.
    let ranges = unsafe { HEAP.changing.get().read_volatile() };
    for Pages { offset, length } in ranges.into_iter().take_while(|pages| pages.length > 0) {
        let start = (&raw const HEAP).cast_mut().cast::<u8>().wrapping_add(offset as usize);
        // SAFETY: a part of the heap, which changes no content.
        unsafe { libc::madvise(start.cast(), length as usize, libc::MADV_POPULATE_WRITE) };
    }
}

fn address_of(offset: usize) -> usize {
    HEAP.memory.get().addr() + offset
}

/// Where the heap is.
pub fn addresses() -> Range<usize> {
    let start = (&raw const HEAP).addr();
    start..start + size_of::<Heap>()
}

/// The engine that was put in here, if there is one. Once.
pub fn take_engine() -> Option<Engine> {
    // SAFETY: `prepare` has initialised it, or whoever wrote the heap, and nothing else refers to it. Volatile, because the
    // compiler sees no way in which it could be anything but None.
    let engine = unsafe { HEAP.engine.get().read_volatile().assume_init() };
    // SAFETY: as above; what was there has just been moved out.
    unsafe { HEAP.engine.get().write_volatile(MaybeUninit::new(None)) };
    engine
}

/// The heap as the next start shall find it, with `engine` where [`take_engine`] will look. `changing` are the pages that a
/// run writes to. What is allocated from now on is not in it.
pub fn finish(engine: Engine, changing: &[Pages]) -> Vec<u8> {
    // SAFETY: nothing else refers to it.
    let ranges = unsafe { &mut *HEAP.changing.get() };
    ranges[..changing.len()].copy_from_slice(changing);
    // SAFETY: nothing else refers to it, and the None that was there needs no drop.
    unsafe { HEAP.engine.get().write_volatile(MaybeUninit::new(Some(engine))) };
    let sealed = seal();
    // SAFETY: all of it is initialised, if only with zeros, and nothing below the seal changes while it is copied.
    let heap = unsafe { std::slice::from_raw_parts((&raw const HEAP).cast::<u8>(), size_of::<Heap>()) };
    let mut copy = heap[..offset_of!(Heap, memory) + sealed].to_vec();
    let place = copy[offset_of!(Heap, allocator)..].as_mut_ptr().cast::<Dlmalloc<Source>>();
    // SAFETY: there is room for one, and nothing that needs a drop: a copy of ours.
    unsafe { place.write_unaligned(Dlmalloc::new_with_allocator(Source::new(sealed))) };
    copy[offset_of!(Heap, is_written)] = true.into();
    copy
}

/// Ends the life of the allocator, and begins another behind all that is in use, so many bytes from the beginning of the
/// memory. What is below is never freed and no gap in it filled: each would change a page that is as it was.
pub fn seal() -> usize {
    let first = end_of_use() - HEAP.memory.get().addr();
    let sealed = first.next_multiple_of(LARGEST_PAGE).min(ROOM);
    // SAFETY: one thread, and the allocator is not at work. What it had lies in the memory that stays as it is.
    unsafe { (*HEAP.allocator.get()).write(Dlmalloc::new_with_allocator(Source::new(sealed))) };
    // SAFETY: one thread.
    unsafe { HEAP.sealed.get().write_volatile(sealed) };
    seal::put_on(address_of(sealed));
    sealed
}

/// Above this address nothing is in use. The largest block that the allocator has without asking for more lies there.
fn end_of_use() -> usize {
    // SAFETY: one thread, and the allocator is not at work.
    let source = unsafe { (*HEAP.allocator.get()).assume_init_ref() }.allocator();
    source.is_closed.set(true);
    let whole_pages =
        (1..ROOM / PAGE).rev().filter_map(|pages| Layout::from_size_align(pages * PAGE, 16).ok());
    let mut blocks = whole_pages.map(|layout| {
        // SAFETY: a layout of more than no bytes.
        let block = unsafe { GLOBAL.alloc(layout) };
        if !block.is_null() {
            // SAFETY: it has just come from here.
            unsafe { GLOBAL.dealloc(block, layout) };
        }
        block.addr()
    });
    let found = blocks.find(|address| *address != 0).unwrap_or(addresses().end);
    source.is_closed.set(false);
    found
}

const PAGE: usize = 4096;

/// What the kernel may have for a page on machines of other kinds.
const LARGEST_PAGE: usize = if cfg!(target_arch = "x86_64") { PAGE } else { 16 * PAGE };

/// How many blocks have been asked for so far, but for those that were to be filled with zeros.
pub fn blocks() -> usize {
    BLOCKS.get()
}

static BLOCKS: OneThread<Cell<usize>> = OneThread::new(Cell::new(0));

/// Doug Lea's allocator over that memory. musl's own is made to resist attacks on long-lived servers and returns every
/// larger block to the kernel at once, which took half of a run's time.
struct OneThreaded;

#[global_allocator]
static GLOBAL: OneThreaded = OneThreaded;

// SAFETY: Dlmalloc fulfils this contract, and there is one thread (see above), which does not come back here from
// inside of it.
unsafe impl GlobalAlloc for OneThreaded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BLOCKS.set(BLOCKS.get() + 1);
        // SAFETY: as above.
        unsafe { (*HEAP.allocator.get()).assume_init_mut().malloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if seal::is_on(block) {
            return;
        }
        // SAFETY: as above; the caller promises that the block came from here.
        unsafe { (*HEAP.allocator.get()).assume_init_mut().free(block, layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { (*HEAP.allocator.get()).assume_init_mut().calloc(layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if seal::is_on(block) {
            // SAFETY: the caller promises that the new size is one.
            let new = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
            if !new.is_null() {
                // SAFETY: both are at least that long, and one is new.
                unsafe { block.copy_to_nonoverlapping(new, layout.size().min(size)) };
            }
            return new;
        }
        // SAFETY: as above; the caller promises that the block came from here.
        unsafe {
            (*HEAP.allocator.get()).assume_init_mut().realloc(block, layout.size(), layout.align(), size)
        }
    }
}

/// Where the allocator gets memory: first what is here, then the kernel.
struct Source {
    /// From where on the memory here is not in use yet.
    first: usize,
    has_given_memory: Cell<bool>,
    /// Gives nothing more, for the while.
    is_closed: Cell<bool>,
}

/// How much the allocator asks for at a time (its `DEFAULT_GRANULARITY`); more is one large block, to be unmapped when
/// it is freed.
const GRANULE: usize = 64 * 1024;

/// Tells the allocator that a region is not from mmap(2) and must not be given back (`EXTERN_BIT`).
const NOT_MAPPED: u32 = 1;

impl Source {
    fn new(first: usize) -> Self {
        Self { first, has_given_memory: Cell::new(first == ROOM), is_closed: Cell::new(false) }
    }
}

// SAFETY: regions are disjoint, writable and page-aligned, and stay ours until they are given back.
unsafe impl Allocator for Source {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        if size <= GRANULE && !self.has_given_memory.replace(true) {
            let memory = HEAP.memory.get().cast::<u8>().wrapping_add(self.first);
            return (memory, ROOM - self.first, NOT_MAPPED);
        }
        if self.is_closed.get() {
            return (null_mut(), 0, 0);
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
