// Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Java 9 and newer, with JNA
// (net.java.dev.jna:jna).
import com.sun.jna.*;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

public final class BedrockToken {
  /** Which service a token is for; the order is the library's. */
  public enum Service { BEDROCK, CLAUDE_PLATFORM }

  /** The message names the argument at fault, never its value. */
  public static final class Failure extends RuntimeException {
    public final int status;
    Failure(int status) { super(bedrock_token_status_message(status)); this.status = status; }
  }

  @Structure.FieldOrder({"access_key", "region", "issued_at", "expires_at", "has_session", "service"})
  public static final class Info extends Structure {
    public byte[] access_key = new byte[129], region = new byte[64];
    public long issued_at, expires_at;
    public int has_session, service;

    public String accessKey() { return Native.toString(access_key); }
    public String region() { return Native.toString(region); }
    public long issuedAt() { return issued_at; }
    public long expiresAt() { return expires_at; }
    public boolean hasSession() { return has_session != 0; }
    public Service service() { return Service.values()[service]; }
  }

  // A size_t is a long where a pointer is.
  private static native int bedrock_token_generate_into(int service, byte[] accessKey, byte[] secret, byte[] session,
      byte[] region, int expires, long signingTime, byte[] buffer, long capacity, Pointer length);
  private static native int bedrock_token_inspect(byte[] token, Info info, long infoSize);
  private static native long bedrock_token_renew_at(long issuedAt, long expiresAt);
  private static native String bedrock_token_status_message(int status);

  static {
    String file = Platform.isWindows() ? "bedrock_token.dll"
        : Platform.isMac() ? "libbedrock_token.0.dylib" : "libbedrock_token.so.0";
    try {
      Native.register(BedrockToken.class, NativeLibrary.getInstance(file));
    } catch (UnsatisfiedLinkError missing) {
      throw new UnsatisfiedLinkError("cannot load " + file + ": install bedrock-token, or add the folder of this"
          + " file to LD_LIBRARY_PATH (macOS: DYLD_LIBRARY_PATH, Windows: PATH)");
    }
  }

  /** A token that is valid from now on. The session token is null with long-term credentials. */
  public static String generate(
      Service service, String accessKey, String secret, String session, String region, int expires) {
    return generate(service, accessKey, secret, session, region, expires, System.currentTimeMillis() / 1000);
  }

  /** The same, from a given time on, in Unix seconds. */
  public static String generate(
      Service service, String accessKey, String secret, String session, String region, int expires, long at) {
    // No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
    byte[] buffer = new byte[1024 + 4 * Math.min(session == null ? 0 : session.length(), 65536)];
    check(bedrock_token_generate_into(service.ordinal(), string(accessKey), string(secret), string(session),
        string(region), expires, at, buffer, buffer.length, null));
    return Native.toString(buffer, "US-ASCII");
  }

  public static Info inspect(String token) {
    Info info = new Info();
    check(bedrock_token_inspect(string(token), info, info.size()));
    return info;
  }

  /** C would end the string at a NUL inside. A DEL is refused. */
  private static byte[] string(String s) {
    return s == null ? null : Native.toByteArray(s.indexOf(0) >= 0 ? "\u007f" : s, "UTF-8");
  }

  static void check(int status) { if (status != 0) throw new Failure(status); }

  static long renewAt(long issuedAt, long expiresAt) { return bedrock_token_renew_at(issuedAt, expiresAt); }

  public static final class Credentials {
    final String accessKey, secret, session;
    final Instant expiresAt;

    /** The session token is null with long-term credentials, expiresAt if they do not end. */
    public Credentials(String accessKey, String secret, String session, Instant expiresAt) {
      this.accessKey = accessKey;
      this.secret = secret;
      this.session = session;
      this.expiresAt = expiresAt;
    }
  }

  /**
   * Keeps a token, and renews it before it or its credentials end. Threads, virtual ones too, may share
   * one: one renews, and the others use the kept token until shortly before its end, then wait.
   */
  public static class Provider {
    private static final long LAST_SECOND = 253402300799L; // of the year 9999

    private static final class Kept {
      String token;
      long issuedAt, expiresAt;
      volatile long renewAt;

      /** A token from the future is from a wrong clock: the service accepts five minutes. */
      boolean holds(long now) { return now >= issuedAt - 300 && now < expiresAt; }

      /** In its last 30 seconds, or the last hundredth of a short life, callers wait for a new token. */
      boolean endsSoon(long now) { return now >= expiresAt - Math.min(30, (expiresAt - issuedAt) / 100); }
    }

    private final Service service;
    private final String region;
    private final int expires;
    private final Supplier<Credentials> source;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Kept kept;

    public Provider(Service service, String region, int expires, Supplier<Credentials> source) {
      this.service = service;
      this.region = region;
      this.expires = expires;
      this.source = source;
    }

    public String token() {
      if (lock.isHeldByCurrentThread()) throw new Failure(16); // the source itself asks for the token
      Kept kept = this.kept;
      long now = now();
      if (kept != null && kept.holds(now)
          && (now < kept.renewAt || lock.isLocked() && !kept.endsSoon(now))) return kept.token;
      lock.lock();
      try {
        return renew();
      } finally {
        lock.unlock();
      }
    }

    /** For when the service refused the token. */
    public void invalidate() { kept = null; }

    private String renew() {
      Kept kept = this.kept;
      long now = now();
      if (kept != null && kept.holds(now) && now < kept.renewAt) return kept.token;
      try {
        kept = generate();
        this.kept = kept;
      } catch (RuntimeException failure) {
        now = now();
        if (kept == null || !kept.holds(now) || kept != this.kept) throw failure;
        kept.renewAt = now + Math.max(1, (kept.expiresAt - now) / 10);
      }
      return kept.token;
    }

    private Kept generate() {
      Credentials credentials = source.get();
      if (credentials == null) throw new Failure(12);
      Kept kept = new Kept();
      kept.issuedAt = now();
      long end = credentials.expiresAt == null ? LAST_SECOND : credentials.expiresAt.getEpochSecond();
      if (end > LAST_SECOND) throw new Failure(8); // milliseconds
      if (end <= kept.issuedAt) throw new Failure(13);
      kept.token = BedrockToken.generate(service, credentials.accessKey, credentials.secret, credentials.session,
          region, expires, kept.issuedAt);
      kept.expiresAt = Math.min(end, kept.issuedAt + expires);
      kept.renewAt = BedrockToken.renewAt(kept.issuedAt, kept.expiresAt);
      return kept;
    }

    long now() { return System.currentTimeMillis() / 1000; }
  }
}
