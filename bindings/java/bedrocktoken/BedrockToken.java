// bedrock-token 0.1.0, https://github.com/bedrock-token/bedrock-token
// SPDX-License-Identifier: Apache-2.0
// Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Java 22 and newer, with the JDK's own Foreign Function
// and Memory API.
//
// Start the program with --enable-native-access=ALL-UNNAMED, or with your module's name. The library is the file that
// -Dbedrocktoken.library=FILE names, or is in a folder of -Djava.library.path, or where the system looks for it.
package bedrocktoken;

import static java.lang.foreign.ValueLayout.*;

import java.io.File;
import java.lang.foreign.*;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Generates and reads bearer tokens. Any thread may call any method. */
public final class BedrockToken {
  /** Which service a token is for; the order is the library's. */
  public enum Service { BEDROCK, CLAUDE_PLATFORM }

  /** The message names the argument at fault, and never shows its value. The cause is what the source threw. */
  public static final class TokenException extends RuntimeException {
    private static final int NO_CREDENTIALS = 12, REENTRANT = 16;

    /** The number of BEDROCK_TOKEN_ERR_* in the C library's header. */
    public final int status;

    private TokenException(int status, Throwable cause) {
      super(message(status), cause);
      this.status = status;
    }
  }

  /** What a token says of itself, but not its secret parts. A service that only a newer library knows is null. */
  public record Info(
      String accessKey, String region, Instant issuedAt, Instant expiresAt, boolean hasSession, Service service) {}

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

  private BedrockToken() {}

