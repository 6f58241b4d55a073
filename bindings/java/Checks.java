package bedrocktoken;

import bedrocktoken.BedrockToken.Credentials;
import bedrocktoken.BedrockToken.Provider;
import bedrocktoken.BedrockToken.Service;
import bedrocktoken.BedrockToken.TokenException;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What concerns Java alone. */
public final class Checks {
  private static final String KEY = "AKIAIOSFODNN7EXAMPLE", SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  private static final Credentials RIGHT = new Credentials(KEY, SECRET, null, null);
  private static final Duration LIFE = Duration.ofHours(12);

  private static void check(boolean right, String what) {
    if (!right) throw new AssertionError(what);
  }

  private static TokenException refused(Callable<String> call) throws Exception {
    try {
      call.call();
    } catch (TokenException refused) {
      return refused;
    }
    throw new AssertionError("not refused");
  }

  /** Its source is given up after a second. */
  private static Provider impatient(Callable<Credentials> source) {
    return new Provider(Service.BEDROCK, "us-east-1", LIFE, source) {
      @Override
      Duration sourceLimit() {
        return Duration.ofSeconds(1);
      }
    };
  }

  private static void textThatIsNotAsciiIsRefused() throws Exception {
    int[] statuses = {2, 3, 4, 6};
    for (int i = 0; i < 4; i++) {
      String[] s = {KEY, SECRET, "session", "us-east-1"};
      s[i] += "\ud800";
      int status = refused(() -> BedrockToken.generate(Service.BEDROCK, s[0], s[1], s[2], s[3], LIFE)).status;
      check(status == statuses[i], i + ": " + status);
    }
    Duration negative = Duration.ofSeconds(60 - (1L << 32)); // its lower 32 bits are 60
    check(refused(() -> BedrockToken.generate(Service.BEDROCK, KEY, SECRET, null, "us-east-1", negative)).status == 7, "negative");
  }

  private static void aSourceThatHangsIsGivenUp() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    int[] asked = {0};
    Provider provider = impatient(() -> {
      if (++asked[0] > 1) return RIGHT;
      try {
        new CountDownLatch(1).await();
      } finally {
        interrupted.countDown();
      }
      return null;
    });
    TokenException failure = refused(provider::token);
    check(failure.status == 12 && failure.getCause() instanceof TimeoutException, "the reason");
    check(interrupted.await(5, TimeUnit.SECONDS), "it is not interrupted");
    provider.token();
    check(asked[0] == 2 && provider.failure().isEmpty(), "the next call does not renew");
  }

  /** Nothing connects a thread of a pool with the source. */
  private static void aPoolsThreadInTheSourceDoesNotHang() throws Exception {
    Provider[] provider = {null};
    provider[0] = impatient(() -> {
      CompletableFuture.supplyAsync(() -> {
        try {
          return provider[0].token();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }).get();
      return RIGHT;
    });
    check(refused(() -> provider[0].token(Duration.ofSeconds(20))).status == 12, "the status");
  }

  /** As in a server with several programs: each has its own copy of the class. */
  private static void twoClassLoadersLoadIt() throws Exception {
    String file = System.getProperty("checked.library");
    System.setProperty("bedrocktoken.library", file);
    String[] path = System.getProperty("java.class.path").split(File.pathSeparator);
    URL[] classes = {Path.of(path[0]).toUri().toURL()};
    for (int i = 0; i < 2; i++) {
      try (URLClassLoader loader = new URLClassLoader(classes, null)) {
        Class<?> copy = loader.loadClass("bedrocktoken.BedrockToken");
        check(copy != BedrockToken.class, "the same class");
        try {
          copy.getMethod("inspect", String.class).invoke(null, "");
        } catch (java.lang.reflect.InvocationTargetException refused) {
          check(refused.getCause().getClass().getSimpleName().equals("TokenException"), refused.getCause().toString());
        }
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    textThatIsNotAsciiIsRefused();
    aSourceThatHangsIsGivenUp();
    aPoolsThreadInTheSourceDoesNotHang();
    twoClassLoadersLoadIt();
  }
}
