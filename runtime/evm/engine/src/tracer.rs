//! A query's frames and logs as a flat stream of events, over all tiers; `decodeTrace.ts` shapes it. A profile is
//! told to the host as it happens instead: a loop has no end of steps.
use revm::{
    Inspector,
    context::CreateScheme,
    interpreter::{
        CallInputs, CallOutcome, CallScheme, CreateInputs, CreateOutcome, InstructionResult, Interpreter,
        InterpreterResult, interpreter_types::Jumps,
    },
    primitives::{Address, Log, U256},
};

use crate::evm::DelContext;
use crate::imports;
use crate::wire::Writer;

/// A call of a megabyte's input costs 2,600 gas to trace again and again, so the stream has an end of its own.
const MAX_TRACE_BYTES: usize = 64 << 20;

#[derive(Default)]
pub struct Tracer {
    pub is_on: bool,
    /// The host hears of every frame and instruction.
    pub is_profiling: bool,
    /// The stream passed its limit and is of no use.
    pub is_cut: bool,
    /// Why the frame of another tier that ends next halted.
    pub host_reason: Option<Vec<u8>>,
    events: Writer,
}

impl Tracer {
    pub fn restart(&mut self, is_on: bool, is_profiling: bool) {
        self.is_on = is_on;
        self.is_profiling = is_profiling;
        self.is_cut = false;
        self.host_reason = None;
        self.events.clear();
    }

    pub fn events(&self) -> &[u8] {
        self.events.as_slice()
    }

    /// `L` | log
    pub fn record_log(&mut self, log: &Log) {
        if let Some(events) = self.begin(b'L', log.data.data.len()) {
            events.log(log);
        }
    }

    fn begin(&mut self, event: u8, length: usize) -> Option<&mut Writer> {
        if !self.is_on || self.is_cut {
            return None;
        }
        if self.events.len() + length > MAX_TRACE_BYTES {
            self.is_cut = true;
            return None;
        }
        self.events.u8(event);
        Some(&mut self.events)
    }

    /// `E` | u8 (0 success, 1 revert, 2 halt) | gas used u64 | created 20 or zero | output | reason
    fn end(&mut self, result: &InterpreterResult, created: Option<Address>) {
        let host_reason = self.host_reason.take();
        let outcome = result.result;
        // What gives its gas back but ran no code (depth, funds) is a halt with a reason, not a revert.
        let status = match outcome {
            InstructionResult::Revert => 1,
            _ if outcome.is_ok() => 0,
            _ => 2,
        };
        let limit = result.gas.limit();
        let left = if outcome.is_ok_or_revert() { result.gas.remaining() } else { 0 };
        if self.is_profiling {
            imports::close_profiled(status, left, &result.output);
        }
        let Some(events) = self.begin(b'E', result.output.len()) else { return };
        events.u8(status);
        events.u64(limit - left);
        events.bytes(created.unwrap_or_default().as_slice());
        events.sized(&result.output);
        match host_reason {
            _ if status != 2 => events.sized(&[]),
            Some(reason) => events.sized(&reason),
            None => events.sized(format!("{outcome:?}").as_bytes()),
        }
    }
}

impl Inspector<DelContext> for Tracer {
    fn initialize_interp(&mut self, interpreter: &mut Interpreter, _: &mut DelContext) {
        if self.is_profiling {
            imports::profiled_code(interpreter.bytecode.original_byte_slice());
        }
    }

    fn step(&mut self, interpreter: &mut Interpreter, _: &mut DelContext) {
        if self.is_profiling {
            imports::profiled_step(interpreter.bytecode.pc(), interpreter.gas.remaining());
        }
    }

    fn log(&mut self, _: &mut DelContext, log: Log) {
        self.record_log(&log);
    }

    /// `C` | u8 (0 call, 1 static, 2 delegate, 3 callcode) | from 20 | to 20 | value 32 | gas u64 | input
    fn call(&mut self, context: &mut DelContext, call: &mut CallInputs) -> Option<CallOutcome> {
        if self.is_profiling {
            imports::open_profiled(&call.bytecode_address.into_array(), call.gas_limit);
        }
        if !self.is_on || self.is_cut {
            return None;
        }
        let input = call.input.bytes(context);
        let events = self.begin(b'C', input.len())?;
        events.u8(match call.scheme {
            CallScheme::Call => 0,
            CallScheme::StaticCall => 1,
            CallScheme::DelegateCall => 2,
            CallScheme::CallCode => 3,
        });
        // A delegate call's caller is its caller's caller; whose code asked is the target.
        let borrows = matches!(call.scheme, CallScheme::DelegateCall | CallScheme::CallCode);
        let from = if borrows { call.target_address } else { call.caller };
        events.bytes(from.as_slice());
        events.bytes(call.bytecode_address.as_slice());
        events.u256(call.value.get());
        events.u64(call.gas_limit);
        events.sized(&input);
        None
    }

    fn call_end(&mut self, _: &mut DelContext, _: &CallInputs, outcome: &mut CallOutcome) {
        self.end(&outcome.result, None);
    }

    /// `N` | u8 (0 create, 1 create2) | from 20 | value 32 | gas u64 | init code
    fn create(&mut self, _: &mut DelContext, create: &mut CreateInputs) -> Option<CreateOutcome> {
        if self.is_profiling {
            imports::open_profiled(&[0; 20], create.gas_limit());
        }
        let events = self.begin(b'N', create.init_code().len())?;
        events.u8(matches!(create.scheme(), CreateScheme::Create2 { .. }) as u8);
        events.bytes(create.caller().as_slice());
        events.u256(create.value());
        events.u64(create.gas_limit());
        events.sized(create.init_code());
        None
    }

    fn create_end(&mut self, _: &mut DelContext, _: &CreateInputs, outcome: &mut CreateOutcome) {
        let created = if outcome.result.is_ok() { outcome.address } else { None };
        self.end(&outcome.result, created);
    }

    /// `X` | from 20 | to 20 | value 32
    fn selfdestruct(&mut self, contract: Address, target: Address, value: U256) {
        if let Some(events) = self.begin(b'X', 0) {
            events.bytes(contract.as_slice());
            events.bytes(target.as_slice());
            events.u256(value);
        }
    }
}
