import static org.delchain.Revert.require;

import org.delchain.Contract;
import org.delchain.External;
import org.delchain.Mapping;
import org.delchain.U256;
import org.delchain.View;

/** Fills slots in a loop. The lines that tests name are counted from 1. */
@Contract
final class Chest {
    Mapping<U256, U256> kept;

    @External
    U256 fill(U256 count, U256 limit) {
        for (int i = 0; i < count.toLong(); i++) {
            store(U256.of(i));
            require(U256.of(i).isLessThan(limit), "too many");
        }
        return count;
    }

    private void store(U256 at) {
        kept.set(at, at.add(U256.of(1)));
    }

    @View
    int ratio(int x) {
        if (x > 5) {
            return x - 6;
        }
        return 10 / x;
    }
}
