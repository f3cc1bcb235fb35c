//! Frames that never start: too many host frames, and EIP-7610.
use revm::{
    bytecode::Bytecode,
    context::JournalTr,
    context_interface::journaled_state::account::JournaledAccountTr,
    handler::{FrameResult, evm::ContextDbError},
    interpreter::{
        CallOutcome, CreateInputs, CreateOutcome, FrameInput, Gas, InstructionResult, InterpreterResult,
        interpreter_action::FrameInit,
    },
    primitives::{Address, Bytes, address, constants::CALL_STACK_LIMIT},
};

use crate::creation::{CODE_PREFIX, is_envelope};
use crate::evm::{DelContext, DelEvm};
use crate::imports;

/// Host frames nested in one transaction, a rule of consensus. Each takes native stack of the host: 269 fitted
/// into the default stack of a process's main thread.
const MAX_HOST_DEPTH: u32 = 64;

/// Where Hardhat's and Foundry's `console.sol` send what they print: "console.log" in ASCII. Nobody has code there.
const CONSOLE: Address = address!("0x000000000000000000636F6e736F6c652e6c6f67");

pub fn is_ours(code: &Bytecode) -> bool {
    code.original_byte_slice().starts_with(&CODE_PREFIX)
}

impl DelEvm {
    /// The result of a frame that may not start, in terms of its caller: like a call at depth 1,024 it fails
    /// and gives its gas back.
    pub fn refused_frame(
        &mut self,
        init: &FrameInit,
    ) -> Result<Option<FrameResult>, ContextDbError<DelContext>> {
        match &init.frame_input {
            FrameInput::Call(call) => {
                if call.bytecode_address == CONSOLE {
                    let input = call.input.bytes(&mut self.inner.ctx);
                    imports::print(&call.caller.into_array(), &input);
                }
                if self.host_depth < MAX_HOST_DEPTH || !is_ours(&call.known_bytecode.1) {
                    return Ok(None);
                }
                let gas = Gas::new_with_regular_gas_and_reservoir(call.gas_limit, call.reservoir);
                let result = InterpreterResult::new(InstructionResult::CallTooDeep, Bytes::new(), gas);
                let outcome = CallOutcome::new(result, call.return_memory_offset.clone());
                Ok(Some(FrameResult::Call(outcome)))
            }
            FrameInput::Create(create) => {
                if self.host_depth >= MAX_HOST_DEPTH && is_envelope(create.init_code()) {
                    return Ok(Some(failed_creation(create, InstructionResult::CallTooDeep)));
                }
                self.collision_with_storage(create, init.depth)
            }
            FrameInput::Empty => Ok(None),
        }
    }

    /// EIP-7610, which revm does not have: a creation over an account with storage but neither nonce nor code
    /// collides.
    fn collision_with_storage(
        &mut self,
        create: &CreateInputs,
        depth: usize,
    ) -> Result<Option<FrameResult>, ContextDbError<DelContext>> {
        let journal = &mut self.inner.ctx.journaled_state;
        let creator = &journal.load_account(create.caller())?.data.info;
        // revm fails these before it looks at the address.
        if creator.balance < create.value() || creator.nonce == u64::MAX || depth > CALL_STACK_LIMIT as usize
        {
            return Ok(None);
        }
        let address = create.created_address(creator.nonce);
        if !journal.database.account(address)?.has_only_storage() {
            return Ok(None);
        }
        // As for a creation that started: the nonce counts up and the address is warm.
        journal.load_account_mut(create.caller())?.data.bump_nonce();
        journal.load_account(address)?;
        Ok(Some(failed_creation(create, InstructionResult::CreateCollision)))
    }
}

fn failed_creation(create: &CreateInputs, result: InstructionResult) -> FrameResult {
    let gas = Gas::new_with_regular_gas_and_reservoir(create.gas_limit(), create.reservoir());
    let mut outcome = CreateOutcome::new(InterpreterResult::new(result, Bytes::new(), gas), None);
    outcome.charged_create_state_gas = create.charged_create_state_gas();
    FrameResult::Create(outcome)
}
