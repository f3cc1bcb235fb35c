//! What a frame of another tier may ask of the EVM that it runs in. Every export charges what the EVM charges
//! (EIP-2929, EIP-2200, EIP-3529, EIP-150) against the gas that the host says is left, and answers with what it
//! charged. Gas fits 31 bits here: the host holds the transaction gas cap to that.
use revm::{
    context::CreateScheme,
    context_interface::{
        context::ContextError,
        host::LoadError,
        journaled_state::{AccountInfoLoad, JournalLoadError, JournalTr},
    },
    handler::FrameResult,
    interpreter::{
        CallInput, CallInputs, CallScheme, CallValue, CreateInputs, FrameInput,
        instructions::contract::load_account_delegated,
        interpreter_action::FrameInit,
        interpreter_types::{InputsTr, RuntimeFlag},
    },
    primitives::{Address, B256, Bytes, Log, U256},
};

use crate::creation::is_envelope;
use crate::evm::{DelEvm, Frame, SPEC};
use crate::global::{ARGUMENTS, CURRENT, RETURN, room};
use crate::imports::HostError;

/// The frame cannot pay: it halts.
const OUT_OF_GAS: i32 = -1;
/// A write in a static frame: it halts (EIP-214).
const STATIC_VIOLATION: i32 = -2;
/// There is no host frame, or the host asked for what does not exist.
const MISUSE: i32 = -100;

const NESTED_SUCCESS: i32 = 0;
const NESTED_REVERT: i32 = 1;
const NESTED_HALT: i32 = 2;

const KIND_STATIC: u32 = 1;
const KIND_DELEGATE: u32 = 2;

/// What a nested call or creation took from the frame's gas, its own use included.
static SPENT: crate::global::Global<u32> = crate::global::Global::new(0);

type Answer = Result<i32, i32>;

/// Runs `f` on the EVM under the current host frame. Once something failed, everything fails: the transaction
/// is lost, and its frame stack with it.
fn with_evm(f: impl FnOnce(&mut DelEvm) -> Answer) -> i32 {
    // SAFETY: the pointer is set while `run_host_frame` waits in its import and null otherwise.
    let Some(evm) = (unsafe { CURRENT.get().as_mut() }) else { return MISUSE };
    if evm.failure < 0 {
        return evm.failure;
    }
    match f(evm) {
        Ok(answer) | Err(answer) => answer,
    }
}

fn failed(evm: &mut DelEvm, error: HostError) -> i32 {
    evm.failure = error.0;
    error.0
}

fn load_failed(evm: &mut DelEvm, error: JournalLoadError<HostError>) -> i32 {
    match error {
        JournalLoadError::DBError(error) => failed(evm, error),
        JournalLoadError::ColdLoadSkipped => OUT_OF_GAS,
    }
}

fn frame(evm: &mut DelEvm) -> &mut Frame {
    evm.inner.frame_stack.get()
}

fn own_address(evm: &mut DelEvm) -> Address {
    frame(evm).interpreter.input.target_address()
}

fn refuse_static(evm: &mut DelEvm) -> Result<(), i32> {
    if frame(evm).interpreter.runtime_flag.is_static() { Err(STATIC_VIOLATION) } else { Ok(()) }
}

fn affordable(cost: u64, gas: u32) -> Answer {
    if cost > u64::from(gas) { Err(OUT_OF_GAS) } else { Ok(cost as i32) }
}

/// Bytes that the host wrote to `arguments_alloc`'s room.
fn argument<'a>(pointer: *const u8, length: usize) -> &'a [u8] {
    if length == 0 {
        return &[];
    }
    // SAFETY: the host passes room that it got from this instance; everything is copied before a frame runs.
    unsafe { core::slice::from_raw_parts(pointer, length) }
}

fn word(pointer: *const u8) -> U256 {
    U256::from_be_slice(argument(pointer, 32))
}

fn answer_word(out: *mut u8, value: [u8; 32]) {
    // SAFETY: as for `argument`.
    unsafe { core::slice::from_raw_parts_mut(out, 32) }.copy_from_slice(&value);
}

