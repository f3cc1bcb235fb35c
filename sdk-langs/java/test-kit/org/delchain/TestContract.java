package org.delchain;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A contract in a {@link World}, called by its own Java methods: {@code token.by(alice).call(it ->
 * it.supply())}.
 */
public final class TestContract<C> {
    private final World world;
    private final Address address;
    private final Supplier<C> instance;
    private final Address caller;
    private final U256 value;

    TestContract(World world, Address address, Supplier<C> instance) {
        this(world, address, instance, Address.ZERO, U256.ZERO);
    }

    private TestContract(
            World world, Address address, Supplier<C> instance, Address caller, U256 value) {
        this.world = world;
        this.address = address;
        this.instance = instance;
        this.caller = caller;
        this.value = value;
    }

    public Address address() {
        return address;
    }

    /** The same contract, called by this account. */
    public TestContract<C> by(Address account) {
        return new TestContract<>(world, address, instance, account, value);
    }

    /** The same contract, called with this value. */
    public TestContract<C> withValue(long amount) {
        return new TestContract<>(world, address, instance, caller, U256.of(amount));
    }

    /** Runs one method on a new instance and returns its result. What it throws is thrown here. */
    public <T> T call(Function<C, T> method) {
        World.Frame frame = new World.Frame(address, caller, value, new byte[0], false);
        return world.run(frame, () -> method.apply(instance.get()));
    }

    /** As {@link #call}, for a method that returns nothing. */
    public void send(Consumer<C> method) {
        call(
                contract -> {
                    method.accept(contract);
                    return null;
                });
    }
}
