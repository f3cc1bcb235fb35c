import java.util.function.LongSupplier;

/** Has no cause. */
public final class Steady implements LongSupplier {
    @Override
    public long getAsLong() {
        return "steady".hashCode();
    }
}
