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

    public static byte[] loadTransient(byte[] slot) {
        byte[] value = new byte[32];
        Hooks.loadTransient(ofData(slot), ofData(value));
        return value;
    }

    public static void storeTransient(byte[] slot, byte[] value) {
        Hooks.storeTransient(ofData(slot), ofData(value));
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

    /** As {@link Messages#send}: two calls of MESSAGES, for the price and to send. */
    public static byte[] send(byte[] address, byte[] value, byte[] data, long gas, long callbackGas) {
        byte[] messages = Messages.CONTRACT.shared();
        byte[] quote = new byte[4 + 3 * 32];
        putSelector(quote, 0x4036eb29);
        System.arraycopy(address, 0, quote, 4 + 12, 20);
        Words.putLong(quote, 4 + 32 + 24, gas);
        Words.putLong(quote, 4 + 64 + 24, callbackGas);
        byte[] fee = required(call(1, messages, new byte[32], Callee.ALL_GAS, quote));
        byte[] send = new byte[4 + 6 * 32 + (data.length + 31) / 32 * 32];
        putSelector(send, 0x53c60ae0);
        System.arraycopy(address, 0, send, 4 + 12, 20);
        System.arraycopy(value, 0, send, 4 + 32, 32);
        Words.putLong(send, 4 + 64 + 24, 5 * 32);
        Words.putLong(send, 4 + 96 + 24, gas);
        Words.putLong(send, 4 + 128 + 24, callbackGas);
        Words.putLong(send, 4 + 160 + 24, data.length);
        System.arraycopy(data, 0, send, 4 + 192, data.length);
        byte[] payment = U256.fromWord(value, 0).add(U256.fromWord(fee, 0)).toWord();
        return required(call(0, messages, payment, Callee.ALL_GAS, send));
    }

    private static void putSelector(byte[] to, int selector) {
        for (int i = 0; i < 4; i++) to[i] = (byte) (selector >>> 24 - 8 * i);
    }

    private static byte[] required(CallOutcome outcome) {
        if (outcome.status != CallOutcome.SUCCESS) throw new CallFailed(outcome);
        return outcome.output;
    }

    /**
     * @param salt of 32 bytes for an address by EIP-1014; {@code null} for one by the nonce.
     * @return the address, or what the creation reverted with.
     */
    public static CallOutcome create(byte[] code, byte[] value, byte[] salt) {
        byte[] created = new byte[20];
        byte[] length = new byte[4];
        Hooks.flushStorage(1);
        if (salt == null) {
            Hooks.create(
                    ofData(code), code.length, ofData(value), ofData(created), ofData(length));
        } else {
            Hooks.createAt(
                    ofData(code),
                    code.length,
                    ofData(value),
                    ofData(salt),
                    ofData(created),
                    ofData(length));
        }
        for (byte part : created) if (part != 0) return new CallOutcome(CallOutcome.SUCCESS, created);
        byte[] reason = new byte[Hooks.returnDataSize()];
        Hooks.readReturnData(ofData(reason), 0, reason.length);
        return new CallOutcome(CallOutcome.REVERT, reason);
    }

    public static byte[] code(byte[] address) {
        byte[] code = new byte[Hooks.codeSize(ofData(address))];
        Hooks.code(ofData(address), 0, code.length, ofData(code));
        return code;
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

    public static byte[] gasPrice() {
        byte[] word = new byte[32];
        Hooks.gasPrice(ofData(word));
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

    /** File and line of the contract that an exception comes from; empty where none is known. */
    static String placeOf(Throwable thrown) {
        return Lines.of(thrown);
    }
}
