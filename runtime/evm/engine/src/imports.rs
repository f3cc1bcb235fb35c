//! What the host answers. Each import is synchronous, and none throws: a failure is a negative number, which
//! ends the transaction as "unavailable".
use core::fmt;
use revm::database_interface::DBErrorMarker;

use crate::host_frame::HostRequest;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    /// 0 absent, 1 found, 3 found and it has storage. `out`: nonce u64 LE | balance 32 BE | code hash 32.
    fn db_account(address: *const u8, out: *mut u8) -> i32;
    /// `out`: 32 BE.
    fn db_storage(address: *const u8, slot: *const u8, out: *mut u8) -> i32;
    /// The length of the code, which the host wrote to `code_alloc(length)`.
    fn db_code(hash: *const u8) -> i32;
    /// `out`: 32 bytes.
    fn db_block_hash(number: u64, out: *mut u8) -> i32;
    /// Runs a frame of another tier: 0 success, 1 revert, 2 halt.
    fn host_run(request: *mut HostRequest) -> i32;
    /// A contract called the console's address: 20 bytes of who, and what it said.
    fn host_print(caller: *const u8, input: *const u8, length: usize);
    /// A frame begins. `address`: 20 bytes, whose code runs, or zero for a creation.
    fn profile_open(address: *const u8, gas: f64) -> i32;
    /// The frame that began last has this code.
    fn profile_code(code: *const u8, length: usize) -> i32;
    /// Before an instruction: where it stands, and the gas that is left.
    fn profile_step(position: u32, gas: f64) -> i32;
    /// The frame that began last and has not ended ends. `status`: 0 success, 1 revert, 2 halt.
    fn profile_close(status: u32, gas: f64, output: *const u8, length: usize) -> i32;
}

/// The host could not answer, by its code.
#[derive(Clone, Copy, Debug)]
pub struct HostError(pub i32);

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the host failed with {}", self.0)
    }
}
impl core::error::Error for HostError {}
impl DBErrorMarker for HostError {}

fn checked(answer: i32) -> Result<i32, HostError> {
    if answer < 0 { Err(HostError(answer)) } else { Ok(answer) }
}

pub fn account(address: &[u8; 20], out: &mut [u8; 72]) -> Result<i32, HostError> {
    // SAFETY: the host reads 20 bytes and writes at most 72.
    checked(unsafe { db_account(address.as_ptr(), out.as_mut_ptr()) })
}

pub fn storage(address: &[u8; 20], slot: &[u8; 32]) -> Result<[u8; 32], HostError> {
    let mut out = [0; 32];
    // SAFETY: the host reads 20 and 32 bytes and writes at most 32.
    checked(unsafe { db_storage(address.as_ptr(), slot.as_ptr(), out.as_mut_ptr()) })?;
    Ok(out)
}

pub fn code_length(hash: &[u8; 32]) -> Result<usize, HostError> {
    // SAFETY: the host reads 32 bytes.
    Ok(checked(unsafe { db_code(hash.as_ptr()) })? as usize)
}

pub fn block_hash(number: u64) -> Result<[u8; 32], HostError> {
    let mut out = [0; 32];
    // SAFETY: the host writes at most 32 bytes.
    checked(unsafe { db_block_hash(number, out.as_mut_ptr()) })?;
    Ok(out)
}

pub fn run_frame(request: &mut HostRequest) -> i32 {
    // SAFETY: the request outlives the call, and the host writes its `gas` only.
    unsafe { host_run(request) }
}

pub fn print(caller: &[u8; 20], input: &[u8]) {
    // SAFETY: the host reads 20 bytes and `input`.
    unsafe { host_print(caller.as_ptr(), input.as_ptr(), input.len()) }
}

// What a profile hears of a query. The host keeps a failure of its own to itself until `run` is over, so there is
// nothing to do with an answer here. Gas fits a double: it has 31 bits.

pub fn open_profiled(address: &[u8; 20], gas: u64) {
    // SAFETY: the host reads 20 bytes.
    let _ = unsafe { profile_open(address.as_ptr(), gas as f64) };
}

pub fn profiled_code(code: &[u8]) {
    // SAFETY: the host reads `code`.
    let _ = unsafe { profile_code(code.as_ptr(), code.len()) };
}

pub fn profiled_step(position: usize, gas: u64) {
    // SAFETY: two numbers.
    let _ = unsafe { profile_step(position as u32, gas as f64) };
}

pub fn close_profiled(status: u8, gas: u64, output: &[u8]) {
    // SAFETY: the host reads `output`.
    let _ = unsafe { profile_close(u32::from(status), gas as f64, output.as_ptr(), output.len()) };
}
