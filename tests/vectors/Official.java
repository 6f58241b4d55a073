import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Prints a token for each line of tokens.tsv, from the signer of the AWS SDK for Java. The official
 * Java generator is a wrapper around this signer; this asks the signer what the generator asks.
 * make.sh runs it, and official.py compares the tokens.
 */
class Official {
  public static void main(String[] args) throws Exception {
    for (String line : Files.readAllLines(Path.of(args[0]), StandardCharsets.US_ASCII)) {
      if (line.startsWith("#")) continue;
      String[] field = line.split("\t", -1);
      System.out.println(token(field[1], field[2], field[3], field[4], Long.parseLong(field[5]), Long.parseLong(field[6])));
    }
  }

  static String token(String accessKey, String secret, String session, String region, long expires, long time) {
    AwsCredentialsIdentity credentials =
        session.isEmpty()
            ? AwsCredentialsIdentity.create(accessKey, secret)
            : AwsSessionCredentialsIdentity.create(accessKey, secret, session);
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(URI.create("https://bedrock.amazonaws.com/"))
            .putHeader("host", "bedrock.amazonaws.com")
            .putRawQueryParameter("Action", "CallWithBearerToken")
            .build();
    URI signed =
        AwsV4HttpSigner.create()
            .sign(
                r ->
                    r.identity(credentials)
                        .request(request)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "bedrock")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, Duration.ofSeconds(expires))
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(Instant.ofEpochSecond(time), ZoneOffset.UTC)))
            .request()
            .getUri();
    String url = signed.toString().replaceFirst("^https://", "") + "&Version=1";
    return Base64.getEncoder().encodeToString(url.getBytes(StandardCharsets.US_ASCII));
  }
}
