import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** What the virtual machine passes on of clocks, random numbers, addresses and processes. */
public class Tells {
    public static void main(String[] arguments) throws Exception {
        long before = System.nanoTime();
        Thread.sleep(5);
        System.out.println("time " + System.currentTimeMillis() + " " + (System.nanoTime() >= before));
        System.out.println("random " + new SecureRandom().nextLong() + " " + UUID.randomUUID());
        System.out.println("pid " + ProcessHandle.current().pid());
        System.out.println("cpus " + Runtime.getRuntime().availableProcessors());
        System.out.println("nanoTime " + System.nanoTime());
        System.out.println("seeded by nanoTime " + new Random().nextLong() + " " + Math.random());
        System.out.println("hash " + new Object().hashCode());
        System.out.println("set " + Set.of("a", "b", "c", "d", "e", "f") + new HashSet<>(List.of("x", "y", "z")));
        Thread thread = new Thread(() -> System.out.println("thread " + Thread.currentThread().getId()));
        thread.start();
        thread.join();
    }
}
