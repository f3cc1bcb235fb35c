import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.delchain.Address;
import org.delchain.Revert;
import org.delchain.TestContract;
import org.delchain.U256;
import org.delchain.World;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In plain Java, without a chain: quick, and a debugger stops in it. */
class TokenTest {
    private static final U256 SUPPLY = U256.of(1_000);

    private final World world = new World();
    private final Address owner = world.account(0);
    private final Address friend = world.account(0);
    private final TestContract<Token> token = world.deploy(TokenEntry::new, TokenEntry::contract);

    @BeforeEach
    void create() {
        token.by(owner).send(it -> it.create(SUPPLY));
    }

    @Test
    void aTransferMovesIt() {
        token.by(owner).call(it -> it.transfer(friend, U256.of(250)));
        assertEquals(U256.of(750), balanceOf(owner));
        assertEquals(U256.of(250), balanceOf(friend));
    }

    @Test
    void anOverdraftLeavesNothingBehind() {
        assertThrows(
                Revert.class,
                () -> token.by(friend).call(it -> it.transfer(owner, U256.ONE)));
        assertEquals(SUPPLY, balanceOf(owner));
        assertEquals(1, world.logs().size());
    }

    private U256 balanceOf(Address account) {
        return token.call(it -> it.balanceOf(account));
    }
}
