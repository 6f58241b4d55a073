import bedrocktoken.BedrockToken;
import java.time.Duration;
import java.util.Scanner;

/** A worker of benches/bench.py: the binding, and the signer of AWS's SDK, as the official generator asks it. */
final class Bench {
  static final String KEY = "AKIAIOSFODNN7EXAMPLE", SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  static final String REGION = "eu-central-1", PREFIX = "bedrock-api" + "-key-";

  interface Operation {
    String generate(String session) throws InterruptedException;
  }

  static Operation operation(String name) {
    if (name.equals("sdk"))
      return session -> PREFIX + Official.token(KEY, SECRET, session, REGION, 43200, System.currentTimeMillis() / 1000);
    BedrockToken.Service service = BedrockToken.Service.BEDROCK;
    Duration life = Duration.ofHours(12);
    if (name.equals("generate")) return session -> BedrockToken.generate(service, KEY, SECRET, session, REGION, life);
    BedrockToken.Provider provider = new BedrockToken.Provider(service, REGION, life,
        () -> new BedrockToken.Credentials(KEY, SECRET, null, null));
    return session -> provider.token();
  }

  public static void main(String[] arguments) throws InterruptedException {
    System.out.println("ready");
    Operation operation = null;
    for (Scanner lines = new Scanner(System.in); lines.hasNextLine();) {
      String[] words = lines.nextLine().split(" "), sessions = words[2].split(",");
      if (operation == null) operation = operation(words[0]);
      if (words[2].equals("-")) sessions[0] = "";
      String token = null;
      for (int i = 0; i < Integer.parseInt(words[1]); i++) token = operation.generate(sessions[i % sessions.length]);
      System.out.println(token);
    }
  }
}
