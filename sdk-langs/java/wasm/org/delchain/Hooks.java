package org.delchain;

import org.teavm.interop.Address;
import org.teavm.interop.Import;

/**
 * The imports. Pointers point into the contract's memory; words are 32 bytes big-endian, addresses
 * 20 bytes.
 */
final class Hooks {
    private static final String MODULE = "vm_hooks";

    private Hooks() {}

    @Import(module = MODULE, name = "storage_load_bytes32")
    static native void loadStorage(Address slot, Address value);

    @Import(module = MODULE, name = "storage_cache_bytes32")
    static native void cacheStorage(Address slot, Address value);

    @Import(module = MODULE, name = "storage_flush_cache")
    static native void flushStorage(int clear);

    @Import(module = MODULE, name = "transient_load_bytes32")
    static native void loadTransient(Address slot, Address value);

    @Import(module = MODULE, name = "transient_store_bytes32")
    static native void storeTransient(Address slot, Address value);

    @Import(module = MODULE, name = "read_args")
    static native void readArguments(Address to);

    @Import(module = MODULE, name = "write_result")
    static native void writeResult(Address data, int length);

    @Import(module = MODULE, name = "exit_early")
    static native void exitEarly(int status);

    @Import(module = MODULE, name = "msg_sender")
    static native void sender(Address to);

    @Import(module = MODULE, name = "msg_value")
    static native void value(Address to);

    @Import(module = MODULE, name = "tx_origin")
    static native void origin(Address to);

    @Import(module = MODULE, name = "tx_gas_price")
    static native void gasPrice(Address to);

    @Import(module = MODULE, name = "contract_address")
    static native void contractAddress(Address to);

    @Import(module = MODULE, name = "account_balance")
    static native void balance(Address account, Address to);

    @Import(module = MODULE, name = "account_codehash")
    static native void codeHash(Address account, Address to);

    @Import(module = MODULE, name = "account_code_size")
    static native int codeSize(Address account);

    @Import(module = MODULE, name = "account_code")
    static native int code(Address account, int offset, int length, Address to);

    @Import(module = MODULE, name = "emit_log")
    static native void emitLog(Address data, int length, int topics);

    @Import(module = MODULE, name = "native_keccak256")
    static native void keccak256(Address data, int length, Address hash);

    @Import(module = MODULE, name = "call_contract")
    static native int call(
            Address to, Address data, int length, Address value, long gas, Address returned);

    @Import(module = MODULE, name = "static_call_contract")
    static native int callStatic(Address to, Address data, int length, long gas, Address returned);

    @Import(module = MODULE, name = "delegate_call_contract")
    static native int callDelegate(
            Address to, Address data, int length, long gas, Address returned);

    @Import(module = MODULE, name = "create1")
    static native void create(
            Address code, int length, Address value, Address created, Address returned);

    @Import(module = MODULE, name = "create2")
    static native void createAt(
            Address code,
            int length,
            Address value,
            Address salt,
            Address created,
            Address returned);

    @Import(module = MODULE, name = "read_return_data")
    static native int readReturnData(Address to, int offset, int length);

    @Import(module = MODULE, name = "return_data_size")
    static native int returnDataSize();

    @Import(module = MODULE, name = "block_number")
    static native long blockNumber();

    @Import(module = MODULE, name = "block_timestamp")
    static native long blockTimestamp();

    @Import(module = MODULE, name = "chainid")
    static native long chainId();

    @Import(module = MODULE, name = "evm_gas_left")
    static native long gasLeft();

    @Import(module = MODULE, name = "block_basefee")
    static native void baseFee(Address to);

    @Import(module = MODULE, name = "block_coinbase")
    static native void coinbase(Address to);

    @Import(module = MODULE, name = "pay_for_memory_grow")
    static native void payForMemoryGrow(int pages);

    @Import(module = "console", name = "log_txt")
    static native void log(Address text, int length);
}
