//! Creations for our tiers: how init code is recognised, and `CREATE` and `CREATE2` without the limits that
//! are meant for EVM init code.
use revm::{
    bytecode::opcode,
    context_interface::cfg::GasId,
    handler::instructions::EthInstructions,
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult, Interpreter, instructions::contract,
        interpreter::EthInterpreter, interpreter_types::MemoryTr,
    },
    primitives::U256,
};

use crate::evm::DelContext;

/// What stored code and envelopes of our tiers begin with.
pub const CODE_PREFIX: [u8; 3] = [0xef, 0xdc, 0x01];
const WASM_MAGIC: [u8; 4] = *b"\0asm";

/// Whether init code is for one of our tiers: an envelope, or a bare WebAssembly module.
pub fn is_envelope(init_code: &[u8]) -> bool {
    init_code.starts_with(&CODE_PREFIX) || init_code.starts_with(&WASM_MAGIC)
}

pub fn replace_instructions(instructions: &mut EthInstructions<EthInterpreter, DelContext>) {
    let table = instructions.instruction_table_mut();
    table[opcode::CREATE as usize] = Instruction::new(create::<false>);
    table[opcode::CREATE2 as usize] = Instruction::new(create::<true>);
}

/// An envelope has neither EIP-3860's size limit nor its price of a word: its bytes cost 20 gas each in the
/// frame that is created.
fn create<const IS_CREATE2: bool>(
    context: InstructionContext<'_, DelContext, EthInterpreter>,
) -> InstructionExecResult {
    let InstructionContext { interpreter, host } = context;
    if !creates_envelope(interpreter) {
        return contract::create::<IS_CREATE2, _, _>(InstructionContext { interpreter, host });
    }
    let prices = host.cfg.gas_params.clone();
    host.cfg.gas_params.override_gas([(GasId::initcode_per_word(), 0)]);
    host.cfg.limit_contract_initcode_size = Some(usize::MAX);
    let result = contract::create::<IS_CREATE2, _, _>(InstructionContext { interpreter, host: &mut *host });
    host.cfg.limit_contract_initcode_size = None;
    host.cfg.gas_params = prices;
    result
}

/// Looks at the init code that `CREATE` is about to take: stack `value, offset, length`.
fn creates_envelope(interpreter: &Interpreter<EthInterpreter>) -> bool {
    let (Ok(offset), Ok(length)) = (interpreter.stack.peek(1), interpreter.stack.peek(2)) else {
        return false;
    };
    let memory = &interpreter.memory;
    // Beyond the memory's end are zeros, with which neither prefix begins past its first byte.
    let seen = length.min(U256::from(WASM_MAGIC.len()));
    if offset.saturating_add(seen) > U256::from(memory.size()) {
        return false;
    }
    let start = offset.to::<usize>();
    is_envelope(&memory.slice(start..start + seen.to::<usize>()))
}
