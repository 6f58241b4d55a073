// zig translate-c -lc PREFIX/include/bedrock_token.h >bedrock_token.zig
// zig run example.zig -lc -lbedrock_token -L PREFIX/lib
const c = @import("bedrock_token.zig");

extern "c" fn printf(format: [*:0]const u8, ...) c_int;

const key = "AKIAIOSFODNN7EXAMPLE";
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn source(_: ?*anyopaque, credentials: [*c]c.bedrock_token_credentials) callconv(.c) i32 {
    credentials.* = .{ .access_key = key, .secret = secret, .session = null, .expires_at = 0 };
    return c.BEDROCK_TOKEN_OK;
}

fn check(status: c.bedrock_token_status) void {
    if (status != c.BEDROCK_TOKEN_OK) @panic("no token");
}

pub fn main() void {
    const life = c.BEDROCK_TOKEN_EXPIRES_DEFAULT;
    var token: [*c]u8 = null;
    check(c.bedrock_token_generate(key, secret, null, "eu-central-1", life, &token, null));
    defer c.bedrock_token_free(token);
    var info: c.bedrock_token_info = undefined;
    check(c.bedrock_token_inspect(token, &info, @sizeOf(c.bedrock_token_info)));
    _ = printf("%s\n%s %s %lld\n", token, &info.access_key, &info.region, info.expires_at);

    var refused: [*c]u8 = null;
    const status = c.bedrock_token_generate(key, secret ++ "\n", null, "eu-central-1", life, &refused, null);
    _ = printf("refused: %s\n", c.bedrock_token_status_message(status));

    // In a server: one for all threads. It asks for credentials when it needs them.
    var provider: ?*c.bedrock_token_provider = null;
    const service = c.BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM;
    check(c.bedrock_token_provider_new(service, "us-west-2", life, source, null, &provider));
    defer c.bedrock_token_provider_free(provider);
    var kept: [*c]u8 = null;
    check(c.bedrock_token_provider_get(provider, &kept, null, null));
    defer c.bedrock_token_free(kept);
    _ = printf("%s\n", kept);
}
