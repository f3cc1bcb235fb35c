import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.delchain.Address;
import org.delchain.Revert;
import org.delchain.TestContract;
import org.delchain.U256;
import org.delchain.World;
import org.junit.jupiter.api.Test;

class CallerTest {
    private final World world = new World().setBlock(5, 1_900_000_000L);
    private final Address alice = world.account(100);
    private final TestContract<Caller> caller = world.deploy(CallerEntry::new, CallerEntry::contract);

    @Test
    void aLockedMethodIsNotEnteredAgain() {
        Address self = caller.address();
        assertThrows(Revert.class, () -> caller.by(alice).send(it -> new SelfAt(self).locked(true)));
        caller.by(alice).send(it -> new SelfAt(self).locked(false));
        caller.by(alice).send(it -> new SelfAt(self).unlocked(true));
    }

    @Test
    void valueMovesAndCannotBeOverspent() {
        assertEquals(U256.of(40), caller.by(alice).withValue(40).call(Caller::payMyself));
        assertEquals(U256.of(60), world.balance(alice));
        caller.by(alice).send(it -> it.sendOn(alice, U256.of(15)));
        assertEquals(U256.of(75), world.balance(alice));
        assertThrows(Revert.class, () -> caller.by(alice).send(it -> it.sendOn(alice, U256.of(26))));
    }

    @Test
    void theContextIsTheWorlds() {
        Caller.Seen seen = caller.by(alice).call(Caller::context);
        assertEquals(alice, seen.sender());
        assertEquals(caller.address(), seen.self());
        assertEquals(5, seen.number());
        assertEquals(1_900_000_000L, seen.time());
    }

    @Test
    void transientStorageLastsOverCallsUntilTheOutermostEnds() {
        assertEquals(U256.of(3), caller.by(alice).call(it -> it.countCalls(2)));
        assertEquals(U256.of(1), caller.by(alice).call(it -> it.countCalls(0)));
    }

    @Test
    void aCallThatIsNeverAnsweredIsRefused() {
        assertThrows(Revert.class, () -> caller.by(alice).send(it -> it.mintNowhere(alice)));
    }
}
