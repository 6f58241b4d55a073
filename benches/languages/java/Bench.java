import bedrocktoken.BedrockToken;
import java.time.Duration;
import java.util.Scanner;
import java.util.function.UnaryOperator;

/** A worker of benches/languages.py: the binding, and the signer of AWS's SDK, as the official generator asks it. */
final class Bench {
  static final String KEY = "AKIAIOSFODNN7EXAMPLE", SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  static final String REGION = "eu-central-1", PREFIX = "bedrock-api" + "-key-";
  static final Duration LIFE = Duration.ofHours(12);
  static final BedrockToken.Service SERVICE = BedrockToken.Service.BEDROCK;

  static UnaryOperator<String> operation(String name) {
    if (name.equals("generate")) return session -> BedrockToken.generate(SERVICE, KEY, SECRET, session, REGION, LIFE);
    if (name.equals("sdk"))
      return session -> PREFIX + Official.token(KEY, SECRET, session, REGION, 43200, System.currentTimeMillis() / 1000);
    BedrockToken.Provider provider = new BedrockToken.Provider(SERVICE, REGION, LIFE,
        () -> new BedrockToken.Credentials(KEY, SECRET, null, null));
    return session -> {
      try {
        return provider.token();
      } catch (InterruptedException stopped) {
        throw new IllegalStateException(stopped);
      }
    };
  }

  public static void main(String[] arguments) {
    UnaryOperator<String> operation = null; // a worker has one
    for (Scanner lines = new Scanner(System.in); lines.hasNextLine();) {
      String[] words = lines.nextLine().split(" ");
      if (operation == null) operation = operation(words[0]);
      String session = words[2].equals("-") ? "" : words[2], token = null;
      for (int i = Integer.parseInt(words[1]); i > 0; i--) token = operation.apply(session);
      System.out.println(token);
    }
  }
}
