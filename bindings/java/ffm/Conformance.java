import static java.lang.foreign.ValueLayout.*;

import java.lang.foreign.*;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Scanner;
import java.util.function.Supplier;

public final class Conformance {
  private static final MethodHandle GENERATE_INTO = BedrockToken.function("generate_into", FunctionDescriptor.of(
      JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));

  private static String generateAt(String[] s, int expires, long time) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocate(JAVA_LONG);
      MemorySegment[] c =
          Arrays.stream(s).map(string -> BedrockToken.string(arena, string)).toArray(MemorySegment[]::new);
      BedrockToken.call(GENERATE_INTO, c[0], c[1], c[2], c[3], expires, time, MemorySegment.NULL, 0L, length);
      MemorySegment buffer = arena.allocate(length.get(JAVA_LONG, 0) + 1);
      BedrockToken.check(BedrockToken.call(
          GENERATE_INTO, c[0], c[1], c[2], c[3], expires, time, buffer, buffer.byteSize(), length));
      return buffer.getString(0);
    }
  }

  private static void answer(Supplier<String> generate) {
    try {
      String token = generate.get();
      BedrockToken.Info info = BedrockToken.inspect(token);
      System.out.printf("0\t%s\t%s\t%s\t%d\t%d\t%d%n", token, info.accessKey(), info.region(), info.issuedAt(),
          info.expiresAt(), info.hasSession() ? 1 : 0);
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
