package org.delchain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.delchain.container.Exchange;
import org.delchain.container.Keccak;
import org.delchain.container.Refused;

/** The host API of the container tier: what a call knows, and HOSTCALLs for the rest (PROTOCOL.md). */
public final class Host {
    private static final int STORAGE_GET = 1;
    private static final int STORAGE_PUT = 2;
    private static final int GET = 3;
    private static final int PUT = 4;
    private static final int DELETE = 5;
    private static final int LOG = 6;
    private static final int SHA256 = 8;
    private static final int BALANCE = 9;
    private static final int GAS_LEFT = 10;
    private static final int DEBUG = 11;
    private static final int SEND = 12;
    private static final int RANGE = 13;

    private static final int AT_SELF = 0;
    private static final int AT_CALLER = 20;
    private static final int AT_ORIGIN = 40;
    private static final int AT_VALUE = 60;
    private static final int AT_CHAIN_ID = 92;
    private static final int AT_BLOCK_NUMBER = 100;
    private static final int AT_TIMESTAMP = 108;
    private static final int AT_PRODUCER = 116;
    private static final int AT_SEED = 136;
    private static final int AT_GAS_LIMIT = 168;
    private static final int AT_INPUT = 176;
    private static final int ADDRESS_BYTES = 20;
    private static final int WORD_BYTES = 32;

    /** The protocol's limits: a contract that passes one is reverted with a reason. */
    private static final int TOPICS_MAX = 4;
    private static final int KEY_BYTES_MAX = 1_024;
    /** A bound may be a key and a zero byte: what comes right behind that key. */
    private static final int BOUND_BYTES_MAX = KEY_BYTES_MAX + 1;

    /** ERC-1967, "implementation". */
    private static final byte[] IMPLEMENTATION_SLOT =
            HexFormat.of()
                    .parseHex("360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc");

    private static final byte[] CALL = Exchange.call();
    private static final Map<Bytes32, byte[]> TRANSIENTS = new HashMap<>();

    private Host() {}

    /** Storage as the EVM has it: 32 bytes under 32 bytes, zero where nothing was written. */
    public static byte[] loadStorage(byte[] slot) {
        return Exchange.ask(STORAGE_GET, slot);
    }

    public static void storeStorage(byte[] slot, byte[] value) {
        Exchange.ask(STORAGE_PUT, ByteBuffer.allocate(2 * WORD_BYTES).put(slot).put(value).array());
    }

    /**
     * From the next batch of its calls on, the contract runs the version of the container contract
     * at {@code to}, on its own storage (PROTOCOL.md, "Version"). Who may ask for that is the
     * contract's to check.
     */
    public static void upgrade(Address to) {
        storeStorage(IMPLEMENTATION_SLOT, to.toWord());
    }

    /** A byte string under a key of 1 to 1,024 bytes, or null. */
    public static byte[] get(byte[] key) {
        return Exchange.ask(GET, key);
    }

    /** At most 65,536 bytes; an empty value deletes. */
    public static void put(byte[] key, byte[] value) {
        if (key.length > KEY_BYTES_MAX) {
            throw new Refused("a key has at most 1,024 bytes");
        }
        ByteBuffer arguments = ByteBuffer.allocate(Short.BYTES + key.length + value.length);
        Exchange.ask(PUT, arguments.putShort((short) key.length).put(key).put(value).array());
    }

    public static void delete(byte[] key) {
        Exchange.ask(DELETE, key);
    }

    /** A page of {@link Range}, as PROTOCOL.md has it. */
    static byte[] range(int atMost, byte[] from, byte[] end) {
        if (from.length > BOUND_BYTES_MAX) {
            throw new Refused("a bound has at most 1,025 bytes");
        }
        ByteBuffer arguments = ByteBuffer.allocate(2 * Short.BYTES + from.length + end.length);
        arguments.putShort((short) atMost).putShort((short) from.length);
        byte[] page = Exchange.ask(RANGE, arguments.put(from).put(end).array());
        return page == null ? new byte[0] : page;
    }

    /** The calldata, selector included. */
    public static byte[] calldata() {
        return Arrays.copyOfRange(CALL, AT_INPUT, CALL.length);
    }

    public static byte[] caller() {
        return field(AT_CALLER, ADDRESS_BYTES);
    }

    public static byte[] self() {
        return field(AT_SELF, ADDRESS_BYTES);
    }

    public static byte[] origin() {
        return field(AT_ORIGIN, ADDRESS_BYTES);
    }

