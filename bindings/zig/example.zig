const bedrock_token = @import("bedrock_token.zig");

extern "c" fn printf(format: [*:0]const u8, ...) c_int;

pub fn main() void {
    const key = "AKIAIOSFODNN7EXAMPLE";
    const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const token = bedrock_token.generate(key, secret, null, "eu-central-1", 43200).ok;
    defer token.deinit();
    const info = bedrock_token.inspect(token.text).ok;
    _ = printf("%s\n%s %s %lld\n", token.text.ptr, &info.access_key, &info.region, @as(c_longlong, info.expires_at));
    switch (bedrock_token.generate(key, secret ++ "\n", null, "eu-central-1", 43200)) {
        .ok => |never| never.deinit(),
        .status => |status| _ = printf("refused: %s\n", bedrock_token.message(status)),
    }
}
