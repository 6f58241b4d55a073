import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The threads of Renewals. */
final class Threads {
  static ExecutorService start() { return Executors.newFixedThreadPool(8); }
}
