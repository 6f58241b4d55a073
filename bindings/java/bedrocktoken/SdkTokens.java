// bedrock-token 0.1.0, https://github.com/bedrock-token/bedrock-token
// SPDX-License-Identifier: Apache-2.0
// Bearer tokens for AWS's SDK for Java 2.
package bedrocktoken;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.token.credentials.SdkToken;
import software.amazon.awssdk.auth.token.credentials.SdkTokenProvider;
import software.amazon.awssdk.core.exception.AbortedException;

/** The tokenProvider of a client: it asks for a token before each request. */
public record SdkTokens(BedrockToken.Provider provider) implements SdkTokenProvider {
  /** The SDK's credentials as the source of a provider. */
  public static Callable<BedrockToken.Credentials> source(AwsCredentialsProvider credentials) {
    return () -> {
      AwsCredentials found = credentials.resolveCredentials();
      String session = found instanceof AwsSessionCredentials temporary ? temporary.sessionToken() : null;
      return new BedrockToken.Credentials(
          found.accessKeyId(), found.secretAccessKey(), session, found.expirationTime().orElse(null));
    };
  }

  @Override
  public SdkToken resolveToken() {
    String token;
    try {
      token = provider.token();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw AbortedException.create("interrupted", stopped);
    }
    return new SdkToken() {
      @Override public String token() { return token; }
      @Override public Optional<Instant> expirationTime() { return Optional.empty(); } // the provider knows it
    };
  }
}
