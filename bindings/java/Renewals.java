package bedrocktoken;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

public final class Renewals {
  private static long now;
  private static Supplier<BedrockToken.Credentials> source;
  private static BedrockToken.Provider provider;

  private static BedrockToken.Provider newProvider() {
    return new BedrockToken.Provider(BedrockToken.Service.BEDROCK, "eu-central-1", 43200, () -> source.get()) {
      @Override
      long nowMillis() {
        return now * 1000; // the clock stands still
      }
    };
  }

  private static String answer() {
    try {
      return "" + BedrockToken.inspect(provider.token()).issuedAt();
    } catch (BedrockToken.Failure failure) {
      return "status " + failure.status;
    } catch (IllegalStateException raised) {
      return raised.getMessage();
    }
  }

  private static BedrockToken.Credentials credentials(String end) {
    if (end.equals("raise")) throw new IllegalStateException("raised");
    if (end.equals("nothing")) return null;
    Instant expiresAt = end.equals("0") ? null : Instant.ofEpochSecond(Long.parseLong(end));
    return new BedrockToken.Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null, expiresAt);
  }

  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    Scanner lines = new Scanner(System.in, "US-ASCII");
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    while (lines.hasNextLine()) {
      String[] step = lines.nextLine().split("\t");
      if (step.length > 1) now = Long.parseLong(step[1]);
      AtomicInteger asked = new AtomicInteger();
      List<String> answers = new ArrayList<>();
      source = () -> {
        asked.incrementAndGet();
        return credentials(step[2]);
      };
      Supplier<BedrockToken.Credentials> inner = source;
      switch (step[0]) {
        case "new":
          provider = newProvider();
          break;
        case "invalidate":
          provider.invalidate();
          break;
        case "get":
          answers.add(answer());
          break;
        case "show":
          answers.add(provider.toString());
          answers.add(source.get().toString());
          break;
        case "reenter":
          source = () -> {
            answers.add(answer());
            return inner.get();
          };
          answers.add(0, answer());
          break;
        case "together":
          CountDownLatch arrived = new CountDownLatch(8);
          source = () -> {
            try {
              arrived.await();
              Thread.sleep(50);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return inner.get();
          };
          List<Future<String>> running = new ArrayList<>();
          for (int i = 0; i < 8; i++) {
            running.add(
                threads.submit(
                    () -> {
                      arrived.countDown();
                      return answer();
                    }));
          }
          for (Future<String> one : running) {
            if (!answers.contains(one.get())) answers.add(one.get());
          }
          break;
        default:
          throw new AssertionError(step[0]);
      }
      answers.add(0, asked.toString());
      System.out.println(String.join("\t", answers));
    }
    threads.shutdown();
  }
}
