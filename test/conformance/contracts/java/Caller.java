import static org.delchain.Event.emit;

import org.delchain.Account;
import org.delchain.Address;
import org.delchain.Bytes32;
import org.delchain.CallFailed;
import org.delchain.Constructor;
import org.delchain.Contract;
import org.delchain.ContractInterface;
import org.delchain.Event;
import org.delchain.External;
import org.delchain.Fallback;
import org.delchain.Indexed;
import org.delchain.Message;
import org.delchain.NonReentrant;
import org.delchain.Payable;
import org.delchain.Receive;
import org.delchain.Results;
import org.delchain.Revert;
import org.delchain.U256;
import org.delchain.Value;
import org.delchain.View;

/** Caller.sol in Java. */
@Contract
final class Caller {
    @ContractInterface
    interface Counter {
        @External
        @Payable
        U256 add(U256 amount);

        @View
        U256 get();

        @External
        String refuse(String reason);

        @External
        void echo(byte[] data);
    }

    record Received(@Indexed Address from, U256 value) implements Event {}

    @Results
    record Attempt(boolean isSuccess, byte[] data) {}

    @Results
    record Created(Address first, Address second) {}

    @Results
    record Summary(Address owner, String name, U256 sum) {}

    Value<Address> owner;
    Value<String> name;
    Value<U256> sum;

    @Constructor
    @Payable
    void create(Address creator, String called, U256[] values) {
        owner.set(creator);
        name.set(called);
        for (U256 value : values) sum.set(sum.get().add(value));
    }

    @External
    @Payable
    U256 forward(Address target, U256 amount) {
        return new CounterAt(target).withValue(Message.value()).add(amount);
    }

    @External
    Attempt attempt(Address target, String reason) {
        try {
            return new Attempt(true, new CounterAt(target).refuse(reason).getBytes());
        } catch (CallFailed failed) {
            return new Attempt(false, failed.data());
        }
    }

    @View
    U256 peek(Address target) {
        return new CounterAt(target).get();
    }

    @External
    Created make(byte[] code, Bytes32 salt) {
        try {
            Address first = Account.create(code, U256.ZERO);
            return new Created(first, Account.create2(code, U256.ZERO, salt));
        } catch (CallFailed failed) {
            throw new Revert("not created");
        }
    }

    @External
    @NonReentrant
    void guarded(Address target, byte[] data) {
        new CounterAt(target).echo(data);
    }

    @View
    Summary summary() {
        return new Summary(owner.get(), name.get(), sum.get());
    }

    @Receive
    void take() {
        emit(new Received(Message.sender(), Message.value()));
    }

    @Fallback
    byte[] answer() {
        return Message.data();
    }
}
