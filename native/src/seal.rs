//! What of the heap stays as it was when it was written: a run neither frees it nor counts who refers to it.
//!
//! A page of the program's file is copied when it is written to (2 µs), and counting references alone wrote to most of them.
//! So the engine counts those of what is sealed nowhere (`sealed-counts.h`).

use std::cell::UnsafeCell;

use crate::one_thread::OneThread;

/// Beyond what counting up and down in one run reaches, in both directions.
const COUNT: i32 = 1 << 30;

/// Read by the engine: `struct shunt_seal` of sealed-counts.h.
#[repr(C)]
struct Seal {
    end: usize,
    count: i32,
}

#[unsafe(no_mangle)]
static shunt_seal: OneThread<UnsafeCell<Seal>> =
    OneThread::new(UnsafeCell::new(Seal { end: 0, count: COUNT }));

/// From now on every block below that address is sealed, and no other.
pub fn put_on(end: usize) {
    let seal = Seal { end, count: COUNT };
    // SAFETY: one thread, and nothing refers to it.
    unsafe { shunt_seal.get().write(seal) };
}

/// Whether a block was there when the seal was put on.
pub fn is_on(block: *const u8) -> bool {
    // SAFETY: one thread, and nothing refers to it.
    let seal = unsafe { shunt_seal.get().read() };
    block.addr() < seal.end
}
