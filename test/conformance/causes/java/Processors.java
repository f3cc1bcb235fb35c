import java.util.function.LongSupplier;

/** Its cause is cpuCount. */
public final class Processors implements LongSupplier {
    @Override
    public long getAsLong() {
        return Runtime.getRuntime().availableProcessors();
    }
}
