import static org.delchain.Event.emit;
import static org.delchain.Revert.require;

import org.delchain.Address;
import org.delchain.Contract;
import org.delchain.Event;
import org.delchain.External;
import org.delchain.Indexed;
import org.delchain.Mapping;
import org.delchain.Message;
import org.delchain.U256;
import org.delchain.Value;
import org.delchain.View;

/** The tour's token in Java: Solidity's ABI, storage layout and revert data. */
@Contract
final class Token {
    record Transfer(@Indexed Address from, @Indexed Address to, U256 value) implements Event {}

    Mapping<Address, U256> balances;
    Value<U256> supply;

    @External
    void mint(Address to, U256 amount) {
        supply.set(supply.get().add(amount));
        credit(to, amount);
        emit(new Transfer(Address.ZERO, to, amount));
    }

    @External
    boolean transfer(Address to, U256 amount) {
        Address from = Message.sender();
        U256 have = balances.get(from);
        require(have.isAtLeast(amount), "insufficient balance");
        balances.set(from, have.subtract(amount));
        credit(to, amount);
        emit(new Transfer(from, to, amount));
        return true;
    }

    @View
    U256 balanceOf(Address owner) {
        return balances.get(owner);
    }

    @View
    U256 totalSupply() {
        return supply.get();
    }

    private void credit(Address to, U256 amount) {
        balances.set(to, balances.get(to).add(amount));
    }
}
