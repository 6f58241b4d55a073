package bedrocktoken;

import bedrocktoken.BedrockToken.Credentials;
import bedrocktoken.BedrockToken.Provider;
import bedrocktoken.BedrockToken.TokenException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Scanner;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

public final class Renewals {
  private static long now;
  private static Callable<Credentials> source;
  private static Provider provider;

  private static String failed(TokenException failure) {
    Throwable cause = failure.getCause();
    return cause == null ? "status " + failure.status : cause.getMessage();
  }

  private static String answer(Callable<String> call) throws Exception {
    try {
      return "" + BedrockToken.inspect(call.call()).issuedAt().getEpochSecond();
    } catch (TokenException failure) {
      return failed(failure);
    } catch (InterruptedException | TimeoutException limited) {
      return "deadline";
    }
  }

  private static String answer() throws Exception {
    return answer(provider::token);
  }

  private static Credentials credentials(String end) throws IOException {
    switch (end) {
      case "raise": throw new IOException("raised");
      case "throw": throw new Error("raised");
      case "nothing": return null;
    }
    Instant expiresAt = end.equals("0") ? null : Instant.ofEpochSecond(Long.parseLong(end));
    return new Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null, expiresAt);
  }

  private static FutureTask<String> start(Callable<String> call) {
    FutureTask<String> task = new FutureTask<>(call);
    Thread.startVirtualThread(task);
    return task;
  }

  /** The answers of so many calls at once, each once. */
  private static Set<String> together(int count, Callable<String> call) throws Exception {
    List<FutureTask<String>> running = Stream.generate(() -> start(call)).limit(count).toList();
    Set<String> answers = new LinkedHashSet<>();
    for (FutureTask<String> one : running) answers.add(one.get());
    return answers;
  }

  private static String answers(String[] step) throws Exception {
    Callable<Credentials> inner = source;
    switch (step[0]) {
      case "new":
        Duration expires = Duration.ofSeconds(step.length > 1 ? Long.parseLong(step[2]) : 43200);
        String region = step.length > 1 ? step[1] : "eu-central-1";
        try {
          provider = new Provider(BedrockToken.Service.BEDROCK, region, expires, () -> source.call()) {
            @Override long nowMillis() { return now * 1000; } // the clock stands still
          };
        } catch (TokenException refused) {
          return failed(refused);
        }
        return "";
      case "invalidate":
        provider.invalidate();
        return "";
      case "failure":
        return provider.failure().map(Renewals::failed).orElse("ok");
      case "show":
        return provider + "\t" + source.call();
      case "get":
        return answer();
      case "reenter", "child":
        String[] inside = {null};
        source = () -> {
          inside[0] = step[0].equals("child") ? start(Renewals::answer).get() : answer();
          return inner.call();
        };
        return answer() + "\t" + inside[0];
      case "together":
        CountDownLatch arrived = new CountDownLatch(8);
        source = () -> {
          arrived.await();
          Thread.sleep(Character.isDigit(step[2].charAt(0)) ? 50 : 500);
          return inner.call();
        };
        return String.join("\t", together(8, () -> {
          arrived.countDown();
          return answer();
        }));
      case "deadline":
        CountDownLatch asked = new CountDownLatch(1), limited = new CountDownLatch(2);
        source = () -> {
          asked.countDown();
          limited.await();
          return inner.call();
        };
        FutureTask<String> timed = start(() -> answer(() -> provider.token(Duration.ofMillis(100))));
        asked.await();
        FutureTask<String> interrupted = new FutureTask<>(Renewals::answer);
        Thread thread = Thread.startVirtualThread(interrupted);
        FutureTask<String> last = start(Renewals::answer);
        Thread.sleep(100);
        thread.interrupt();
        String ended = "";
        for (FutureTask<String> call : List.of(timed, interrupted)) {
          ended += call.get() + "\t";
          limited.countDown();
        }
        return ended + last.get();
      case "refused":
        String token = provider.token();
        Callable<String> report = () -> {
          provider.invalidate(token);
          return answer();
        };
        Set<String> answers = together(16, report);
        answers.add(report.call());
        return String.join("\t", answers);
      default:
        throw new AssertionError(step[0]);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Scanner lines = new Scanner(System.in, "US-ASCII");
    while (lines.hasNextLine()) {
      String[] step = lines.nextLine().split("\t", -1);
      if (step.length > 1 && !step[0].equals("new")) now = Long.parseLong(step[1]);
      AtomicInteger asked = new AtomicInteger();
      source = () -> {
        asked.incrementAndGet();
        return credentials(step[2]);
      };
      String answers = answers(step);
      System.out.println(asked + (answers.isEmpty() ? "" : "\t" + answers));
    }
  }
}
