import static org.delchain.Event.emit;
import static org.delchain.Revert.require;

import org.delchain.Address;
import org.delchain.Constructor;
import org.delchain.Contract;
import org.delchain.Event;
import org.delchain.External;
import org.delchain.Indexed;
import org.delchain.Mapping;
import org.delchain.Message;
import org.delchain.U256;
import org.delchain.Uint;
import org.delchain.Value;
import org.delchain.View;

/** An ERC-20 token. All of it belongs to whoever deploys it. */
@Contract
final class Token {
    record Transfer(@Indexed Address from, @Indexed Address to, U256 value) implements Event {}

    record Approval(@Indexed Address owner, @Indexed Address spender, U256 value) implements Event {}

    Mapping<Address, U256> balances;
    Mapping<Address, Mapping<Address, U256>> allowances;
    Value<U256> supply;

    @Constructor
    void create(U256 amount) {
        supply.set(amount);
        balances.set(Message.sender(), amount);
        emit(new Transfer(Address.ZERO, Message.sender(), amount));
    }

    @View
    String name() {
        return "Gold";
    }

    @View
    String symbol() {
        return "GLD";
    }

    @View
    @Uint(8) int decimals() {
        return 18;
    }

    @View
    U256 totalSupply() {
        return supply.get();
    }

    @View
    U256 balanceOf(Address owner) {
        return balances.get(owner);
    }

    @View
    U256 allowance(Address owner, Address spender) {
        return allowances.get(owner).get(spender);
    }

    @External
    boolean transfer(Address to, U256 amount) {
        move(Message.sender(), to, amount);
        return true;
    }

    @External
    boolean approve(Address spender, U256 amount) {
        allowances.get(Message.sender()).set(spender, amount);
        emit(new Approval(Message.sender(), spender, amount));
        return true;
    }

    @External
    boolean transferFrom(Address from, Address to, U256 amount) {
        U256 allowed = allowance(from, Message.sender());
        require(allowed.isAtLeast(amount), "insufficient allowance");
        allowances.get(from).set(Message.sender(), allowed.subtract(amount));
        move(from, to, amount);
        return true;
    }

    private void move(Address from, Address to, U256 amount) {
        U256 have = balances.get(from);
        require(have.isAtLeast(amount), "insufficient balance");
        balances.set(from, have.subtract(amount));
        balances.set(to, balances.get(to).add(amount));
        emit(new Transfer(from, to, amount));
    }
}
