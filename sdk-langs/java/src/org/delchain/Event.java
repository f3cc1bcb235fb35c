package org.delchain;

/**
 * A record that implements it is an event: {@code record Transfer(@Indexed Address from, U256
 * value) implements Event}.
 */
public interface Event {
    /** Leaves the event in the transaction's receipt. */
    @Writes
    static void emit(Event event) {
        Entry.current.emit(event);
    }
}
