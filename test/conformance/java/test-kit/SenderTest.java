import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.delchain.Address;
import org.delchain.Bytes32;
import org.delchain.Messages;
import org.delchain.Revert;
import org.delchain.TestContract;
import org.delchain.U256;
import org.delchain.World;
import org.junit.jupiter.api.Test;

class SenderTest {
    private final World world = new World();
    private final Address alice = world.account(100), bob = world.account(0);
    private final TestContract<Sender> sender = world.deploy(SenderEntry::new, SenderEntry::contract);

    private Bytes32 post(Address to, long value) {
        return sender.by(alice).withValue(50).call(it -> it.post(to, U256.of(value), new byte[0]));
    }

    private U256 succeeded() {
        return sender.by(alice).call(it -> it.succeeded.get());
    }

    @Test
    void aMessageRunsWhenTheCallIsOverAndItsSenderIsToldOfIt() {
        U256 during =
                sender.by(alice)
                        .withValue(50)
                        .call(
                                it -> {
                                    it.post(bob, U256.of(40), new byte[0]);
                                    return world.balance(bob);
                                });
        assertEquals(U256.ZERO, during);
        assertEquals(U256.of(40), world.balance(bob));
        assertEquals(U256.of(10), world.balance(sender.address()));
        assertEquals(U256.ONE, succeeded());
        Bytes32 id = post(bob, 1);
        assertEquals(id, sender.by(alice).call(it -> it.told.get()));
    }

    @Test
    void oneThatFailsBringsItsValueBack() {
        TestContract<Sender> other = world.deploy(SenderEntry::new, SenderEntry::contract);
        Bytes32 id = post(other.address(), 40);
        assertEquals(id, sender.by(alice).call(it -> it.told.get()));
        assertEquals(U256.ZERO, succeeded());
        assertEquals(U256.of(50), world.balance(sender.address()));
        assertEquals(U256.ZERO, world.balance(Messages.CONTRACT));
    }

    @Test
    void oneThatCannotBePaidOrWhoseCallFailsIsNotSent() {
        assertThrows(Revert.class, () -> post(bob, 51));
        assertThrows(
                Revert.class,
                () ->
                        sender.by(alice)
                                .withValue(50)
                                .call(
                                        it -> {
                                            it.post(bob, U256.of(40), new byte[0]);
                                            throw Revert.empty();
                                        }));
        assertEquals(U256.ZERO, world.balance(bob));
        assertEquals(U256.of(100), world.balance(alice));
    }

    @Test
    void messagesInARowComeToAnEndAsOnAChain() {
        for (int times = 1; times <= 2; times++) {
            sender.by(alice)
                    .call(
                            it -> {
                                it.again();
                                return null;
                            });
            // The 32nd message may send no other, and reverts.
            U256 rounds = sender.by(alice).call(it -> it.rounds.get());
            assertEquals(U256.of(32L * times), rounds);
        }
    }
}
