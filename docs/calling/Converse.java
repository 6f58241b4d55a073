import bedrocktoken.BedrockToken;
import bedrocktoken.SdkTokens;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.auth.scheme.BedrockRuntimeAuthSchemeProvider;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

public final class Converse {
  public static void main(String[] arguments) {
    String region = System.getenv("AWS_REGION");
    BedrockToken.Provider provider = new BedrockToken.Provider(BedrockToken.Service.BEDROCK, region,
        Duration.ofHours(12), SdkTokens.source(DefaultCredentialsProvider.create()));
    try (BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder()
        .region(Region.of(region))
        .tokenProvider(new SdkTokens(provider))
        .authSchemeProvider(BedrockRuntimeAuthSchemeProvider.defaultProvider(List.of("httpBearerAuth")))
        .build()) {
      Message hello = Message.builder().role(ConversationRole.USER).content(ContentBlock.fromText("Hello")).build();
      System.out.println(
          bedrock.converse(r -> r.modelId(arguments[0]).messages(hello)).output().message().content().get(0).text());
    }
  }
}