    /** Wei, which are part of the contract's balance already. */
    public static byte[] value() {
        return field(AT_VALUE, WORD_BYTES);
    }

    /** Wei. */
    public static byte[] balance(byte[] address) {
        return Exchange.ask(BALANCE, address);
    }

    /** @param topics of 32 bytes, four at most. */
    public static void emitLog(byte[][] topics, byte[] data) {
        if (topics.length > TOPICS_MAX) {
            throw new Refused("a log has at most 4 topics");
        }
        ByteBuffer arguments = ByteBuffer.allocate(1 + WORD_BYTES * topics.length + data.length);
        arguments.put((byte) topics.length);
        for (byte[] topic : topics) {
            arguments.put(topic);
        }
        Exchange.ask(LOG, arguments.put(data).array());
    }

    /** Computed in the container: no host call. */
    public static byte[] keccak256(byte[] data) {
        return Keccak.hash(data);
    }

    public static byte[] sha256(byte[] data) {
        return Exchange.ask(SHA256, data);
    }

    /** A container's calls are ordered, not nested: reverts. */
    public static CallOutcome call(int kind, byte[] address, byte[] value, long gas, byte[] input) {
        throw new Refused("a contract in a container calls no other one while it runs; use Host.send");
    }

    /** As {@link #call}: reverts. */
    public static CallOutcome create(byte[] code, byte[] value, byte[] salt) {
        throw new Refused("a contract in a container creates no other one");
    }

    /** Storage of this call alone, which is all of its transaction that runs here. */
    public static byte[] loadTransient(byte[] slot) {
        byte[] value = TRANSIENTS.get(new Bytes32(slot.clone()));
        return value == null ? new byte[WORD_BYTES] : value.clone();
    }

    public static void storeTransient(byte[] slot, byte[] value) {
        TRANSIENTS.put(new Bytes32(slot.clone()), value.clone());
    }

    /** As {@link #codeHash}. */
    public static byte[] code(byte[] address) {
        return codeHash(address);
    }

    /** As {@link #call}: a container sees no other account's code. */
    public static byte[] codeHash(byte[] address) {
        throw new Refused("a contract in a container sees no other contract's code");
    }

    /**
     * Calls a contract of any tier in a later block, with value and gas from this contract's balance. With
     * {@code callbackGas} the contract is called back: {@code onMessage(bytes32 id, bool success, bytes result)}, by
     * MESSAGES, with the value of a message that failed. What is not used comes back.
     *
     * @return the message's id.
     */
    public static byte[] send(byte[] address, byte[] value, byte[] data, long gas, long callbackGas) {
        ByteBuffer arguments = ByteBuffer.allocate(ADDRESS_BYTES + WORD_BYTES + 2 * Long.BYTES + data.length);
        arguments.put(address).put(value).putLong(gas).putLong(callbackGas).put(data);
        return Exchange.ask(SEND, arguments.array());
    }

    /** Of the block that ordered the call. */
    public static long blockNumber() {
        return number(AT_BLOCK_NUMBER);
    }

    /** Seconds since 1970. */
    public static long blockTimestamp() {
        return number(AT_TIMESTAMP);
    }

    public static long chainId() {
        return number(AT_CHAIN_ID);
    }

    public static long gasLeft() {
        return ByteBuffer.wrap(Exchange.ask(GAS_LEFT, new byte[0])).getLong();
    }

    public static long gasLimit() {
        return number(AT_GAS_LIMIT);
    }

    /** 32 bytes of randomness for this call alone, equal for all who run it. */
    public static byte[] seed() {
        return field(AT_SEED, WORD_BYTES);
    }

    /** No call knows it: a container is paid by its class. Reverts. */
    public static byte[] basefee() {
        throw new Refused("a contract in a container does not know the base fee");
    }

    /** As {@link #basefee}. */
    public static byte[] gasPrice() {
        throw new Refused("a contract in a container does not know the gas price");
    }

    /** The block's producer. */
    public static byte[] coinbase() {
        return field(AT_PRODUCER, ADDRESS_BYTES);
    }

    /** For the developer's eyes: enters no result. */
    public static void log(String text) {
        Exchange.ask(DEBUG, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] field(int at, int length) {
        return Arrays.copyOfRange(CALL, at, at + length);
    }

    private static long number(int at) {
        return ByteBuffer.wrap(CALL, at, Long.BYTES).getLong();
    }

    /** File and line of the contract that an exception comes from; empty where none is known. */
    static String placeOf(Throwable thrown) {
        return StackLines.of(thrown);
    }
}
