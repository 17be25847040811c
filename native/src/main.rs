//! `shunt`, `proxy-init`, `shunt-init` and `shunt-cni` for nodes and images without Node: which of them a program is
//! depends on the bundle that build.sh has put into it.

#![no_main]

use std::ffi::{c_char, c_int};

/// As C's library calls it. What Rust's library does before its own `main` is done in `run` as far as it is of use here: a
/// handler with a stack of its own, for one word more where a stack overflows, takes as long as a transaction's answer.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    // SAFETY: C promises so many strings, which stay.
    unsafe { shunt_native::run(count, arguments) }
}
