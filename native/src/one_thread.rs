//! State of a program that has one thread.

use std::ops::Deref;

/// A value that lives as long as the program. Not thread_local!, which would have it dropped at the end, and for that
/// ask the kernel for memory and block signals at its first use.
#[repr(transparent)]
pub struct OneThread<T>(T);

// SAFETY: this program never starts a second thread; a child that shares our memory touches its `Launch` alone.
unsafe impl<T> Sync for OneThread<T> {}

impl<T> OneThread<T> {
    pub const fn new(value: T) -> Self {
        OneThread(value)
    }
}

impl<T> Deref for OneThread<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
