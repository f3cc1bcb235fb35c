package org.delchain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Accounts, contracts and their storage in memory, for tests of contracts in plain Java. The world
 * that was made last is the one that contracts run in. A call that throws leaves nothing behind, as
 * on a chain; there is no gas. Messages run when the call that a test makes is over.
 */
public final class World {
    /** The call depth of the EVM. */
    private static final int DEPTH_MAX = 1_024;

    /** Messages in a row, each sent in the one before. */
    private static final int HOPS_MAX = 32;

    /** {@code onMessage(bytes32,bool,bytes)}, by which MESSAGES calls back. */
    private static final byte[] ON_MESSAGE = {(byte) 0xe8, (byte) 0xc0, 0x46, (byte) 0xaa};

    static World current;

    /** A log: the topics, the event's hash first, and the data. */
    public record Log(Address contract, List<Bytes32> topics, byte[] data) {}

    /** What a contract sees of the call that runs. */
    record Frame(Address self, Address caller, U256 value, byte[] input, boolean isStatic) {}

    private final Map<Address, Supplier<? extends Entry>> contracts = new HashMap<>();
    private final List<Frame> frames = new ArrayList<>();
    private Map<Address, Map<Bytes32, byte[]>> storage = new HashMap<>();
    private Map<Address, Map<Bytes32, byte[]>> transients = new HashMap<>();
    private Map<Address, U256> balances = new HashMap<>();
    private List<Log> logs = new ArrayList<>();

    /** Messages that wait for the end of the test's call. */
    private List<Runnable> outbox = new ArrayList<>();

    /** Who began what a message that runs goes back to. */
    private Address messageOrigin;

    /** Messages in a row that have led to what runs. */
    private int hops;

    private int messages;
    private int accounts;
    private long blockNumber = 1;
    private long blockTimestamp = 1_800_000_000L;

    public World() {
        current = this;
    }

    /** A new account with this balance. */
    public Address account(long balance) {
        byte[] bytes = new byte[Address.BYTES];
        bytes[0] = (byte) 0xac;
        bytes[19] = (byte) ++accounts;
        bytes[18] = (byte) (accounts >> 8);
        Address address = new Address(bytes);
        balances.put(address, U256.of(balance));
        return address;
    }

    /**
     * A new contract without its constructor: {@code world.deploy(TokenEntry::new,
     * TokenEntry::contract)}.
     */
    public <E extends Entry, C> TestContract<C> deploy(Supplier<E> entry, Function<E, C> contract) {
        Address address = account(0);
        contracts.put(address, entry);
        return new TestContract<>(this, address, () -> contract.apply(entry.get()));
    }

    public World setBlock(long number, long timestamp) {
        blockNumber = number;
        blockTimestamp = timestamp;
        return this;
    }

    public U256 balance(Address address) {
        return balances.getOrDefault(address, U256.ZERO);
    }

    /** What calls that went well have left so far. */
    public List<Log> logs() {
        return List.copyOf(logs);
    }

    /** The 32 bytes of a contract's slot. */
    public Bytes32 slot(Address contract, Bytes32 slot) {
        byte[] value = storage.getOrDefault(contract, Map.of()).get(slot);
        return value == null ? Bytes32.ZERO : new Bytes32(value.clone());
    }

    Frame frame() {
        if (frames.isEmpty()) throw new IllegalStateException("no call runs: use by(…).call(…)");
        return frames.get(frames.size() - 1);
    }

    /** The account that began it all. */
    Address origin() {
        frame();
        return messageOrigin == null ? frames.get(0).caller() : messageOrigin;
    }

    long blockNumber() {
        return blockNumber;
    }

    long blockTimestamp() {
        return blockTimestamp;
    }

    boolean hasCode(Address address) {
        return contracts.containsKey(address);
    }

    /** A test's call, and the messages that come of it. */
    <T> T run(Frame frame, Supplier<T> body) {
        T result = runFrame(frame, body);
        while (frames.isEmpty() && !outbox.isEmpty()) outbox.remove(0).run();
        return result;
    }

    /** Runs something in a frame of its own, and undoes it all when it throws. */
    private <T> T runFrame(Frame frame, Supplier<T> body) {
        if (frames.size() == DEPTH_MAX) throw new Revert("calls are " + DEPTH_MAX + " deep");
        Map<Address, Map<Bytes32, byte[]>> storageBefore = copy(storage);
        Map<Address, Map<Bytes32, byte[]>> transientsBefore = copy(transients);
        Map<Address, U256> balancesBefore = new HashMap<>(balances);
        List<Log> logsBefore = new ArrayList<>(logs);
        List<Runnable> outboxBefore = new ArrayList<>(outbox);
        Entry entryBefore = Entry.current;
        frames.add(frame);
        try {
            move(frame);
            return body.get();
        } catch (RuntimeException | Error thrown) {
            storage = storageBefore;
            transients = transientsBefore;
            balances = balancesBefore;
            logs = logsBefore;
            outbox = outboxBefore;
            throw thrown;
        } finally {
            frames.remove(frames.size() - 1);
            if (frames.isEmpty()) transients.clear();
            Entry.current = entryBefore;
        }
    }

