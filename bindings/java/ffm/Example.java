public final class Example {
  public static void main(String[] arguments) {
    String key = "AKIAIOSFODNN7EXAMPLE", secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    String token = BedrockToken.generate(key, secret, null, "eu-central-1", 43200);
    BedrockToken.Info info = BedrockToken.inspect(token);
    System.out.printf("%s%n%s %s %d%n", token, info.accessKey(), info.region(), info.expiresAt());
    try {
      BedrockToken.generate(key, secret + "\n", null, "eu-central-1", 43200);
    } catch (BedrockToken.Failure failure) {
      System.out.println("refused: " + failure.getMessage());
    }
  }
}
