package org.delchain;

import org.delchain.abi.Layout;
import org.delchain.abi.Storage;

/**
 * The way into a contract; the build writes the subclass, named after the contract with {@code
 * Entry} behind it. A tier makes one instance for each call.
 */
public abstract class Entry {
    private static final int REASON_CHARACTERS_MAX = 1_024;

    /** The contract that runs. */
    static Entry current;

    private final Layout layout = new Layout();

    protected Entry() {
        current = this;
    }

    /**
     * Runs the method that the calldata names, and returns what the caller sees. Throws {@link
     * Revert}.
     */
    public abstract byte[] call(byte[] calldata);

    /** Runs the constructor on its ABI-encoded arguments. Throws {@link Revert}. */
    public abstract void construct(byte[] arguments);

    /** Leaves the log of an event of this contract. */
    protected abstract void emit(Event event);

    /** The revert data of a custom error of this contract. */
    protected abstract byte[] encode(ContractError error);

    protected final <T> Value<T> value(Storage<T> type) {
        byte[] slot = nextSlot(type);
        return new Value<>(slot, layout.offset(), type);
    }

    protected final <T> T handle(Storage<T> type) {
        return type.load(nextSlot(type), 0);
    }

    private byte[] nextSlot(Storage<?> type) {
        layout.take(type.bytes());
        return Words.of(0, 0, 0, layout.slot());
    }

    /**
     * The revert data of whatever a call threw: Java's own exceptions become Solidity's {@code
     * Error(string)}, with file and line of the contract where they are known.
     */
    public static byte[] revertData(Throwable thrown) {
        if (thrown instanceof Revert) return ((Revert) thrown).data();
        String message = thrown.getMessage();
        String place = Host.placeOf(thrown);
        String reason = nameOf(thrown) + (message == null ? "" : ": " + shortened(message));
        return new Revert(place.isEmpty() ? reason : reason + " (" + place + ")").data();
    }

    private static String shortened(String message) {
        return message.length() <= REASON_CHARACTERS_MAX
                ? message
                : message.substring(0, REASON_CHARACTERS_MAX);
    }

    /** TeaVM drops the names of classes that it throws itself and nobody else mentions. */
    private static String nameOf(Throwable thrown) {
        if (thrown instanceof ArrayIndexOutOfBoundsException)
            return "java.lang.ArrayIndexOutOfBoundsException";
        if (thrown instanceof NullPointerException) return "java.lang.NullPointerException";
        if (thrown instanceof ClassCastException) return "java.lang.ClassCastException";
        return thrown.getClass().getName();
    }

    /** Solidity's guard of every method that is not payable. */
    protected static void refuseValue() {
        for (byte part : Host.value()) if (part != 0) throw Revert.empty();
    }

    /** The first four bytes, and 0 with {@link #hasSelector} false when there are fewer. */
    protected static int selectorOf(byte[] calldata) {
        if (!hasSelector(calldata)) return 0;
        return calldata[0] << 24
                | (calldata[1] & 255) << 16
                | (calldata[2] & 255) << 8
                | calldata[3] & 255;
    }

    protected static boolean hasSelector(byte[] calldata) {
        return calldata.length >= 4;
    }
}
