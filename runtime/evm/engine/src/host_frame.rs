//! Frames of other tiers: handed to the host, their result handed back to revm's own journal and gas.
use revm::{
    bytecode::Bytecode,
    context::JournalTr,
    context_interface::context::ContextError,
    handler::{EvmTr, FrameData, FrameResult, ItemOrResult, evm::ContextDbError},
    inspector::InspectorEvmTr,
    interpreter::{
        CallInput, CreateOutcome, InstructionResult, InterpreterAction, InterpreterResult,
        interpreter_action::FrameInit,
        interpreter_types::{InputsTr, RuntimeFlag},
    },
    primitives::Bytes,
};

use crate::creation::is_envelope;
use crate::evm::{DelContext, DelEvm, FrameRun};
use crate::frame_rules::is_ours;
use crate::global::{CURRENT, RETURN};
use crate::imports::{self, HostError};

/// The host answered with more gas than it got, or with code that is none of ours.
const BROKEN_ANSWER: HostError = HostError(-10);

const STATUS_SUCCESS: i32 = 0;
const STATUS_REVERT: i32 = 1;

/// What `host_run` is called with. The host reads it all at once, because any export may move memory, and
/// writes `gas` when it is done; the return buffer is then the output, or why the frame halted. `hostFrame.ts` names the offsets.
#[repr(C)]
pub struct HostRequest {
    /// 0 call, 1 create: then `code` is the init code.
    kind: u32,
    is_static: u32,
    depth: u32,
    input: *const u8,
    input_length: u32,
    code: *const u8,
    code_length: u32,
    /// Index in the batch that `run` was called with.
    transaction: u32,
    /// In: gas left. Out: gas left.
    gas: u64,
    target: [u8; 20],
    caller: [u8; 20],
    code_address: [u8; 20],
    value: [u8; 32],
}

impl DelEvm {
    #[inline(always)]
    pub fn is_host_frame(&mut self) -> bool {
        let frame = self.inner.frame_stack.get();
        let code = &frame.interpreter.bytecode;
        is_ours(code)
            || (matches!(frame.data, FrameData::Create(_)) && is_envelope(code.original_byte_slice()))
    }

    #[inline(never)]
    pub fn run_host_frame(&mut self) -> FrameRun {
        let shared_memory = self.inner.ctx.local.shared_memory_buffer.clone();
        let frame = self.inner.frame_stack.get();
        let is_create = matches!(frame.data, FrameData::Create(_));
        let interpreter = &mut frame.interpreter;
        let code = interpreter.bytecode.original_bytes();
        // Another tier gets a copy of the calldata, at the price of CALLDATACOPY and before it is made: a call
        // costs 100 gas, and a caller's megabytes of memory are paid for once.
        let input_cost = self.inner.ctx.cfg.gas_params.copy_cost(interpreter.input.input().len());
        if !interpreter.gas.record_regular_cost(input_cost) {
            return self.halt_frame(b"OutOfGas");
        }
        let input = match interpreter.input.input() {
            CallInput::Bytes(bytes) => bytes.clone(),
            CallInput::SharedBuffer(range) => Bytes::copy_from_slice(&shared_memory.borrow()[range.clone()]),
        };
        let gas_before = interpreter.gas.remaining();
        let mut request = HostRequest {
            kind: is_create as u32,
            is_static: interpreter.runtime_flag.is_static() as u32,
            depth: frame.depth as u32,
            input: input.as_ptr(),
            input_length: input.len() as u32,
            code: code.as_ptr(),
            code_length: code.len() as u32,
            transaction: self.transaction_index,
            gas: gas_before,
            target: interpreter.input.target_address().into_array(),
            caller: interpreter.input.caller_address().into_array(),
            code_address: interpreter.input.bytecode_address().copied().unwrap_or_default().into_array(),
            value: interpreter.input.call_value().to_be_bytes(),
        };
        let status = self.enter_host(&mut request);
        if self.failure < 0 || status < 0 {
            let code = if self.failure < 0 { self.failure } else { status };
            return Err(ContextError::Db(HostError(code)));
        }
        if request.gas > gas_before {
            return Err(ContextError::Db(BROKEN_ANSWER));
        }
        let output = Bytes::from(core::mem::take(RETURN.get()));
        if status != STATUS_SUCCESS && status != STATUS_REVERT {
            return self.halt_frame(&output);
        }
        let frame = self.inner.frame_stack.get();
        frame.set_finished(true);
        let mut gas = frame.interpreter.gas;
        let _ = gas.record_regular_cost(gas_before - request.gas);
        if status == STATUS_SUCCESS && is_create {
            return self.store_created(output, gas);
        }
        let result =
            if status == STATUS_SUCCESS { InstructionResult::Return } else { InstructionResult::Revert };
        let result = InterpreterResult::new(result, output, gas);
        frame.process_next_action(&mut self.inner.ctx, InterpreterAction::Return(result))
    }

