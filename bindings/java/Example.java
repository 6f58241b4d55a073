import bedrocktoken.BedrockToken;
import bedrocktoken.BedrockToken.Service;
import java.time.Duration;
import java.time.Instant;

public final class Example {
  public static void main(String[] arguments) throws InterruptedException {
    String key = "AKIAIOSFODNN7EXAMPLE", secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    Duration life = Duration.ofHours(12);

    String token = BedrockToken.generate(Service.BEDROCK, key, secret, null, "eu-central-1", life);
    BedrockToken.Info info = BedrockToken.inspect(token);
    System.out.printf("%s%n%s %s %d%n", token, info.accessKey(), info.region(), info.expiresAt().getEpochSecond());
    try {
      BedrockToken.generate(Service.BEDROCK, key, secret + "\n", null, "eu-central-1", life);
    } catch (BedrockToken.TokenException refused) {
      System.out.println("refused: " + refused.getMessage());
    }

    // In a server: one for all threads. It asks for credentials when it needs them.
    BedrockToken.Provider provider = new BedrockToken.Provider(Service.CLAUDE_PLATFORM, "us-west-2", life,
        () -> new BedrockToken.Credentials(key, secret, null, Instant.now().plusSeconds(900)));
    System.out.println(provider.token());
  }
}
