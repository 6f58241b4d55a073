import bedrocktoken.BedrockToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Scanner;
import java.util.function.Supplier;

public final class Conformance {
  private static void answer(Supplier<String> generate) {
    try {
      String token = generate.get();
      BedrockToken.Info info = BedrockToken.inspect(token);
      System.out.printf("0\t%s\t%d\t%s\t%s\t%d\t%d\t%d%n", token, info.service().ordinal(), info.accessKey(),
          info.region(), info.issuedAt().getEpochSecond(), info.expiresAt().getEpochSecond(), info.hasSession() ? 1 : 0);
    } catch (BedrockToken.TokenException failure) {
      System.out.println(failure.status + "\t" + failure.getMessage());
    }
  }

  /** A String has no bytes: each becomes the character of the same number. */
  private static String text(String field) {
    return field.equals("-")
        ? null
        : new String(HexFormat.of().parseHex(field.substring(1)), StandardCharsets.ISO_8859_1);
  }

  public static void main(String[] arguments) {
    Scanner lines = new Scanner(System.in, "US-ASCII");
    while (lines.hasNextLine()) {
      String[] fields = lines.nextLine().split("\t");
      int number = Integer.parseInt(fields[0]);
      if (number < 0 || number >= BedrockToken.Service.values().length) {
        System.out.print("-\n-\n"); // an enum has no other values
        continue;
      }
      BedrockToken.Service service = BedrockToken.Service.values()[number];
      String[] s = Arrays.stream(fields, 1, 5).map(Conformance::text).toArray(String[]::new);
      Duration expires = Duration.ofSeconds(Long.parseLong(fields[5]));
      long seconds = Long.parseLong(fields[6]);
      if (seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond()) System.out.println("-");
      else answer(() -> BedrockToken.generate(service, s[0], s[1], s[2], s[3], expires, Instant.ofEpochSecond(seconds)));
      answer(() -> BedrockToken.generate(service, s[0], s[1], s[2], s[3], expires));
    }
  }
}
