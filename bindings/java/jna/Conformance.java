import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ptr.LongByReference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Scanner;
import java.util.function.Supplier;

public final class Conformance {
  private interface C extends Library {
    int bedrock_token_generate_into(String accessKey, String secret, String session, String region, int expires,
        long signingTime, byte[] buffer, long capacity, LongByReference length);
  }

  private static final C LIBRARY =
      Native.load("libbedrock_token.so.0", C.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));

  private static String generateAt(String[] s, int expires, long time) {
    LongByReference length = new LongByReference();
    LIBRARY.bedrock_token_generate_into(s[0], s[1], s[2], s[3], expires, time, null, 0, length);
    byte[] buffer = new byte[(int) length.getValue() + 1];
    BedrockToken.check(LIBRARY.bedrock_token_generate_into(
        s[0], s[1], s[2], s[3], expires, time, buffer, buffer.length, null));
    return Native.toString(buffer, "US-ASCII");
  }

  private static void answer(Supplier<String> generate) {
    try {
      String token = generate.get();
      BedrockToken.Info info = BedrockToken.inspect(token);
      System.out.printf("0\t%s\t%s\t%s\t%d\t%d\t%d%n", token, Native.toString(info.access_key),
          Native.toString(info.region), info.issued_at, info.expires_at, info.has_session);
    } catch (BedrockToken.Failure failure) {
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
      String[] s = Arrays.stream(fields, 0, 4).map(Conformance::text).toArray(String[]::new);
      int expires = Integer.parseUnsignedInt(fields[4]);
      answer(() -> generateAt(s, expires, Long.parseLong(fields[5])));
      answer(() -> BedrockToken.generate(s[0], s[1], s[2], s[3], expires));
    }
  }
}
