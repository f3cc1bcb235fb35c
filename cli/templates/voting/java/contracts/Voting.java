import static org.delchain.Event.emit;
import static org.delchain.Revert.require;

import org.delchain.Address;
import org.delchain.Block;
import org.delchain.Constructor;
import org.delchain.Contract;
import org.delchain.Event;
import org.delchain.External;
import org.delchain.Indexed;
import org.delchain.Mapping;
import org.delchain.Message;
import org.delchain.U256;
import org.delchain.Value;
import org.delchain.View;

/** A vote between numbered options: one for each address, until the time is over. */
@Contract
final class Voting {
    record Voted(@Indexed Address voter, @Indexed U256 option) implements Event {}

    Value<U256> count;
    Value<U256> end;
    Mapping<U256, U256> counted;
    Mapping<Address, Boolean> voters;

    @Constructor
    void create(U256 options, U256 duration) {
        require(!options.isZero(), "no options");
        count.set(options);
        end.set(U256.of(Block.timestamp()).add(duration));
    }

    @View
    U256 options() {
        return count.get();
    }

    @View
    U256 deadline() {
        return end.get();
    }

    @View
    U256 votes(U256 option) {
        return counted.get(option);
    }

    @View
    boolean hasVoted(Address voter) {
        return voters.get(voter);
    }

    @External
    void vote(U256 option) {
        require(!isOver(), "too late");
        require(option.isLessThan(options()), "no such option");
        require(!hasVoted(Message.sender()), "voted already");
        voters.set(Message.sender(), true);
        counted.set(option, votes(option).add(U256.ONE));
        emit(new Voted(Message.sender(), option));
    }

    /** The option with the most votes; of several, the first. */
    @View
    U256 winner() {
        require(isOver(), "too early");
        U256 best = U256.ZERO;
        for (U256 option = U256.ONE; option.isLessThan(options()); option = option.add(U256.ONE)) {
            if (votes(best).isLessThan(votes(option))) best = option;
        }
        return best;
    }

    private boolean isOver() {
        return U256.of(Block.timestamp()).isAtLeast(deadline());
    }
}
