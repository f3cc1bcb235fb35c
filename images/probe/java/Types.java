import org.delchain.Address;
import org.delchain.Bytes32;
import org.delchain.Constructor;
import org.delchain.Contract;
import org.delchain.External;
import org.delchain.Message;
import org.delchain.Revert;
import org.delchain.U256;
import org.delchain.Uint;

/** One method for each type of the ABI that the SDKs have in common. */
@Contract
public final class Types {
    @Constructor
    void construct(@Uint(64) long number) {
        Revert.require(number != 7, "seven");
    }

    @External
    String greet(String name, String mark) {
        return "Hello " + name + mark;
    }

    @External
    U256 mixed(boolean flag, @Uint(64) long number, Bytes32 word, Address who, String text) {
        int bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        int ends = (word.toBytes()[31] & 0xff) + (who.toBytes()[19] & 0xff);
        return U256.of((flag ? 1 : 0) + number + bytes + ends);
    }

    @External
    boolean not(boolean flag) {
        return !flag;
    }

    @External
    @Uint(64) long next(@Uint(64) long number) {
        return number + 1;
    }

    @External
    Bytes32 same(Bytes32 word) {
        return word;
    }

    @External
    Address me() {
        return Message.sender();
    }
}
