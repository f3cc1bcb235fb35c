import java.util.TimeZone;
import java.util.function.LongSupplier;

/** Its cause is zone. */
public final class Offset implements LongSupplier {
    @Override
    public long getAsLong() {
        return TimeZone.getDefault().getRawOffset();
    }
}
