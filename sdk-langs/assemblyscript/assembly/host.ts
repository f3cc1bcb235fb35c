// The host API as imports of the module `vm_hooks` (Arbitrum Stylus' ABI). Pointers point into the contract's memory;
// words are 32 bytes big-endian, addresses 20 bytes.

@external("vm_hooks", "read_args")
export declare function read_args(calldata: usize): void;
@external("vm_hooks", "write_result")
export declare function write_result(data: usize, length: i32): void;
@external("vm_hooks", "exit_early")
export declare function exit_early(status: i32): void;
@external("vm_hooks", "pay_for_memory_grow")
export declare function pay_for_memory_grow(pages: i32): void;

@external("vm_hooks", "storage_load_bytes32")
export declare function storage_load_bytes32(slot: usize, value: usize): void;
@external("vm_hooks", "storage_cache_bytes32")
export declare function storage_cache_bytes32(slot: usize, value: usize): void;
@external("vm_hooks", "storage_flush_cache")
export declare function storage_flush_cache(clear: i32): void;
@external("vm_hooks", "transient_load_bytes32")
export declare function transient_load_bytes32(slot: usize, value: usize): void;
@external("vm_hooks", "transient_store_bytes32")
export declare function transient_store_bytes32(slot: usize, value: usize): void;

@external("vm_hooks", "call_contract")
export declare function call_contract(
  contract: usize,
  calldata: usize,
  length: i32,
  value: usize,
  gas: u64,
  returnLength: usize,
): i32;
@external("vm_hooks", "delegate_call_contract")
export declare function delegate_call_contract(
  contract: usize,
  calldata: usize,
  length: i32,
  gas: u64,
  returnLength: usize,
): i32;
@external("vm_hooks", "static_call_contract")
export declare function static_call_contract(
  contract: usize,
  calldata: usize,
  length: i32,
  gas: u64,
  returnLength: usize,
): i32;
@external("vm_hooks", "create1")
export declare function create1(
  code: usize,
  length: i32,
  value: usize,
  contract: usize,
  revertLength: usize,
): void;
@external("vm_hooks", "create2")
export declare function create2(
  code: usize,
  length: i32,
  value: usize,
  salt: usize,
  contract: usize,
  revertLength: usize,
): void;
@external("vm_hooks", "read_return_data")
export declare function read_return_data(data: usize, offset: i32, length: i32): i32;
@external("vm_hooks", "return_data_size")
export declare function return_data_size(): i32;

@external("vm_hooks", "emit_log")
export declare function emit_log(data: usize, length: i32, topics: i32): void;

@external("vm_hooks", "account_balance")
export declare function account_balance(account: usize, balance: usize): void;
@external("vm_hooks", "account_code")
export declare function account_code(account: usize, offset: i32, length: i32, code: usize): i32;
@external("vm_hooks", "account_code_size")
export declare function account_code_size(account: usize): i32;
@external("vm_hooks", "account_codehash")
export declare function account_codehash(account: usize, hash: usize): void;

@external("vm_hooks", "block_basefee")
export declare function block_basefee(fee: usize): void;
@external("vm_hooks", "chainid")
export declare function chainid(): u64;
@external("vm_hooks", "block_coinbase")
export declare function block_coinbase(coinbase: usize): void;
@external("vm_hooks", "block_gas_limit")
export declare function block_gas_limit(): u64;
@external("vm_hooks", "block_number")
export declare function block_number(): u64;
@external("vm_hooks", "block_timestamp")
export declare function block_timestamp(): u64;
@external("vm_hooks", "contract_address")
export declare function contract_address(address: usize): void;
@external("vm_hooks", "msg_reentrant")
export declare function msg_reentrant(): i32;
@external("vm_hooks", "msg_sender")
export declare function msg_sender(sender: usize): void;
@external("vm_hooks", "msg_value")
export declare function msg_value(value: usize): void;
@external("vm_hooks", "tx_origin")
export declare function tx_origin(origin: usize): void;
@external("vm_hooks", "tx_gas_price")
export declare function tx_gas_price(price: usize): void;
@external("vm_hooks", "tx_ink_price")
export declare function tx_ink_price(): i32;
@external("vm_hooks", "evm_gas_left")
export declare function evm_gas_left(): u64;
@external("vm_hooks", "evm_ink_left")
export declare function evm_ink_left(): u64;

@external("vm_hooks", "math_div")
export declare function math_div(value: usize, divisor: usize): void;
@external("vm_hooks", "math_mod")
export declare function math_mod(value: usize, modulus: usize): void;
@external("vm_hooks", "math_pow")
export declare function math_pow(value: usize, exponent: usize): void;
@external("vm_hooks", "math_add_mod")
export declare function math_add_mod(value: usize, addend: usize, modulus: usize): void;
@external("vm_hooks", "math_mul_mod")
export declare function math_mul_mod(value: usize, factor: usize, modulus: usize): void;
@external("vm_hooks", "native_keccak256")
export declare function native_keccak256(data: usize, length: i32, hash: usize): void;
