const bedrock_token = @import("bedrock_token.zig");

extern "c" fn printf(format: [*:0]const u8, ...) c_int;
extern "c" fn time(out: ?*c_long) c_long;

const key = "AKIAIOSFODNN7EXAMPLE";
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn source(_: ?*anyopaque, credentials: *bedrock_token.Credentials) callconv(.c) i32 {
    credentials.* = .{ .access_key = key, .secret = secret, .session = null, .expires_at = time(null) + 900 };
    return 0;
}

pub fn main() void {
    var buffer: [4096]u8 = undefined; // with a long session token, more
    const token = bedrock_token.generate(.bedrock, key, secret, null, "eu-central-1", 43200, time(null), &buffer).ok;
    const info = bedrock_token.inspect(token).ok;
    _ = printf("%s\n%s %s %lld\n", token.ptr, &info.access_key, &info.region, @as(c_longlong, info.expires_at));
    switch (bedrock_token.generate(.bedrock, key, secret ++ "\n", null, "eu-central-1", 43200, time(null), &buffer)) {
        .ok => {},
        .status => |status| _ = printf("refused: %s\n", bedrock_token.message(status)),
    }

    // In a server: one for all threads. It asks for credentials when it needs them.
    const provider = bedrock_token.Provider.init(.claude_platform, "us-west-2", 43200, source, null).ok;
    defer provider.deinit();
    const kept = provider.get().ok;
    defer kept.deinit();
    _ = printf("%s\n", kept.text.ptr);
}
