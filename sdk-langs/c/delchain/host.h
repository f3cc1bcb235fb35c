/*
 * The host API as imports of the module `vm_hooks` (Arbitrum Stylus' ABI, nitro `crates/stylus/src/native.rs`).
 * Pointers are 32-bit addresses in the contract's memory; words are 32 bytes big-endian, addresses 20 bytes.
 * A contract that needs only these may include this file alone.
 */
#ifndef DELCHAIN_HOST_H
#define DELCHAIN_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * For functions that a contract uses in several places: a deployment pays for every byte, and a call next to
 * nothing for a jump.
 */
#define DC_FUNCTION __attribute__((noinline)) static
#define DC_IMPORT(name) __attribute__((import_module("vm_hooks"), import_name(#name))) extern

/* Calldata, result, end of the call. */
DC_IMPORT(read_args) void vm_read_args(void *calldata);
DC_IMPORT(write_result) void vm_write_result(const void *data, size_t length);
DC_IMPORT(exit_early) void vm_exit_early(uint32_t status);
DC_IMPORT(pay_for_memory_grow) void vm_pay_for_memory_grow(uint32_t pages);

/* Storage. A cached write reaches the state when the cache is flushed. */
DC_IMPORT(storage_load_bytes32) void vm_storage_load_bytes32(const void *slot, void *value);
DC_IMPORT(storage_cache_bytes32) void vm_storage_cache_bytes32(const void *slot, const void *value);
DC_IMPORT(storage_flush_cache) void vm_storage_flush_cache(uint32_t clear);
DC_IMPORT(transient_load_bytes32) void vm_transient_load_bytes32(const void *slot, void *value);
DC_IMPORT(transient_store_bytes32) void vm_transient_store_bytes32(const void *slot, const void *value);

/* Other contracts. Status 0 is success, 1 a revert, 2 anything else. */
DC_IMPORT(call_contract)
uint32_t vm_call_contract(const void *contract, const void *calldata, size_t length,
                          const void *value, uint64_t gas, size_t *return_length);
DC_IMPORT(delegate_call_contract)
uint32_t vm_delegate_call_contract(const void *contract, const void *calldata, size_t length,
                                   uint64_t gas, size_t *return_length);
DC_IMPORT(static_call_contract)
uint32_t vm_static_call_contract(const void *contract, const void *calldata, size_t length,
                                 uint64_t gas, size_t *return_length);
DC_IMPORT(create1)
void vm_create1(const void *code, size_t length, const void *value, void *contract,
                size_t *revert_length);
DC_IMPORT(create2)
void vm_create2(const void *code, size_t length, const void *value, const void *salt,
                void *contract, size_t *revert_length);
DC_IMPORT(read_return_data) size_t vm_read_return_data(void *data, size_t offset, size_t length);
DC_IMPORT(return_data_size) size_t vm_return_data_size(void);

/* Logs: `topics` words, then the data, in one buffer. */
DC_IMPORT(emit_log) void vm_emit_log(const void *data, size_t length, size_t topics);

/* Accounts. */
DC_IMPORT(account_balance) void vm_account_balance(const void *account, void *balance);
DC_IMPORT(account_code)
size_t vm_account_code(const void *account, size_t offset, size_t length, void *code);
DC_IMPORT(account_code_size) size_t vm_account_code_size(const void *account);
DC_IMPORT(account_codehash) void vm_account_codehash(const void *account, void *hash);

/* Block, message, transaction. */
DC_IMPORT(block_basefee) void vm_block_basefee(void *fee);
DC_IMPORT(chainid) uint64_t vm_chainid(void);
DC_IMPORT(block_coinbase) void vm_block_coinbase(void *coinbase);
DC_IMPORT(block_gas_limit) uint64_t vm_block_gas_limit(void);
DC_IMPORT(block_number) uint64_t vm_block_number(void);
DC_IMPORT(block_timestamp) uint64_t vm_block_timestamp(void);
DC_IMPORT(contract_address) void vm_contract_address(void *address);
DC_IMPORT(msg_reentrant) uint32_t vm_msg_reentrant(void);
DC_IMPORT(msg_sender) void vm_msg_sender(void *sender);
DC_IMPORT(msg_value) void vm_msg_value(void *value);
DC_IMPORT(tx_origin) void vm_tx_origin(void *origin);
DC_IMPORT(tx_gas_price) void vm_tx_gas_price(void *price);
DC_IMPORT(tx_ink_price) uint32_t vm_tx_ink_price(void);
DC_IMPORT(evm_gas_left) uint64_t vm_evm_gas_left(void);
DC_IMPORT(evm_ink_left) uint64_t vm_evm_ink_left(void);

/* Arithmetic on words in place: the host's is cheaper than a division compiled into the contract. */
DC_IMPORT(math_div) void vm_math_div(void *value, const void *divisor);
DC_IMPORT(math_mod) void vm_math_mod(void *value, const void *modulus);
DC_IMPORT(math_pow) void vm_math_pow(void *value, const void *exponent);
DC_IMPORT(math_add_mod) void vm_math_add_mod(void *value, const void *addend, const void *modulus);
DC_IMPORT(math_mul_mod) void vm_math_mul_mod(void *value, const void *factor, const void *modulus);
DC_IMPORT(native_keccak256) void vm_native_keccak256(const void *data, size_t length, void *hash);

#endif
