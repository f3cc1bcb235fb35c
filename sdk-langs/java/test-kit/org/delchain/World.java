package org.delchain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Accounts, contracts and their storage in memory, for tests of contracts in plain Java. The world
 * that was made last is the one that contracts run in. A call that throws leaves nothing behind, as
 * on a chain; there is no gas.
 */
public final class World {
    /** The call depth of the EVM. */
    private static final int DEPTH_MAX = 1_024;

    static World current;

    /** A log: the topics, the event's hash first, and the data. */
    public record Log(Address contract, List<Bytes32> topics, byte[] data) {}

    /** What a contract sees of the call that runs. */
    record Frame(Address self, Address caller, U256 value, byte[] input, boolean isStatic) {}

    private final Map<Address, Supplier<? extends Entry>> contracts = new HashMap<>();
    private final List<Frame> frames = new ArrayList<>();
    private Map<Address, Map<Bytes32, byte[]>> storage = new HashMap<>();
    private Map<Address, U256> balances = new HashMap<>();
    private List<Log> logs = new ArrayList<>();
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
        return frames.get(0).caller();
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

    /** Runs something in a frame of its own, and undoes it all when it throws. */
    <T> T run(Frame frame, Supplier<T> body) {
        if (frames.size() == DEPTH_MAX) throw new Revert("calls are " + DEPTH_MAX + " deep");
        Map<Address, Map<Bytes32, byte[]>> storageBefore = new HashMap<>();
        storage.forEach((address, slots) -> storageBefore.put(address, new HashMap<>(slots)));
        Map<Address, U256> balancesBefore = new HashMap<>(balances);
        List<Log> logsBefore = new ArrayList<>(logs);
        Entry entryBefore = Entry.current;
        frames.add(frame);
        try {
            move(frame);
            return body.get();
        } catch (RuntimeException | Error thrown) {
            storage = storageBefore;
            balances = balancesBefore;
            logs = logsBefore;
            throw thrown;
        } finally {
            frames.remove(frames.size() - 1);
            Entry.current = entryBefore;
        }
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
        Supplier<? extends Entry> entry = contracts.get(to);
        try {
            byte[] output = run(frame, () -> entry == null ? new byte[0] : entry.get().call(input));
            return new CallOutcome(CallOutcome.SUCCESS, output);
        } catch (RuntimeException | StackOverflowError thrown) {
            return new CallOutcome(CallOutcome.REVERT, Entry.revertData(thrown));
        }
    }

    byte[] load(byte[] slot) {
        return slot(frame().self(), new Bytes32(slot.clone())).toBytes();
    }

    void store(byte[] slot, byte[] value) {
        requireWritable();
        storage.computeIfAbsent(frame().self(), address -> new HashMap<>())
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
