import org.delchain.Account;
import org.delchain.Address;
import org.delchain.Block;
import org.delchain.CallFailed;
import org.delchain.Callee;
import org.delchain.Bytes32;
import org.delchain.Contract;
import org.delchain.ContractInterface;
import org.delchain.External;
import org.delchain.Fallback;
import org.delchain.Message;
import org.delchain.NonReentrant;
import org.delchain.Payable;
import org.delchain.Results;
import org.delchain.Revert;
import org.delchain.Transaction;
import org.delchain.Transient;
import org.delchain.U256;
import org.delchain.Value;
import org.delchain.View;

/** Calls others, and is called back. */
@Contract
final class Caller {
    record Pair(U256 a, String b) {}

    @Results
    record Two(Pair pair, U256[] list) {}

    @Results
    record Seen(Address sender, Address origin, Address self, Address producer, long number, long time, long chain, U256 fee) {}

    @ContractInterface
    interface Erc20 {
        @External
        void mint(Address to, U256 amount);

        @External
        boolean transfer(Address to, U256 amount);

        @View
        U256 balanceOf(Address owner);
    }

    @ContractInterface
    interface Self {
        @External
        @Payable
        U256 pay();

        @View
        Two two(Pair pair, U256[] list);

        @External
        void locked(boolean again);

        @External
        U256 countCalls(int more);

        @External
        void unlocked(boolean again);

        @External
        void spin();
    }

    Value<U256> paid;
    Value<U256> entered;

    @External
    U256 mintAndSend(Address token, Address to, U256 amount) {
        Erc20 erc20 = new Erc20At(token);
        erc20.mint(Account.self(), amount);
        Revert.require(erc20.transfer(to, amount), "not sent");
        return erc20.balanceOf(to);
    }

    /** -1 for a refusal that was caught, whose reason is thrown away. */
    @External
    U256 trySend(Address token, Address to, U256 amount) {
        try {
            new Erc20At(token).transfer(to, amount);
            return U256.ONE;
        } catch (CallFailed failed) {
            return failed.status == 1 && failed.data().length == 100 ? U256.MAX : U256.ZERO;
        }
    }

    @External
    void mintNowhere(Address nobody) {
        new Erc20At(nobody).mint(nobody, U256.ONE);
    }

    @External
    @Payable
    U256 pay() {
        paid.set(paid.get().add(Message.value()));
        return Message.value();
    }

    @External
    @Payable
    U256 payMyself() {
        return new SelfAt(Account.self()).withValue(Message.value()).pay();
    }

    @External
    void sendOn(Address to, U256 amount) {
        Account.transfer(to, amount);
    }

    @View
    Two two(Pair pair, U256[] list) {
        return new Two(pair, list);
    }

    @View
    Two twice(Pair pair, U256[] list) {
        return new SelfAt(Account.self()).two(pair, list);
    }

    @External
    @NonReentrant
    void locked(boolean again) {
        entered.set(entered.get().add(U256.ONE));
        if (again) new SelfAt(Account.self()).locked(false);
    }

    @External
    void unlocked(boolean again) {
        entered.set(entered.get().add(U256.ONE));
        if (again) new SelfAt(Account.self()).unlocked(false);
    }

    @External
    void spin() {
        while (true) entered.set(entered.get());
    }

    @External
    int spinBriefly() {
        try {
            new SelfAt(Account.self()).withGas(50_000).spin();
            return 0;
        } catch (CallFailed failed) {
            return failed.status;
        }
    }

    /** Runs another contract's code on this one's storage. */
    @External
    byte[] delegate(Address code, byte[] calldata) {
        return new Callee(code).callDelegate(calldata);
    }

    @View
    byte[] look(Address other, byte[] calldata) {
        return new Callee(other).callStatic(calldata);
    }

    @View
    Seen context() {
        return new Seen(
                Message.sender(), Transaction.origin(), Account.self(), Block.coinbase(), Block.number(),
                Block.timestamp(), Block.chainId(), Block.baseFee());
    }

    @View
    boolean hasCode(Address account) {
        return !Account.codeHash(account).equals(Bytes32.ZERO) && Message.gasLeft() > 0;
    }

    @View
    byte[] codeOf(Address account) {
        return Account.code(account);
    }

    @View
    Bytes32 codeHashOf(Address account) {
        return Account.codeHash(account);
    }

    @View
    U256 gasPrice() {
        return Transaction.gasPrice();
    }

    /** How often it was called in this transaction. */
    @External
    U256 countCalls(int more) {
        Bytes32 count = Transient.get(Bytes32.ZERO);
        U256 next = U256.fromWord(count.toBytes(), 0).add(U256.ONE);
        Transient.set(Bytes32.ZERO, new Bytes32(next.toWord()));
        return more == 0 ? next : new SelfAt(Account.self()).countCalls(more - 1);
    }

    @Fallback
    void other() {
        entered.set(U256.of(Message.data().length));
    }
}
