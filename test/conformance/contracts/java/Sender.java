import static org.delchain.Revert.require;

import org.delchain.Account;
import org.delchain.Address;
import org.delchain.Bytes32;
import org.delchain.Contract;
import org.delchain.External;
import org.delchain.Message;
import org.delchain.Messages;
import org.delchain.Payable;
import org.delchain.U256;
import org.delchain.Value;

/** Sends a message, and keeps what it is told became of it. */
@Contract
final class Sender {
    Value<Bytes32> told;
    Value<U256> succeeded;
    Value<U256> rounds;

    @External
    @Payable
    Bytes32 post(Address to, U256 value, byte[] data) {
        return Messages.send(to, value, data, 300_000, 600_000);
    }

    /** Sends itself the same again, for ever if it may. */
    @External
    void again() {
        rounds.set(rounds.get().add(U256.ONE));
        byte[] own = {0x02, 0x6c, (byte) 0xdb, (byte) 0xae};
        Messages.send(Account.self(), U256.ZERO, own, 300_000, 0);
    }

    @External
    @Payable
    void onMessage(Bytes32 id, boolean success, byte[] result) {
        require(Message.sender().equals(Messages.CONTRACT), "not MESSAGES");
        told.set(id);
        succeeded.set(success ? U256.ONE : U256.ZERO);
    }
}
