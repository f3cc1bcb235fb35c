package org.delchain;

import static org.teavm.interop.Address.ofData;

import org.teavm.interop.Address;

/** The host API of the wasm tier: imports of {@code vm_hooks} (Arbitrum Stylus' ABI). */
public final class Host {
    private static final int STATUS_HALT = 2;

    /** Bytes of calldata: what the entry point was called with. */
    static int calldataLength;

    private Host() {}

    public static byte[] loadStorage(byte[] slot) {
        byte[] value = new byte[32];
        Hooks.loadStorage(ofData(slot), ofData(value));
        return value;
    }

    /** Cached until the call ends or calls another contract. */
    public static void storeStorage(byte[] slot, byte[] value) {
        Hooks.cacheStorage(ofData(slot), ofData(value));
    }

    public static byte[] calldata() {
        byte[] data = new byte[calldataLength];
        Hooks.readArguments(ofData(data));
        return data;
    }

    public static byte[] caller() {
        byte[] address = new byte[20];
        Hooks.sender(ofData(address));
        return address;
    }

    public static byte[] self() {
        byte[] address = new byte[20];
        Hooks.contractAddress(ofData(address));
        return address;
    }

    public static byte[] origin() {
        byte[] address = new byte[20];
        Hooks.origin(ofData(address));
        return address;
    }

    public static byte[] value() {
        byte[] word = new byte[32];
        Hooks.value(ofData(word));
        return word;
    }

    public static byte[] balance(byte[] address) {
        byte[] word = new byte[32];
        Hooks.balance(ofData(address), ofData(word));
        return word;
    }

    /**
     * @param topics of 32 bytes, four at most.
     */
    public static void emitLog(byte[][] topics, byte[] data) {
        byte[] all = new byte[32 * topics.length + data.length];
        for (int i = 0; i < topics.length; i++) System.arraycopy(topics[i], 0, all, 32 * i, 32);
        System.arraycopy(data, 0, all, 32 * topics.length, data.length);
        Hooks.emitLog(ofData(all), all.length, topics.length);
    }

    public static byte[] keccak256(byte[] data) {
        byte[] hash = new byte[32];
        Hooks.keccak256(ofData(data), data.length, ofData(hash));
        return hash;
    }

    /**
     * @param kind 0 call, 1 static call, 2 delegate call.
     */
    public static CallOutcome call(int kind, byte[] address, byte[] value, long gas, byte[] input) {
        byte[] length = new byte[4];
        Address to = ofData(address);
        // The callee may call back, and must see what was written.
        Hooks.flushStorage(1);
        int status =
                kind == 0
                        ? Hooks.call(
                                to, ofData(input), input.length, ofData(value), gas, ofData(length))
                        : kind == 1
                                ? Hooks.callStatic(
                                        to, ofData(input), input.length, gas, ofData(length))
                                : Hooks.callDelegate(
                                        to, ofData(input), input.length, gas, ofData(length));
        byte[] output = new byte[Hooks.returnDataSize()];
        Hooks.readReturnData(ofData(output), 0, output.length);
        return new CallOutcome(Math.min(status, STATUS_HALT), output);
    }

    public static byte[] codeHash(byte[] address) {
        byte[] hash = new byte[32];
        Hooks.codeHash(ofData(address), ofData(hash));
        return hash;
    }

    public static long blockNumber() {
        return Hooks.blockNumber();
    }

    /** Seconds since 1970. */
    public static long blockTimestamp() {
        return Hooks.blockTimestamp();
    }

    public static long chainId() {
        return Hooks.chainId();
    }

    public static long gasLeft() {
        return Hooks.gasLeft();
    }

    public static byte[] basefee() {
        byte[] word = new byte[32];
        Hooks.baseFee(ofData(word));
        return word;
    }

    public static byte[] coinbase() {
        byte[] address = new byte[20];
        Hooks.coinbase(ofData(address));
        return address;
    }

    /** Prints on a devnet; elsewhere a module that calls it is refused at its deployment. */
    public static void log(String text) {
        byte[] bytes = org.delchain.abi.Utf8.encode(text);
        Hooks.log(ofData(bytes), bytes.length);
    }
}