    private static Map<Address, Map<Bytes32, byte[]>> copy(Map<Address, Map<Bytes32, byte[]>> all) {
        Map<Address, Map<Bytes32, byte[]>> copy = new HashMap<>();
        all.forEach((address, slots) -> copy.put(address, new HashMap<>(slots)));
        return copy;
    }

    private void move(Frame frame) {
        if (frame.value().isZero()) return;
        if (balance(frame.caller()).isLessThan(frame.value())) throw Revert.empty();
        balances.put(frame.caller(), balance(frame.caller()).subtract(frame.value()));
        balances.put(frame.self(), balance(frame.self()).add(frame.value()));
    }

    /** A contract's call of another one, or of itself. */
    CallOutcome call(int kind, Address to, U256 value, byte[] input) {
        Frame from = frame();
        boolean isDelegate = kind == 2;
        Frame frame =
                new Frame(
                        isDelegate ? from.self() : to,
                        isDelegate ? from.caller() : from.self(),
                        value,
                        input,
                        kind == 1 || from.isStatic());
        return attempt(frame, to);
    }

    private CallOutcome attempt(Frame frame, Address code) {
        Supplier<? extends Entry> entry = contracts.get(code);
        try {
            byte[] output =
                    runFrame(
                            frame,
                            () -> entry == null ? new byte[0] : entry.get().call(frame.input()));
            return new CallOutcome(CallOutcome.SUCCESS, output);
        } catch (RuntimeException | StackOverflowError thrown) {
            return new CallOutcome(CallOutcome.REVERT, Entry.revertData(thrown));
        }
    }

    /**
     * Takes a message in with its value, and returns its id. One that fails gives the value back: with the callback, or
     * by itself where none is wanted.
     */
    Bytes32 sendMessage(Address to, U256 value, byte[] data, boolean wantsCallback) {
        requireWritable();
        if (hops == HOPS_MAX) {
            throw new Revert(HOPS_MAX + " messages in a row have led here, the most allowed");
        }
        Address from = frame().self();
        Address origin = origin();
        int next = hops + 1;
        if (balance(from).isLessThan(value)) {
            throw new Revert(
                    "the contract has " + balance(from) + " wei, and its message costs " + value);
        }
        Bytes32 id = Bytes32.keccak256(Words.of(0, 0, 0, ++messages));
        move(new Frame(Messages.CONTRACT, from, value, data, false));
        outbox.add(
                () -> {
                    messageOrigin = origin;
                    hops = next;
                    try {
                        deliver(id, new Frame(to, from, value, data, false), wantsCallback);
                    } finally {
                        messageOrigin = null;
                        hops = 0;
                    }
                });
        return id;
    }

    /** A callback that throws leaves its value with MESSAGES, where it can be claimed on a chain. */
    private void deliver(Bytes32 id, Frame message, boolean wantsCallback) {
        Address from = message.caller();
        move(new Frame(from, Messages.CONTRACT, message.value(), new byte[0], false));
        CallOutcome outcome = attempt(message, message.self());
        if (!wantsCallback) return;
        boolean isSuccess = outcome.status == CallOutcome.SUCCESS;
        U256 returned = isSuccess ? U256.ZERO : message.value();
        move(new Frame(Messages.CONTRACT, from, returned, new byte[0], false));
        byte[] input = onMessage(id, isSuccess, outcome.output);
        attempt(new Frame(from, Messages.CONTRACT, returned, input, false), from);
    }

    private static byte[] onMessage(Bytes32 id, boolean isSuccess, byte[] result) {
        byte[] head =
                Words.concatenate(
                        Words.concatenate(id.toBytes(), Words.of(0, 0, 0, isSuccess ? 1 : 0)),
                        Words.concatenate(Words.of(0, 0, 0, 96), Words.of(0, 0, 0, result.length)));
        byte[] padded = Arrays.copyOf(result, (result.length + 31) / 32 * 32);
        return Words.concatenate(ON_MESSAGE, Words.concatenate(head, padded));
    }

    byte[] load(byte[] slot) {
        return slot(frame().self(), new Bytes32(slot.clone())).toBytes();
    }

    void store(byte[] slot, byte[] value) {
        requireWritable();
        storage.computeIfAbsent(frame().self(), address -> new HashMap<>())
                .put(new Bytes32(slot.clone()), value.clone());
    }

    byte[] loadTransient(byte[] slot) {
        byte[] value =
                transients.getOrDefault(frame().self(), Map.of()).get(new Bytes32(slot.clone()));
        return value == null ? new byte[32] : value.clone();
    }

    void storeTransient(byte[] slot, byte[] value) {
        requireWritable();
        transients
                .computeIfAbsent(frame().self(), address -> new HashMap<>())
                .put(new Bytes32(slot.clone()), value.clone());
    }

    void emit(byte[][] topics, byte[] data) {
        requireWritable();
        List<Bytes32> copies = new ArrayList<>();
        for (byte[] topic : topics) copies.add(new Bytes32(topic.clone()));
        logs.add(new Log(frame().self(), copies, data.clone()));
    }

    private void requireWritable() {
        if (frame().isStatic()) throw new Revert("a static call writes nothing");
    }
}
