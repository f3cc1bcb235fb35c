import static org.delchain.Event.emit;
import static org.delchain.Revert.require;

import org.delchain.Address;
import org.delchain.Block;
import org.delchain.Constructor;
import org.delchain.Contract;
import org.delchain.Event;
import org.delchain.External;
import org.delchain.Indexed;
import org.delchain.Message;
import org.delchain.Messages;
import org.delchain.Payable;
import org.delchain.U256;
import org.delchain.Value;
import org.delchain.View;

/**
 * Holds what a buyer pays until the goods are there: released to the seller by the buyer, or
 * refunded after the time.
 */
@Contract
final class Escrow {
    record Deposited(@Indexed Address buyer, U256 amount) implements Event {}

    record Released(@Indexed Address seller, U256 amount) implements Event {}

    record Refunded(@Indexed Address buyer, U256 amount) implements Event {}

    Value<Address> payer;
    Value<Address> payee;
    Value<U256> end;
    Value<U256> held;

    @Constructor
    void create(Address seller, U256 duration) {
        payer.set(Message.sender());
        payee.set(seller);
        end.set(U256.of(Block.timestamp()).add(duration));
    }

    @View
    Address buyer() {
        return payer.get();
    }

    @View
    Address seller() {
        return payee.get();
    }

    @View
    U256 deadline() {
        return end.get();
    }

    @View
    U256 amount() {
        return held.get();
    }

    @External
    @Payable
    void deposit() {
        require(Message.sender().equals(buyer()), "only the buyer");
        require(!isOver(), "too late");
        held.set(amount().add(Message.value()));
        emit(new Deposited(Message.sender(), Message.value()));
    }

    @External
    void release() {
        require(Message.sender().equals(buyer()), "only the buyer");
        emit(new Released(seller(), pay(seller())));
    }

    @External
    void refund() {
        require(isOver(), "too early");
        emit(new Refunded(buyer(), pay(buyer())));
    }

    private boolean isOver() {
        return U256.of(Block.timestamp()).isAtLeast(deadline());
    }

    /**
     * Leaves as a message, which the next block delivers. Without gas it pays accounts, and no
     * contract that runs code for it.
     */
    private U256 pay(Address to) {
        U256 paid = amount();
        require(!paid.isZero(), "nothing is held");
        held.set(U256.ZERO);
        Messages.send(to, paid, new byte[0], 0, 0);
        return paid;
    }
}
