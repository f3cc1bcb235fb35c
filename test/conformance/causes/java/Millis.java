import java.util.function.LongSupplier;

/** Its cause is time. */
public final class Millis implements LongSupplier {
    @Override
    public long getAsLong() {
        return System.currentTimeMillis();
    }
}
