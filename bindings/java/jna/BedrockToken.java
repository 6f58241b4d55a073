// AWS Bedrock API keys in Java, with JNA (net.java.dev.jna:jna).
import com.sun.jna.*;
import com.sun.jna.ptr.PointerByReference;
import java.util.Map;

public final class BedrockToken {
  /** The message names the argument at fault, never its value. */
  public static final class Failure extends RuntimeException {
    public final int status;
    Failure(int status) { super(LIBRARY.bedrock_token_status_message(status)); this.status = status; }
  }

  @Structure.FieldOrder({"access_key", "region", "issued_at", "expires_at", "has_session"})
  public static final class Info extends Structure {
    public byte[] access_key = new byte[129], region = new byte[64];
    public long issued_at, expires_at;
    public int has_session;
  }

  // A token is a Pointer: of a String, the address would be lost. A size_t is a long where a pointer is.
  private interface C extends Library {
    int bedrock_token_generate(String accessKey, String secret, String session, String region, int expires,
        PointerByReference token, Pointer length);
    void bedrock_token_free(Pointer token);
    int bedrock_token_inspect(String token, Info info, long infoSize);
    String bedrock_token_status_message(int status);
  }

  private static final C LIBRARY =
      Native.load("libbedrock_token.so.0", C.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));

  public static String generate(String accessKey, String secret, String session, String region, int expires) {
    PointerByReference out = new PointerByReference();
    check(LIBRARY.bedrock_token_generate(accessKey, secret, session, region, expires, out, null));
    String token = out.getValue().getString(0, "US-ASCII"); // a copy
    LIBRARY.bedrock_token_free(out.getValue());
    return token;
  }

  public static Info inspect(String token) {
    Info info = new Info();
    check(LIBRARY.bedrock_token_inspect(token, info, info.size()));
    return info;
  }

  static void check(int status) { if (status != 0) throw new Failure(status); }
}