  private static SymbolLookup load() {
    String system = System.getProperty("os.name");
    String file = system.startsWith("Windows") ? "bedrock_token.dll"
        : system.startsWith("Mac") ? "libbedrock_token.0.dylib" : "libbedrock_token.so.0";
    String given = System.getProperty("bedrocktoken.library");
    if (given != null) return load(Path.of(given));
    for (String folder : System.getProperty("java.library.path", "").split(File.pathSeparator)) {
      if (!folder.isEmpty() && Files.exists(Path.of(folder, file))) return load(Path.of(folder, file));
    }
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException missing) {
      throw new UnsatisfiedLinkError("cannot load " + file + ": install bedrock-token, or add the folder of this file to"
          + " -Djava.library.path, or name the file with -Dbedrocktoken.library (" + reason(file) + ")");
    }
  }

  private static SymbolLookup load(Path file) {
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException unsaid) {
      throw new UnsatisfiedLinkError("cannot load " + file + ": " + reason(file.toAbsolutePath().toString()));
    }
  }

  /** Why the system cannot load a file, which the JDK does not tell. */
  private static String reason(String file) {
    Linker c = Linker.nativeLinker();
    MemorySegment open = c.defaultLookup().find("dlopen").orElse(null);
    if (open == null) return "not a library for this system"; // Windows
    MethodHandle load = c.downcallHandle(open, FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    // Looked up before the call: to look for a function ends the error.
    MethodHandle error = c.downcallHandle(c.defaultLookup().find("dlerror").orElseThrow(), FunctionDescriptor.of(ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment library = (MemorySegment) load.invokeExact(arena.allocateFrom(file), 1);
      MemorySegment said = (MemorySegment) error.invokeExact();
      return library.address() != 0 ? "it can be loaded now" : said.reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(LIBRARY.find("bedrock_token_" + name).orElseThrow(), type);
  }

  private static void check(int status) {
    if (status != 0) throw new TokenException(status, null);
  }

  /** What no call of the library throws. */
  private static Error impossible(Throwable thrown) {
    if (thrown instanceof RuntimeException unchecked) throw unchecked;
    return thrown instanceof Error error ? error : new AssertionError(thrown);
  }

  /**
   * As C has it, with a NUL at the end. The library refuses 0x7f everywhere, and so what is not ASCII, such as half of a
   * surrogate pair. It must not be signed as another character, or end the string.
   */
  private static MemorySegment string(Arena arena, String s) {
    if (s == null) return MemorySegment.NULL;
    MemorySegment bytes = arena.allocate(s.length() + 1L);
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      bytes.set(JAVA_BYTE, i, c == 0 || c > 0x7f ? 0x7f : (byte) c);
    }
    return bytes;
  }

  private static String message(int status) {
    try {
      return ((MemorySegment) MESSAGE.invokeExact(status)).reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * Generates a token that is valid from now on, offline, in microseconds.
   *
   * @param session null with long-term credentials
   * @param expires how long the token is valid, in whole seconds: 1 second to 12 hours
   */
  public static String generate(
      Service service, String accessKey, String secret, String session, String region, Duration expires) {
    return generate(service, accessKey, secret, session, region, expires, Instant.now());
  }

  /** The same, from a given time on. */
  public static String generate(
      Service service, String accessKey, String secret, String session, String region, Duration expires, Instant at) {
    try (Arena arena = Arena.ofConfined()) {
      // No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
      MemorySegment token = arena.allocate(1024 + 4 * Math.min(session == null ? 0 : session.length(), 65536));
      MemorySegment secretBytes = string(arena, secret), sessionBytes = string(arena, session);
      try {
        check((int) GENERATE_INTO.invokeExact(service.ordinal(), string(arena, accessKey), secretBytes, sessionBytes,
            string(arena, region), seconds(expires), at.getEpochSecond(), token, token.byteSize(), MemorySegment.NULL));
        return token.getString(0);
      } finally {
        for (MemorySegment secrets : new MemorySegment[] {secretBytes, sessionBytes, token}) secrets.fill((byte) 0);
      }
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** 0 is refused. A negative number or one of more than 32 bits must not become another one. */
  private static int seconds(Duration expires) {
    long seconds = expires.getSeconds();
    return seconds < 0 || seconds >= 1L << 32 ? 0 : (int) seconds;
  }

  /** Reads a token, which need not be valid any more. */
  public static Info inspect(String token) {
    try (Arena arena = Arena.ofConfined()) {
      // char[129], char[64], int64_t at 200, int64_t, int32_t, int32_t
      MemorySegment info = arena.allocate(224, 8), bytes = string(arena, token);
      try {
        check((int) INSPECT.invokeExact(bytes, info, info.byteSize()));
      } finally {
        bytes.fill((byte) 0);
      }
      int service = info.get(JAVA_INT, 220);
      return new Info(info.getString(0), info.getString(129), Instant.ofEpochSecond(info.get(JAVA_LONG, 200)),
          Instant.ofEpochSecond(info.get(JAVA_LONG, 208)), info.get(JAVA_INT, 216) != 0,
          service < Service.values().length ? Service.values()[service] : null);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * Credentials for a provider.
   *
   * @param session null with long-term credentials
   * @param expiresAt null if they do not end
   */
  public record Credentials(String accessKey, String secret, String session, Instant expiresAt) {
    @Override public String toString() { return "Credentials of " + accessKey; } // without the secrets
  }

  /** A token, when it is valid, and when it is renewed, in Unix seconds. */
  private record Kept(String token, long validFrom, long renewAt, long waitFrom, long expiresAt) {
    /** The end of the credentials is 0 if they do not end. */
    static Kept of(String token, long issuedAt, int expires, long credentialsExpireAt) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment times = arena.allocate(JAVA_LONG, 4);
        check((int) SCHEDULE.invokeExact(issuedAt, expires, credentialsExpireAt, times, times.byteSize()));
        return new Kept(token, times.getAtIndex(JAVA_LONG, 0), times.getAtIndex(JAVA_LONG, 1),
            times.getAtIndex(JAVA_LONG, 2), times.getAtIndex(JAVA_LONG, 3));
      } catch (Throwable e) {
        throw impossible(e);
      }
    }

    /** The same after a renewal failed. */
    Kept retried(long now) {
      try {
        return new Kept(token, validFrom, (long) RETRY_AT.invokeExact(now, expiresAt), waitFrom, expiresAt);
      } catch (Throwable e) {
        throw impossible(e);
      }
    }

    boolean holds(long now) { return now >= validFrom && now < expiresAt; }
  }

  /**
   * Keeps a token, and asks a source for credentials to generate a new one before the token or its credentials end.
   *
   * <p>Threads, virtual ones too, may share one provider. One call starts the renewal and waits for it. Meanwhile the
   * others get the kept token until shortly before its end; then they wait too. All who wait share the result, also a
   * failure. If the renewal fails while the kept token is valid, callers get that one, and the source is asked again
   * later. bedrock_token_schedule() and bedrock_token_retry_at() of the C library give the times. The failure is a
   * warning of the System.Logger "bedrocktoken".
   *
   * <p>The source runs on a thread of its own. A caller that stops waiting leaves the renewal to the others and to the
   * next call. A source that has not answered for a minute is given up and interrupted: the renewal has failed. If the
   * source asks its own provider for a token, that call is refused, also on a thread that the source started. On a
   * thread of a pool, the call waits until the source is given up.
   */
  public static class Provider {
    private static final System.Logger LOG = System.getLogger("bedrocktoken");

    /** One call of the source. */
    private final class Renewal {
      final CompletableFuture<Kept> ended = new CompletableFuture<>();
      final Thread thread = Thread.ofPlatform().daemon().name("bedrock-token renewal").unstarted(() -> run(this));
      final long givenUpAt = System.nanoTime() + sourceLimit().toNanos();

      long nanosLeft() { return givenUpAt - System.nanoTime(); }
    }

    private final Service service;
    private final String region;
    private final Duration expires;
    private final Callable<Credentials> source;
    /** The renewal's thread, in it and in the threads that the source starts. */
    private final InheritableThreadLocal<Thread> inside = new InheritableThreadLocal<>();

    private volatile Kept kept; // the three are written with the provider locked
    private volatile Renewal renewal;
    private volatile TokenException failure;

    /**
     * Checks all arguments, and does not ask the source yet.
     *
     * @param expires how long each token is valid, in whole seconds: 1 second to 12 hours
     * @param source never asked twice at the same time, unless it was given up. null: there are no credentials now
     */
    public Provider(Service service, String region, Duration expires, Callable<Credentials> source) {
      if (source == null) throw new NullPointerException("source");
      BedrockToken.generate(service, "A", "A", null, region, expires, Instant.EPOCH);
      this.service = service;
      this.region = region;
      this.expires = expires;
      this.source = source;
    }

    /** A token that has not ended: the kept one, or a new one when it is time for that. */
    public String token() throws InterruptedException {
      try {
        return token(Duration.ofSeconds(Long.MAX_VALUE));
      } catch (TimeoutException never) {
        throw new AssertionError(never);
      }
    }

    /** The same, but waits no longer than this. */
    public String token(Duration limit) throws InterruptedException, TimeoutException {
      long start = System.nanoTime();
      while (true) {
        Renewal awaited = renewal;
        if (awaited != null && awaited.nanosLeft() <= 0) giveUp(awaited); // its callers have left
        boolean mine = false;
        Kept kept = this.kept;
        long now = now();
        if (renewal == null && kept != null && kept.holds(now) && now < kept.renewAt) return kept.token;
        synchronized (this) {
          awaited = renewal;
          if (awaited != null && inside.get() == awaited.thread) throw new TokenException(TokenException.REENTRANT, null);
          kept = this.kept;
          now = now();
          if (kept != null && kept.holds(now)
              && (now < kept.renewAt || awaited != null && now < kept.waitFrom)) return kept.token;
          if (awaited == null) {
            mine = true;
            awaited = renewal = new Renewal();
          }
        }
        if (mine) start(awaited);
        try {
          kept = await(awaited, start, limit);
          if (mine || kept.holds(now())) return kept.token; // else it has ended since
        } catch (ExecutionException failed) {
          kept = this.kept;
          if (kept != null && kept.holds(now())) return kept.token;
          TokenException failure = (TokenException) failed.getCause();
          throw new TokenException(failure.status, failure.getCause()); // each caller has its own
        }
      }
    }

    /**
     * For when the service refused the token (HTTP 401 or 403): drops the kept token if it is that one, so that the next
     * call renews. If many threads report the same token, only the first drops it.
     */
    public synchronized void invalidate(String refused) {
      if (kept != null && MessageDigest.isEqual(kept.token.getBytes(), refused.getBytes())) kept = null;
    }

    /** The same for any token. */
    public synchronized void invalidate() { kept = null; }

    /** Why the last renewal failed, although callers may still get the kept token. For health checks. */
    public Optional<TokenException> failure() { return Optional.ofNullable(failure); }

    private void start(Renewal mine) {
      try {
        mine.thread.start();
      } catch (OutOfMemoryError noThread) {
        end(mine, null, new TokenException(TokenException.NO_CREDENTIALS, noThread));
      }
    }

    private void run(Renewal mine) {
      inside.set(mine.thread);
      try {
        end(mine, generate(ask()), null);
      } catch (TokenException refused) {
        end(mine, null, refused);
      } catch (Throwable failed) {
        end(mine, null, new TokenException(TokenException.NO_CREDENTIALS, failed));
      }
    }

    /** Everything that the source throws is its failure, also a TokenException. */
    private Credentials ask() {
      Credentials credentials;
      try {
        credentials = source.call();
      } catch (Throwable failed) {
        throw new TokenException(TokenException.NO_CREDENTIALS, failed);
      }
      check(credentials == null ? TokenException.NO_CREDENTIALS : 0);
      return credentials;
    }

    private Kept generate(Credentials credentials) {
      long now = now();
      // 0 would mean that they do not end.
      long end = credentials.expiresAt == null ? 0 : credentials.expiresAt.getEpochSecond();
      Kept times = Kept.of(null, now, seconds(expires), credentials.expiresAt != null && end == 0 ? -1 : end);
      String token = BedrockToken.generate(service, credentials.accessKey, credentials.secret, credentials.session,
          region, expires, Instant.ofEpochSecond(now));
      return new Kept(token, times.validFrom, times.renewAt, times.waitFrom, times.expiresAt);
    }

    /** Ends a renewal, unless it was given up before. */
    private void end(Renewal ended, Kept renewed, TokenException failed) {
      synchronized (this) {
        if (renewal != ended) return;
        renewal = null;
        failure = failed;
        if (failed == null) kept = renewed;
        else if (kept != null && kept.holds(now())) kept = kept.retried(Math.ceilDiv(nowMillis(), 1000));
      }
      if (failed == null) {
        ended.ended.complete(renewed);
      } else {
        ended.ended.completeExceptionally(failed);
        LOG.log(System.Logger.Level.WARNING, "The renewal of a token failed", failed);
      }
    }

    private Kept await(Renewal awaited, long start, Duration limit)
        throws InterruptedException, ExecutionException, TimeoutException {
      long left = TimeUnit.NANOSECONDS.convert(limit) - (System.nanoTime() - start);
      long sourceLeft = awaited.nanosLeft();
      try {
        return awaited.ended.get(Math.min(left, sourceLeft), TimeUnit.NANOSECONDS);
      } catch (TimeoutException late) {
        if (left < sourceLeft) throw late;
        giveUp(awaited);
        return awaited.ended.get();
      }
    }

    private void giveUp(Renewal late) {
      end(late, null,
          new TokenException(TokenException.NO_CREDENTIALS, new TimeoutException("the source did not answer")));
      late.thread.interrupt();
    }

    private long now() { return Math.floorDiv(nowMillis(), 1000); }
    long nowMillis() { return System.currentTimeMillis(); }
    Duration sourceLimit() { return Duration.ofMinutes(1); }
  }
}
