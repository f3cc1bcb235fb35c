import java.util.function.LongSupplier;

/** Its cause is warmState: the field outlives the call. */
public final class Visitors implements LongSupplier {
    private static long visitors;

    @Override
    public long getAsLong() {
        return ++visitors;
    }
}
