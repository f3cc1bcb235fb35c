//! What the host calls between transactions. Everything goes through `INPUT` and `OUTPUT`; pointers that an
//! export returns are good until the next one.
use revm::{
    context::JournalTr,
    database_interface::Database,
    handler::Handler,
    inspector::InspectorHandler,
    primitives::{Address, B256, U256},
};

use crate::diff;
use crate::evm::DelEvm;
use crate::global::{CODE, EVM, INPUT, OUTPUT, room};
use crate::handler::DelHandler;
use crate::imports::HostError;
use crate::wire::{Reader, Writer, read_block, read_transaction, write_outcome};

/// Outcomes that may wait in `OUTPUT`; `run` returns early above it.
const MAX_OUTCOME_BYTES: usize = 16 << 20;

const COMMIT: u32 = 1;
const TRACE: u32 = 2;
const PROFILE: u32 = 4;

fn evm() -> &'static mut DelEvm {
    EVM.get().get_or_insert_with(|| Box::new(DelEvm::new()))
}

fn output() -> &'static mut Writer {
    OUTPUT.get().get_or_insert_default()
}

fn code_of<T>(result: Result<T, HostError>, answer: impl FnOnce(T) -> i32) -> i32 {
    match result {
        Ok(value) => answer(value),
        Err(error) => error.0,
    }
}

/// Room for what the next export reads.
#[unsafe(no_mangle)]
pub extern "C" fn input_alloc(length: usize) -> *mut u8 {
    room(&INPUT, length)
}

/// Room for code; `db_code` fills it.
#[unsafe(no_mangle)]
pub extern "C" fn code_alloc(length: usize) -> *mut u8 {
    room(&CODE, length)
}

#[unsafe(no_mangle)]
pub extern "C" fn output_pointer() -> *const u8 {
    output().as_slice().as_ptr()
}

#[unsafe(no_mangle)]
pub extern "C" fn output_length() -> usize {
    output().len()
}

/// Forgets the last block and takes the environment of the next from the input (`wire::read_block`).
#[unsafe(no_mangle)]
pub extern "C" fn open_block() {
    let evm = evm();
    let (cfg, block) = read_block(&mut Reader(INPUT.get()));
    evm.cache().clear();
    evm.inner.ctx.cfg = cfg;
    evm.inner.ctx.block = block;
}

/// Runs up to `count` transactions of the input (`wire::read_transaction`) and returns how many: it stops
/// after one that is unavailable, and when much output waits. `flags`: 1 keep the changes, 2 trace,
/// 4 profile.
#[unsafe(no_mangle)]
pub extern "C" fn run(count: u32, flags: u32) -> u32 {
    let evm = evm();
    let out = output();
    out.clear();
    let mut reader = Reader(INPUT.get());
    evm.inner.inspector.restart(flags & TRACE != 0, flags & PROFILE != 0);
    let is_inspected = flags & (TRACE | PROFILE) != 0;
    for index in 0..count {
        let chain_id = evm.inner.ctx.cfg.chain_id;
        (evm.inner.ctx.tx, evm.system_sender) = read_transaction(&mut reader, chain_id);
        evm.inner.ctx.error = Ok(());
        evm.host_depth = 0;
        evm.failure = 0;
        evm.halt_reason = None;
        evm.transaction_index = index;
        let mut result = if is_inspected { DelHandler.inspect_run(evm) } else { DelHandler.run(evm) };
        let changes = evm.inner.ctx.journaled_state.finalize();
        if flags & COMMIT != 0
            && result.is_ok()
            && let Err(error) = evm.cache().commit(changes)
        {
            result = Err(revm::context::result::EVMError::Database(error));
        }
        write_outcome(out, &result, evm.halt_reason.as_deref());
        let is_unavailable = matches!(&result, Err(error) if !matches!(error, revm::context::result::EVMError::Transaction(_)));
        if is_unavailable || out.len() > MAX_OUTCOME_BYTES {
            return index + 1;
        }
    }
    count
}

/// The block's diff so far (`diff::write`) to the output.
#[unsafe(no_mangle)]
pub extern "C" fn diff() {
    let out = output();
    out.clear();
    diff::write(evm().cache(), out);
}

/// Input: address 20. Output: nonce u64 LE | balance 32 BE | code hash 32. 1 found, 0 absent.
#[unsafe(no_mangle)]
pub extern "C" fn read_account() -> i32 {
    let address = Address::from_slice(&INPUT.get()[..20]);
    let out = output();
    out.clear();
    code_of(evm().cache().basic(address), |info| match info {
        Some(info) => {
            out.u64(info.nonce);
            out.u256(info.balance);
            out.bytes(info.code_hash.as_slice());
            1
        }
        None => 0,
    })
}

/// Input: address 20 | slot 32. Output: 32 BE.
#[unsafe(no_mangle)]
pub extern "C" fn read_slot() -> i32 {
    let (address, slot) = address_and_slot();
    let out = output();
    out.clear();
    code_of(evm().cache().storage(address, slot), |value| {
        out.u256(value);
        0
    })
}

/// Input: hash 32. Output: code that this block made. 1 known, 0 not, or only the host's store has it.
#[unsafe(no_mangle)]
pub extern "C" fn read_code() -> i32 {
    let hash = B256::from_slice(&INPUT.get()[..32]);
    let out = output();
    out.clear();
    let cache = evm().cache();
    if !cache.written_codes.contains(&hash) {
        return 0;
    }
    out.bytes(cache.codes[&hash].original_byte_slice());
    1
}

/// Input: address 20 | flags u8 (1 nonce, 2 balance) | nonce u64 LE | balance 32 BE.
#[unsafe(no_mangle)]
pub extern "C" fn write_account() -> i32 {
    let input = INPUT.get();
    let address = Address::from_slice(&input[..20]);
    let flags = input[20];
    let nonce = u64::from_le_bytes(input[21..29].try_into().expect("eight bytes"));
    let balance = U256::from_be_slice(&input[29..61]);
    let cache = evm().cache();
    let written =
        cache.write_account(address, (flags & 1 != 0).then_some(nonce), (flags & 2 != 0).then_some(balance));
    code_of(written, |()| 0)
}

/// Input: address 20 | slot 32 | value 32. 1 written, 0 there is no such account.
#[unsafe(no_mangle)]
pub extern "C" fn write_slot() -> i32 {
    let (address, slot) = address_and_slot();
    let value = U256::from_be_slice(&INPUT.get()[52..84]);
    code_of(evm().cache().write_slot(address, slot, value), i32::from)
}

fn address_and_slot() -> (Address, U256) {
    let input = INPUT.get();
    (Address::from_slice(&input[..20]), U256::from_be_slice(&input[20..52]))
}

#[unsafe(no_mangle)]
pub extern "C" fn trace_pointer() -> *const u8 {
    evm().inner.inspector.events().as_ptr()
}

/// In bytes; the trace of the last `run`. -1 when it passed its limit.
#[unsafe(no_mangle)]
pub extern "C" fn trace_length() -> i32 {
    let tracer = &evm().inner.inspector;
    if tracer.is_cut { -1 } else { tracer.events().len() as i32 }
}