    /// Ends the frame without output, and with all its gas. revm has no word for a tier's reasons, so the text
    /// goes beside its result, to the outcome of the transaction and to the trace.
    fn halt_frame(&mut self, reason: &[u8]) -> FrameRun {
        let frame = self.inner.frame_stack.get();
        if frame.depth == 0 {
            self.halt_reason = Some(reason.to_vec());
        }
        self.inner.inspector.host_reason = Some(reason.to_vec());
        frame.set_finished(true);
        let mut gas = frame.interpreter.gas;
        gas.spend_all();
        let result = InterpreterResult::new(InstructionResult::OutOfGas, Bytes::new(), gas);
        frame.process_next_action(&mut self.inner.ctx, InterpreterAction::Return(result))
    }

    fn enter_host(&mut self, request: &mut HostRequest) -> i32 {
        RETURN.get().clear();
        // Exports that the host calls reach this EVM through a pointer derived from `self`, which is not used
        // here until the import returns.
        let outer = core::mem::replace(CURRENT.get(), self as *mut DelEvm);
        self.host_depth += 1;
        let status = imports::run_frame(request);
        self.host_depth -= 1;
        *CURRENT.get() = outer;
        status
    }

    /// The host has charged for the payload and returned the code to keep. EIP-170, EIP-3541 and the price of
    /// a code's byte are for EVM code.
    fn store_created(&mut self, code: Bytes, gas: revm::interpreter::Gas) -> FrameRun {
        let stored = Bytecode::new_legacy(code.clone());
        let FrameData::Create(creation) = &self.inner.frame_stack.get().data else {
            return Err(ContextError::Db(BROKEN_ANSWER));
        };
        if !is_ours(&stored) {
            return Err(ContextError::Db(BROKEN_ANSWER));
        }
        let address = creation.created_address;
        let journal = &mut self.inner.ctx.journaled_state;
        journal.checkpoint_commit();
        journal.set_code(address, stored);
        let result = InterpreterResult::new(InstructionResult::Return, code, gas);
        Ok(ItemOrResult::Result(FrameResult::Create(CreateOutcome::new(result, Some(address)))))
    }

    /// Runs one frame to its end on top of the current host frame, on the same journal and frame stack.
    pub fn run_nested(&mut self, init: FrameInit) -> Result<FrameResult, ContextDbError<DelContext>> {
        let is_traced = self.inner.inspector.is_on || self.inner.inspector.is_profiling;
        let base = self.inner.frame_stack.index();
        if let ItemOrResult::Result(result) = self.start(init, is_traced)? {
            return Ok(result);
        }
        loop {
            let run = if is_traced { self.inspect_frame_run() } else { self.frame_run() };
            let result = match run? {
                ItemOrResult::Item(init) => match self.start(init, is_traced)? {
                    ItemOrResult::Item(()) => continue,
                    ItemOrResult::Result(result) => result,
                },
                ItemOrResult::Result(result) => result,
            };
            let frames = &mut self.inner.frame_stack;
            if frames.get().is_finished() && frames.index() == base.map(|index| index + 1) {
                frames.pop();
                return Ok(result);
            }
            self.frame_return_result(result)?;
        }
    }

    fn start(
        &mut self,
        init: FrameInit,
        is_traced: bool,
    ) -> Result<ItemOrResult<(), FrameResult>, ContextDbError<DelContext>> {
        let started = if is_traced { self.inspect_frame_init(init)? } else { self.frame_init(init)? };
        Ok(started.map_item(|_| ()))
    }
}
