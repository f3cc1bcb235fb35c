import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.delchain.Address;
import org.delchain.Bytes32;
import org.delchain.Revert;
import org.delchain.TestContract;
import org.delchain.U256;
import org.delchain.World;
import org.junit.jupiter.api.Test;

class TokenTest {
    private final World world = new World();
    private final Address alice = world.account(100);
    private final Address bob = world.account(100);
    private final TestContract<Token> token = world.deploy(TokenEntry::new, TokenEntry::contract);

    private U256 balance(Address owner) {
        return token.by(bob).call(it -> it.balanceOf(owner));
    }

    @Test
    void transferMovesTokensAndLogs() {
        token.by(alice).send(it -> it.mint(alice, U256.of(10)));
        assertEquals(true, token.by(alice).call(it -> it.transfer(bob, U256.of(4))));
        assertEquals(List.of(U256.of(6), U256.of(4)), List.of(balance(alice), balance(bob)));
        World.Log log = world.logs().get(1);
        assertEquals(new Bytes32(bob.toWord()), log.topics().get(2));
        assertArrayEquals(U256.of(4).toWord(), log.data());
    }

    @Test
    void anOverdraftRevertsAndLeavesNothing() {
        token.by(alice).send(it -> it.mint(alice, U256.of(10)));
        Revert revert = assertThrows(Revert.class, () -> token.by(bob).call(it -> it.transfer(alice, U256.ONE)));
        assertArrayEquals(new Revert("insufficient balance").data(), revert.data());
        assertThrows(Revert.class, () -> token.by(bob).send(it -> it.mint(bob, U256.MAX)));
        assertEquals(U256.of(10), token.by(bob).call(Token::totalSupply));
        assertEquals(1, world.logs().size());
    }

    @Test
    void theSupplyLiesInSlotOne() {
        token.by(alice).send(it -> it.mint(alice, U256.of(10)));
        Bytes32 slot = new Bytes32(U256.ONE.toWord());
        assertEquals(new Bytes32(U256.of(10).toWord()), world.slot(token.address(), slot));
    }
}
