package bedrocktoken;

import bedrocktoken.BedrockToken.Credentials;
import bedrocktoken.BedrockToken.Provider;
import bedrocktoken.BedrockToken.Service;
import bedrocktoken.BedrockToken.TokenException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What concerns Java alone. */
public final class Checks {
  private static final Credentials RIGHT =
      new Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null, null);

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
    return new Provider(Service.BEDROCK, "us-east-1", Duration.ofHours(12), source) {
      @Override Duration sourceLimit() { return Duration.ofSeconds(1); }
    };
  }

  private static void halfASurrogatePairIsRefused() throws Exception {
    Provider provider = impatient(() -> new Credentials(RIGHT.accessKey(), RIGHT.secret() + "\ud800", null, null));
    check(refused(provider::token).status == 3, "the status");
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

  /** While the kept token holds, nobody else waits for it. */
  private static void aSourceThatHangsIsGivenUpWhenItsCallerHasLeft() throws Exception {
    long[] now = {System.currentTimeMillis()};
    int[] asked = {0};
    Provider provider = new Provider(Service.BEDROCK, "us-east-1", Duration.ofHours(12), () -> {
      if (++asked[0] > 1) new CountDownLatch(1).await();
      return RIGHT;
    }) {
      @Override Duration sourceLimit() { return Duration.ofMillis(100); }
      @Override long nowMillis() { return now[0]; }
    };
    String kept = provider.token();
    now[0] += Duration.ofHours(12).minusMinutes(4).toMillis();
    try {
      provider.token(Duration.ofMillis(10));
      throw new AssertionError("the source has answered");
    } catch (TimeoutException left) {
      Thread.sleep(100);
    }
    check(provider.token().equals(kept) && provider.failure().isPresent(), "it is not given up");
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
    String token = BedrockToken.generate(Service.BEDROCK, RIGHT.accessKey(), RIGHT.secret(), null, "us-west-2",
        Duration.ofHours(1));
    URL[] classes = {BedrockToken.class.getProtectionDomain().getCodeSource().getLocation()};
    for (int i = 0; i < 2; i++) {
      try (URLClassLoader loader = new URLClassLoader(classes, null)) {
        Class<?> copy = loader.loadClass("bedrocktoken.BedrockToken");
        check(copy != BedrockToken.class, "the same class");
        Object info = copy.getMethod("inspect", String.class).invoke(null, token);
        check(info.toString().contains("us-west-2"), info.toString());
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    halfASurrogatePairIsRefused();
    aSourceThatHangsIsGivenUp();
    aSourceThatHangsIsGivenUpWhenItsCallerHasLeft();
    aPoolsThreadInTheSourceDoesNotHang();
    twoClassLoadersLoadIt();
  }
}
