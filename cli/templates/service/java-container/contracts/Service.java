import static org.delchain.Event.emit;
import static org.delchain.Revert.require;

import org.delchain.Address;
import org.delchain.Block;
import org.delchain.Constructor;
import org.delchain.Contract;
import org.delchain.Event;
import org.delchain.External;
import org.delchain.Host;
import org.delchain.Indexed;
import org.delchain.Mapping;
import org.delchain.Message;
import org.delchain.U256;
import org.delchain.Value;
import org.delchain.View;

/**
 * A notary as a service: who registered a document's hash first, and when. It runs in a container
 * of its own.
 */
@Contract
final class Service {
    record Notarized(@Indexed U256 document, @Indexed Address owner, U256 time) implements Event {}

    record Given(@Indexed U256 document, @Indexed Address from, @Indexed Address to)
            implements Event {}

    Mapping<U256, Address> owners;
    Mapping<U256, U256> times;
    Value<Address> operator;

    @Constructor
    void create() {
        operator.set(Message.sender());
    }

    /** Documents stay when the code changes: delchain upgrade. */
    @External
    void upgradeTo(Address implementation) {
        require(operator.get().equals(Message.sender()), "only the operator");
        Host.upgrade(implementation);
    }

    @External
    void notarize(U256 document) {
        U256 time = U256.of(Block.timestamp());
        require(timeOf(document).isZero(), "notarized already");
        owners.set(document, Message.sender());
        times.set(document, time);
        emit(new Notarized(document, Message.sender(), time));
    }

    @External
    void give(U256 document, Address to) {
        require(ownerOf(document).equals(Message.sender()), "only the owner");
        owners.set(document, to);
        emit(new Given(document, Message.sender(), to));
    }

    @View
    Address ownerOf(U256 document) {
        return owners.get(document);
    }

    @View
    U256 timeOf(U256 document) {
        return times.get(document);
    }
}
