// AWS Bedrock API keys in Java 22 and newer, with the JDK's own Foreign Function and Memory API.
import static java.lang.foreign.ValueLayout.*;

import java.lang.foreign.*;
import java.lang.invoke.MethodHandle;

public final class BedrockToken {
  /** The message names the argument at fault, never its value. */
  public static final class Failure extends RuntimeException {
    public final int status;
    Failure(int status) { super(string(call(MESSAGE, status))); this.status = status; }
  }
  public record Info(String accessKey, String region, long issuedAt, long expiresAt, boolean hasSession) {}

  static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup("libbedrock_token.so.0", Arena.global());
  private static final MethodHandle GENERATE = function("generate", FunctionDescriptor.of(
      JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle FREE = function("free", FunctionDescriptor.ofVoid(ADDRESS));
  private static final MethodHandle INSPECT = function("inspect", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
  private static final MethodHandle MESSAGE = function("status_message", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  static MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(LIBRARY.find("bedrock_token_" + name).orElseThrow(), type);
  }
  static Object call(MethodHandle function, Object... arguments) {
    try { return function.invokeWithArguments(arguments); } catch (Throwable e) { throw new AssertionError(e); }
  }
  static void check(Object status) { if ((int) status != 0) throw new Failure((int) status); }
  static MemorySegment string(Arena arena, String s) { return s == null ? MemorySegment.NULL : arena.allocateFrom(s); }
  static String string(Object pointer) { return ((MemorySegment) pointer).reinterpret(Long.MAX_VALUE).getString(0); }

  public static String generate(String accessKey, String secret, String session, String region, int expires) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      check(call(GENERATE, string(arena, accessKey), string(arena, secret), string(arena, session),
          string(arena, region), expires, out, MemorySegment.NULL));
      String token = string(out.get(ADDRESS, 0)); // a copy
      call(FREE, out.get(ADDRESS, 0));
      return token;
    }
  }

  public static Info inspect(String token) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(224, 8); // char[129], char[64], int64_t at 200, int64_t, int32_t
      check(call(INSPECT, string(arena, token), info, info.byteSize()));
      return new Info(info.getString(0), info.getString(129), info.get(JAVA_LONG, 200),
          info.get(JAVA_LONG, 208), info.get(JAVA_INT, 216) != 0);
    }
  }
}
