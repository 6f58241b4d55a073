import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.function.UnaryOperator;

/** A worker of benches/languages.py: BedrockToken, and the signer of AWS's SDK, as tests/vectors/Official.java uses it. */
public final class Bench {
  static final String KEY = "AKIAIOSFODNN7EXAMPLE", SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  static final String REGION = "eu-central-1", PREFIX = "bedrock-api" + "-key-";
  static int tenant = 0;

  /** Generates a token from a session token. */
  static UnaryOperator<String> generator(String operation) {
    switch (operation) {
      case "generate":
        return session -> BedrockToken.generate(
            BedrockToken.Service.BEDROCK, KEY, SECRET, session.isEmpty() ? null : session, REGION, 43200);
      case "kept":
        BedrockToken.Provider kept = provider(KEY);
        return session -> kept.token();
      case "sdk":
        return session -> PREFIX + Official.token(KEY, SECRET, session, REGION, 43200, now());
      case "first": // another access key each time, because the signer keeps signing keys
        return session -> PREFIX + Official.token(accessKey(tenant++), SECRET, session, REGION, 43200, now());
      default: // tenants_COUNT: the kept tokens of so many, in turn
        int count = Integer.parseInt(operation.split("_")[1]);
        Map<Integer, BedrockToken.Provider> providers = new ConcurrentHashMap<>();
        UnaryOperator<String> next = session -> {
          tenant = (tenant + 1) % count;
          return providers.computeIfAbsent(tenant, number -> provider(accessKey(number))).token();
        };
        for (int i = 0; i < count; i++) next.apply("");
        return next;
    }
  }

  static BedrockToken.Provider provider(String accessKey) {
    return new BedrockToken.Provider(BedrockToken.Service.BEDROCK, REGION, 43200,
        () -> new BedrockToken.Credentials(accessKey, SECRET, null, null));
  }

  static String accessKey(int tenant) { return String.format("AKIA%016d", tenant); }

  static long now() { return System.currentTimeMillis() / 1000; }

  /** Nanoseconds from the first start to the last end; each thread runs all the iterations. */
  static long run(UnaryOperator<String> generate, List<String> sessions, int iterations, int count) throws Exception {
    Vector<Long> times = new Vector<>();
    CyclicBarrier barrier = new CyclicBarrier(count);
    Runnable share = () -> {
      try {
        barrier.await();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      long started = System.nanoTime();
      for (int i = 0; i < iterations; i++) generate.apply(sessions.get(i % sessions.size()));
      Collections.addAll(times, started, System.nanoTime());
    };
    Thread[] others = new Thread[count - 1];
    for (int i = 0; i < others.length; i++) (others[i] = new Thread(share)).start();
    share.run();
    for (Thread other : others) other.join();
    return Collections.max(times) - Collections.min(times);
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, UnaryOperator<String>> generators = new HashMap<>();
    Map<String, List<String>> sessions = new HashMap<>();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = lines.readLine()) != null;) {
      String[] words = line.split(" ");
      if (!sessions.containsKey(words[2])) sessions.put(words[2], Files.readAllLines(Path.of(arguments[0], words[2])));
      List<String> texts = sessions.get(words[2]);
      UnaryOperator<String> generate = generators.computeIfAbsent(words[1], Bench::generator);
      int first = Integer.parseInt(words[3]);
      System.out.println(words[0].equals("token")
          ? generate.apply(texts.get(first)) : run(generate, texts, first, Integer.parseInt(words[4])));
    }
  }
}
