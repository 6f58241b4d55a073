import bedrocktoken.BedrockToken;
import java.time.Instant;

public final class Example {
  public static void main(String[] arguments) {
    String key = "AKIAIOSFODNN7EXAMPLE", secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    String token = BedrockToken.generate(BedrockToken.Service.BEDROCK, key, secret, null, "eu-central-1", 43200);
    BedrockToken.Info info = BedrockToken.inspect(token);
    System.out.printf("%s%n%s %s %d%n", token,
        info.accessKey(), info.region(), info.expiresAt());
    try {
      BedrockToken.generate(BedrockToken.Service.BEDROCK, key, secret + "\n", null, "eu-central-1", 43200);
    } catch (BedrockToken.Failure failure) {
      System.out.println("refused: " + failure.getMessage());
    }

    // In a server: one for all threads. It asks for credentials when it needs them.
    BedrockToken.Provider provider = new BedrockToken.Provider(BedrockToken.Service.CLAUDE_PLATFORM, "us-west-2",
        43200, () -> new BedrockToken.Credentials(key, secret, null, Instant.now().plusSeconds(900)));
    System.out.println(provider.token());
  }
}