#[unsafe(no_mangle)]
pub extern "C" fn host_load_storage(slot: *const u8, out: *mut u8, gas: u32) -> i32 {
    with_evm(|evm| {
        let address = own_address(evm);
        let prices = &evm.inner.ctx.cfg.gas_params;
        let (warm, cold) = (prices.warm_storage_read_cost(), prices.cold_storage_cost());
        let skip_cold = u64::from(gas) < cold;
        let loaded = evm.inner.ctx.journaled_state.sload_skip_cold_load(address, word(slot), skip_cold);
        let load = loaded.map_err(|error| load_failed(evm, error))?;
        answer_word(out, load.data.to_be_bytes());
        affordable(if load.is_cold { cold } else { warm }, gas)
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn host_store_storage(slot: *const u8, value: *const u8, gas: u32) -> i32 {
    with_evm(|evm| {
        refuse_static(evm)?;
        let address = own_address(evm);
        let prices = evm.inner.ctx.cfg.gas_params.clone();
        // EIP-2200: nothing is stored on a call's stipend.
        if u64::from(gas) <= prices.call_stipend() {
            return Err(OUT_OF_GAS);
        }
        let base = prices.sstore_static_gas();
        let skip_cold = u64::from(gas) - base < prices.cold_storage_cost();
        let journal = &mut evm.inner.ctx.journaled_state;
        let stored = journal.sstore_skip_cold_load(address, word(slot), word(value), skip_cold);
        let store = stored.map_err(|error| load_failed(evm, error))?;
        let cost = base + prices.sstore_dynamic_gas(true, &store.data, store.is_cold);
        frame(evm).interpreter.gas.record_refund(prices.sstore_refund(true, &store.data));
        affordable(cost, gas)
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn host_load_transient(slot: *const u8, out: *mut u8) -> i32 {
    with_evm(|evm| {
        let address = own_address(evm);
        let value = evm.inner.ctx.journaled_state.tload(address, word(slot));
        answer_word(out, value.to_be_bytes());
        Ok(0)
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn host_store_transient(slot: *const u8, value: *const u8) -> i32 {
    with_evm(|evm| {
        refuse_static(evm)?;
        let address = own_address(evm);
        evm.inner.ctx.journaled_state.tstore(address, word(slot), word(value));
        Ok(0)
    })
}

/// The host charges for logs and bounds the topics to four.
#[unsafe(no_mangle)]
pub extern "C" fn host_log(topics: *const u8, count: usize, data: *const u8, length: usize) -> i32 {
    with_evm(|evm| {
        refuse_static(evm)?;
        if count > 4 {
            return Err(MISUSE);
        }
        let address = own_address(evm);
        let topics = argument(topics, count * 32).chunks(32).map(B256::from_slice).collect();
        let log = Log::new_unchecked(address, topics, Bytes::copy_from_slice(argument(data, length)));
        evm.inner.inspector.record_log(&log);
        evm.inner.ctx.journaled_state.log(log);
        Ok(0)
    })
}

/// Loads any account at EIP-2929's price.
fn look_at<T>(
    address: *const u8,
    gas: u32,
    with_code: bool,
    read: impl FnOnce(AccountInfoLoad<'_>) -> T,
) -> i32 {
    with_evm(|evm| {
        let prices = &evm.inner.ctx.cfg.gas_params;
        let warm = prices.warm_storage_read_cost();
        let cold = warm + prices.cold_account_additional_cost();
        let address = Address::from_slice(argument(address, 20));
        let journal = &mut evm.inner.ctx.journaled_state;
        let loaded = journal.load_account_info_skip_cold_load(address, with_code, u64::from(gas) < cold);
        let cost = match loaded {
            Ok(load) => {
                let cost = if load.is_cold { cold } else { warm };
                read(load);
                cost
            }
            Err(error) => return Err(load_failed(evm, error)),
        };
        affordable(cost, gas)
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn host_balance(address: *const u8, out: *mut u8, gas: u32) -> i32 {
    look_at(address, gas, false, |load| answer_word(out, load.balance.to_be_bytes()))
}

/// Zero for an account that does not exist (EIP-1052).
#[unsafe(no_mangle)]
pub extern "C" fn host_code_hash(address: *const u8, out: *mut u8, gas: u32) -> i32 {
    look_at(address, gas, false, |load| {
        answer_word(out, if load.is_empty() { [0; 32] } else { load.code_hash.0 });
    })
}

/// The code lies in the return buffer; its length alone is EXTCODESIZE's answer.
#[unsafe(no_mangle)]
pub extern "C" fn host_code(address: *const u8, gas: u32) -> i32 {
    look_at(address, gas, true, |load| {
        let code = RETURN.get();
        code.clear();
        if let Some(bytes) = &load.code {
            code.extend_from_slice(bytes.original_byte_slice());
        }
    })
}

/// `kind`: 0 call, 1 static, 2 delegate. Answers 0 success, 1 revert, 2 halt; then `host_spent` is the price
/// and the return buffer the output.
#[unsafe(no_mangle)]
pub extern "C" fn host_call(
    kind: u32,
    to: *const u8,
    value: *const u8,
    limit: u32,
    input: *const u8,
    input_length: usize,
    gas: u32,
) -> i32 {
    with_evm(|evm| {
        let value = word(value);
        let sends = kind == 0 && !value.is_zero();
        if kind > KIND_DELEGATE || (kind != 0 && !value.is_zero()) {
            return Err(MISUSE);
        }
        if sends {
            refuse_static(evm)?;
        }
        let to = Address::from_slice(argument(to, 20));
        let data = Bytes::copy_from_slice(argument(input, input_length));
        let prices = evm.inner.ctx.cfg.gas_params.clone();
        let base = prices.warm_storage_read_cost() + if sends { prices.transfer_value_cost() } else { 0 };
        affordable(base, gas)?;
        let left = u64::from(gas) - base;
        let (access, _, code, code_hash) =
            match load_account_delegated(&mut evm.inner.ctx, SPEC, left, to, sends, kind == 0) {
                Ok(load) => load,
                Err(LoadError::ColdLoadSkipped) => return Err(OUT_OF_GAS),
                Err(LoadError::DBError) => return Err(take_failure(evm)),
            };
        let cost = base + access;
        affordable(cost, gas)?;
        let left = u64::from(gas) - cost;
        let passed = prices.call_stipend_reduction(left).min(u64::from(limit));
        let stipend = if sends { prices.call_stipend() } else { 0 };

        let interpreter = &frame(evm).interpreter;
        let me = interpreter.input.target_address();
        let is_delegate = kind == KIND_DELEGATE;
        let frame_input = FrameInput::Call(Box::new(CallInputs {
            input: CallInput::Bytes(data),
            return_memory_offset: 0..0,
            gas_limit: passed + stipend,
            reservoir: 0,
            bytecode_address: to,
            known_bytecode: (code_hash, code),
            target_address: if is_delegate { me } else { to },
            caller: if is_delegate { interpreter.input.caller_address() } else { me },
            value: if is_delegate {
                CallValue::Apparent(interpreter.input.call_value())
            } else {
                CallValue::Transfer(value)
            },
            scheme: [CallScheme::Call, CallScheme::StaticCall, CallScheme::DelegateCall][kind as usize],
            is_static: interpreter.runtime_flag.is_static() || kind == KIND_STATIC,
            charged_new_account_state_gas: false,
        }));
        nested(evm, frame_input, cost + passed)
    })
}

/// `salt` is null for CREATE (EIP-1014 else). As `host_call`; after a success the return buffer is the address.
#[unsafe(no_mangle)]
pub extern "C" fn host_create(
    value: *const u8,
    salt: *const u8,
    init_code: *const u8,
    length: usize,
    gas: u32,
) -> i32 {
    with_evm(|evm| {
        refuse_static(evm)?;
        let init_code = Bytes::copy_from_slice(argument(init_code, length));
        let cfg = &evm.inner.ctx.cfg;
        let prices = &cfg.gas_params;
        let mut cost = if salt.is_null() { prices.create_cost() } else { prices.create2_cost(length) };
        // EIP-3860 is for EVM init code; a byte of an envelope costs 20 gas in its own frame.
        if !is_envelope(&init_code) {
            if length > revm::context::Cfg::max_initcode_size(cfg) {
                return Err(OUT_OF_GAS);
            }
            cost += prices.initcode_cost(length);
        }
        affordable(cost, gas)?;
        let passed = prices.call_stipend_reduction(u64::from(gas) - cost);
        let scheme =
            if salt.is_null() { CreateScheme::Create } else { CreateScheme::Create2 { salt: word(salt) } };
        let inputs = CreateInputs::new(own_address(evm), scheme, word(value), init_code, passed, 0);
        nested(evm, FrameInput::Create(Box::new(inputs)), cost + passed)
    })
}

/// Runs a frame that got `charged` less its price, and settles it as revm settles a child with its parent.
fn nested(evm: &mut DelEvm, frame_input: FrameInput, charged: u64) -> Answer {
    let caller = frame(evm);
    let depth = caller.depth + 1;
    let memory = caller.interpreter.memory.new_child_context();
    let run = evm.run_nested(FrameInit { depth, memory, frame_input });
    let result = match run {
        Ok(_) if evm.inner.ctx.error.is_err() => return Err(take_failure(evm)),
        Ok(result) => result,
        Err(ContextError::Db(error)) => return Err(failed(evm, error)),
        Err(ContextError::Custom(_)) => return Err(failed(evm, HostError(MISUSE))),
    };
    let parent = &mut frame(evm).interpreter;
    parent.memory.free_child_context();
    let outcome = result.instruction_result();
    let gas_back = if outcome.is_ok_or_revert() { result.gas().remaining() } else { 0 };
    if outcome.is_ok() {
        parent.gas.record_refund(result.gas().refunded());
    }
    // A stipend is less than the price of the value that it came with, so this is never negative.
    *SPENT.get() = (charged - gas_back) as u32;
    let output = RETURN.get();
    output.clear();
    Ok(match &result {
        FrameResult::Create(created) if outcome.is_ok() => match created.address {
            Some(address) => {
                output.extend_from_slice(address.as_slice());
                NESTED_SUCCESS
            }
            // The creator's nonce is at its end (EIP-2681).
            None => NESTED_REVERT,
        },
        _ if outcome.is_halt() => NESTED_HALT,
        _ => {
            output.extend_from_slice(result.output().data());
            if outcome.is_ok() { NESTED_SUCCESS } else { NESTED_REVERT }
        }
    })
}

/// The failure that revm noted while it ran code or loaded an account.
fn take_failure(evm: &mut DelEvm) -> i32 {
    let noted = core::mem::replace(&mut evm.inner.ctx.error, Ok(()));
    let error = match noted {
        Err(ContextError::Db(error)) => error,
        _ => HostError(MISUSE),
    };
    failed(evm, error)
}

#[unsafe(no_mangle)]
pub extern "C" fn host_spent() -> u32 {
    *SPENT.get()
}

/// Room for the arguments of one export.
#[unsafe(no_mangle)]
pub extern "C" fn arguments_alloc(length: usize) -> *mut u8 {
    room(&ARGUMENTS, length)
}

/// Room for a host frame's output.
#[unsafe(no_mangle)]
pub extern "C" fn return_alloc(length: usize) -> *mut u8 {
    let output = RETURN.get();
    output.clear();
    output.resize(length, 0);
    output.as_mut_ptr()
}

#[unsafe(no_mangle)]
pub extern "C" fn return_pointer() -> *const u8 {
    RETURN.get().as_ptr()
}

#[unsafe(no_mangle)]
pub extern "C" fn return_length() -> usize {
    RETURN.get().len()
}
