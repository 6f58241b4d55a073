// Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Java 22 and newer, with the JDK's own
// Foreign Function and Memory API.
package bedrocktoken;

import static java.lang.foreign.ValueLayout.*;

import java.lang.foreign.*;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

public final class BedrockToken {
  /** Which service a token is for; the order is the library's. */
  public enum Service { BEDROCK, CLAUDE_PLATFORM }

  /** The message names the argument at fault, never its value. */
  public static final class Failure extends RuntimeException {
    public final int status;
    Failure(int status) { super(message(status)); this.status = status; }
  }
  public record Info(
      String accessKey, String region, long issuedAt, long expiresAt, boolean hasSession, Service service) {}

  private static final SymbolLookup LIBRARY = load();
  private static final MethodHandle GENERATE_INTO = function("generate_into", FunctionDescriptor.of(JAVA_INT,
      JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle INSPECT =
      function("inspect", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
  private static final MethodHandle SCHEDULE = function("schedule",
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG));
  private static final MethodHandle RETRY_AT =
      function("retry_at", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle MESSAGE = function("status_message", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private static SymbolLookup load() {
    String system = System.getProperty("os.name");
    String file = system.startsWith("Windows") ? "bedrock_token.dll"
        : system.startsWith("Mac") ? "libbedrock_token.0.dylib" : "libbedrock_token.so.0";
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException missing) {
      throw new UnsatisfiedLinkError("cannot load " + file + ": install bedrock-token, or add the folder of this"
          + " file to LD_LIBRARY_PATH (macOS: DYLD_LIBRARY_PATH, Windows: PATH)");
    }
  }
  private static MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(LIBRARY.find("bedrock_token_" + name).orElseThrow(), type);
  }
  private static void check(int status) { if (status != 0) throw new Failure(status); }
  private static MemorySegment string(Arena arena, String s) {
    if (s == null) return MemorySegment.NULL;
    return arena.allocateFrom(s.indexOf(0) >= 0 ? "\u007f" : s); // C would end it at a NUL inside; this is refused
  }
  private static String message(int status) {
    try {
      return ((MemorySegment) MESSAGE.invokeExact(status)).reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw new AssertionError(e);
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
    try (Arena arena = Arena.ofConfined()) {
      // No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
      MemorySegment buffer = arena.allocate(1024 + 4 * Math.min(session == null ? 0 : session.length(), 65536));
      check((int) GENERATE_INTO.invokeExact(service.ordinal(), string(arena, accessKey), string(arena, secret),
          string(arena, session), string(arena, region), expires, at, buffer, buffer.byteSize(), MemorySegment.NULL));
      return buffer.getString(0, StandardCharsets.US_ASCII);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  public static Info inspect(String token) {
    try (Arena arena = Arena.ofConfined()) {
      // char[129], char[64], int64_t at 200, int64_t, int32_t, int32_t
      MemorySegment info = arena.allocate(224, 8);
      check((int) INSPECT.invokeExact(string(arena, token), info, info.byteSize()));
      return new Info(info.getString(0), info.getString(129), info.get(JAVA_LONG, 200), info.get(JAVA_LONG, 208),
          info.get(JAVA_INT, 216) != 0, Service.values()[info.get(JAVA_INT, 220)]);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** When a token is used, renewed and given up, in Unix seconds. */
  private record Times(long validFrom, long renewAt, long waitFrom, long expiresAt) {}

  /** credentialsExpireAt is 0 if they do not end. */
  private static Times schedule(long issuedAt, int expires, long credentialsExpireAt) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment times = arena.allocate(JAVA_LONG, 4);
      check((int) SCHEDULE.invokeExact(issuedAt, expires, credentialsExpireAt, times, times.byteSize()));
      return new Times(times.getAtIndex(JAVA_LONG, 0), times.getAtIndex(JAVA_LONG, 1),
          times.getAtIndex(JAVA_LONG, 2), times.getAtIndex(JAVA_LONG, 3));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static long retryAt(long now, long expiresAt) {
    try { return (long) RETRY_AT.invokeExact(now, expiresAt); } catch (Throwable e) { throw new AssertionError(e); }
  }

  /** The session token is null with long-term credentials, expiresAt if they do not end. */
  public record Credentials(String accessKey, String secret, String session, Instant expiresAt) {
    @Override public String toString() { return "Credentials of " + accessKey; } // without the secrets
  }

  /**
   * Keeps a token, and renews it before it or its credentials end. Threads, virtual ones too, may share
   * one: one renews, and the others use the kept token until shortly before its end, then wait.
   */
  public static class Provider {
    private static final class Kept {
      final String token;
      final Times times;
      volatile long renewAt;

      Kept(String token, Times times) {
        this.token = token;
        this.times = times;
        this.renewAt = times.renewAt;
      }

      boolean holds(long now) { return now >= times.validFrom && now < times.expiresAt; }
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
          && (now < kept.renewAt || lock.isLocked() && now < kept.times.waitFrom)) return kept.token;
      lock.lock();
      try {
        return renew();
      } finally {
        lock.unlock();
      }
    }

    /** For when the service refused the token. */
    public void invalidate() { kept = null; }

    /** The same, but drops the kept token only if it is this one. */
    public void invalidate(String refused) {
      Kept kept = this.kept;
      if (kept != null && MessageDigest.isEqual(bytes(kept.token), bytes(refused))) this.kept = null;
    }
    private static byte[] bytes(String token) { return token.getBytes(StandardCharsets.UTF_8); }

    private String renew() {
      Kept kept = this.kept;
      long now = now();
      if (kept != null && kept.holds(now) && now < kept.renewAt) return kept.token;
      try {
        kept = generate();
        this.kept = kept;
      } catch (RuntimeException failure) {
        if (kept == null || !kept.holds(now()) || kept != this.kept) throw failure;
        kept.renewAt = retryAt(Math.ceilDiv(nowMillis(), 1000), kept.times.expiresAt);
      }
      return kept.token;
    }

    private Kept generate() {
      Credentials credentials = source.get();
      if (credentials == null) throw new Failure(12);
      long now = now();
      // 0 would mean that they do not end.
      long end = credentials.expiresAt == null ? 0 : credentials.expiresAt.getEpochSecond();
      Times times = schedule(now, expires, credentials.expiresAt != null && end == 0 ? -1 : end);
      String token = BedrockToken.generate(service, credentials.accessKey, credentials.secret, credentials.session,
          region, expires, now);
      return new Kept(token, times);
    }

    private long now() { return Math.floorDiv(nowMillis(), 1000); }
    long nowMillis() { return System.currentTimeMillis(); }
  }
}
