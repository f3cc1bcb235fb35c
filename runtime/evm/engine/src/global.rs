//! The instance's own memory. wasm32-unknown-unknown has one thread and the host calls one export at a time,
//! but a host frame calls exports while `run` is still on the stack: what it uses then is `CURRENT`, a pointer
//! derived from the running EVM's own borrow, and buffers that `run` does not hold.
use core::cell::UnsafeCell;
use core::ptr::null_mut;

use crate::evm::DelEvm;
use crate::wire::Writer;

pub struct Global<T>(UnsafeCell<T>);

// SAFETY: there is no second thread (see above).
unsafe impl<T> Sync for Global<T> {}

impl<T> Global<T> {
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// The caller keeps the borrow short: no import may run while it lives, except for `EVM` and `INPUT`
    /// in `run`, which no export of a host frame touches.
    #[allow(clippy::mut_from_ref)]
    pub fn get(&self) -> &mut T {
        // SAFETY: one thread, and borrows as promised above.
        unsafe { &mut *self.0.get() }
    }
}

pub static EVM: Global<Option<Box<DelEvm>>> = Global::new(None);
/// The EVM while a host frame runs on it, else null.
pub static CURRENT: Global<*mut DelEvm> = Global::new(null_mut());
/// Block environment and transactions, written by the host.
pub static INPUT: Global<Vec<u8>> = Global::new(Vec::new());
/// Outcomes and diffs, read by the host.
pub static OUTPUT: Global<Option<Writer>> = Global::new(None);
/// Code that answers `db_code`.
pub static CODE: Global<Vec<u8>> = Global::new(Vec::new());
/// Arguments of the exports for host frames; copied before anything else runs.
pub static ARGUMENTS: Global<Vec<u8>> = Global::new(Vec::new());
/// What a host frame returns, and what its nested calls returned to it.
pub static RETURN: Global<Vec<u8>> = Global::new(Vec::new());

/// Room for `length` bytes; what it held is void.
pub fn room(buffer: &Global<Vec<u8>>, length: usize) -> *mut u8 {
    let bytes = buffer.get();
    if bytes.len() < length {
        bytes.resize(length, 0);
    }
    bytes.as_mut_ptr()
}
