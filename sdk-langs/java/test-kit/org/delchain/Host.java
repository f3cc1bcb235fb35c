package org.delchain;

import org.delchain.build.Keccak;

/** The host API of tests: the {@link World} that was made last. */
public final class Host {
    /** What {@code gasLeft} answers: tests have no gas. */
    private static final long GAS = 30_000_000;

    private static final long CHAIN_ID = 31_337;

    private Host() {}

    private static World world() {
        if (World.current == null)
            throw new IllegalStateException("there is no world: new World()");
        return World.current;
    }

    public static byte[] loadStorage(byte[] slot) {
        return world().load(slot);
    }

    public static void storeStorage(byte[] slot, byte[] value) {
        world().store(slot, value);
    }

    public static byte[] loadTransient(byte[] slot) {
        return world().loadTransient(slot);
    }

    public static void storeTransient(byte[] slot, byte[] value) {
        world().storeTransient(slot, value);
    }

    public static byte[] calldata() {
        return world().frame().input().clone();
    }

    public static byte[] caller() {
        return world().frame().caller().toBytes();
    }

    public static byte[] self() {
        return world().frame().self().toBytes();
    }

    public static byte[] origin() {
        return world().origin().toBytes();
    }

    public static byte[] value() {
        return world().frame().value().toWord();
    }

    public static byte[] balance(byte[] address) {
        return world().balance(new Address(address.clone())).toWord();
    }

    public static void emitLog(byte[][] topics, byte[] data) {
        world().emit(topics, data);
    }

    public static byte[] keccak256(byte[] data) {
        return Keccak.digest(data);
    }

    /**
     * @param kind 0 call, 1 static call, 2 delegate call.
     */
    public static CallOutcome call(int kind, byte[] address, byte[] value, long gas, byte[] input) {
        return world().call(
                        kind, new Address(address.clone()), U256.fromWord(value, 0), input.clone());
    }

    /** A world knows contracts by their classes, and nothing of code. */
    public static CallOutcome create(byte[] code, byte[] value, byte[] salt) {
        throw new UnsupportedOperationException(
                "contracts are not created in plain Java: test it on a chain, in TypeScript");
    }

    public static byte[] send(byte[] address, byte[] value, byte[] data, long gas, long callbackGas) {
        return world().sendMessage(
                        new Address(address.clone()),
                        U256.fromWord(value, 0),
                        data.clone(),
                        callbackGas > 0)
                .toBytes();
    }

    /** As {@link #create}. */
    public static byte[] code(byte[] address) {
        throw new UnsupportedOperationException(
                "contracts have no code in plain Java: test it on a chain, in TypeScript");
    }

    /** Not zero for a contract; of accounts without code nothing is known. */
    public static byte[] codeHash(byte[] address) {
        boolean hasCode = world().hasCode(new Address(address.clone()));
        return hasCode ? Keccak.digest(address) : new byte[32];
    }

    public static long blockNumber() {
        return world().blockNumber();
    }

    public static long blockTimestamp() {
        return world().blockTimestamp();
    }

    public static long chainId() {
        return CHAIN_ID;
    }

    public static long gasLeft() {
        return GAS;
    }

    public static byte[] basefee() {
        return new byte[32];
    }

    public static byte[] gasPrice() {
        return new byte[32];
    }

    public static byte[] coinbase() {
        return new byte[20];
    }

    public static void log(String text) {
        System.out.println(text);
    }

    /** File and line of the contract that an exception comes from; empty where none is known. */
    static String placeOf(Throwable thrown) {
        return StackLines.of(thrown);
    }
}
