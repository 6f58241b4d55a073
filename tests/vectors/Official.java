import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Holds every signature of tokens.tsv against the signer of the AWS SDK for Java, and prints the
 * Java part of official.tsv. The official Java generator is a wrapper around this signer; this asks
 * the signer what the generator asks. Run by ./make.
 */
class Official {
  public static void main(String[] args) throws Exception {
    int inOfficial = Integer.parseInt(args[1]);
    List<String> lines = Files.readAllLines(Path.of(args[0]), StandardCharsets.US_ASCII);
    lines.removeIf(line -> line.startsWith("#"));
    for (int i = 0; i < lines.size(); i++) {
      String[] field = lines.get(i).split("\t", -1);
      String theirs = token(field[1], field[2], field[3], field[4], Long.parseLong(field[5]), Long.parseLong(field[6]));
      if (!parameters(theirs).equals(parameters(field[7]))) {
        System.err.printf("vector %d: the Java signer's token says something else%n", i + 1);
        System.exit(1);
      }
      if (i < inOfficial) {
        long issuedAt = Long.parseLong(field[6]);
        long expiresAt = issuedAt + Long.parseLong(field[5]);
        int hasSession = field[3].isEmpty() ? 0 : 1;
        System.out.printf("java\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n", field[0], field[1], field[4], issuedAt, expiresAt, hasSession, theirs);
      }
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

  /** In the order of the alphabet, and still percent-encoded. */
  static TreeSet<String> parameters(String token) {
    String url = new String(Base64.getDecoder().decode(token), StandardCharsets.US_ASCII);
    return new TreeSet<>(Arrays.asList(url.split("[?&]")));
  }
}
