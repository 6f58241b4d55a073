// zig translate-c -lc PREFIX/include/bedrock_token.h >bedrock_token.zig
// zig run example.zig -lc -lbedrock_token -L PREFIX/lib
const c = @import("bedrock_token.zig");

extern "c" fn printf(format: [*:0]const u8, ...) c_int;

const key = "AKIAIOSFODNN7EXAMPLE";
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn generate(service: c.bedrock_token_service, secret_key: [*:0]const u8, region: [*:0]const u8) ?[*:0]u8 {
    var token: [*c]u8 = null;
    const life = c.BEDROCK_TOKEN_EXPIRES_DEFAULT;
    const status = c.bedrock_token_generate_for(service, key, secret_key, null, region, life, &token, null);
    if (status == c.BEDROCK_TOKEN_OK) return token;
    _ = printf("refused: %s\n", c.bedrock_token_status_message(status));
    return null;
}

pub fn main() void {
    const token = generate(c.BEDROCK_TOKEN_SERVICE_BEDROCK, secret, "eu-central-1").?;
    defer c.bedrock_token_free(token);
    var info: c.bedrock_token_info = undefined;
    if (c.bedrock_token_inspect(token, &info, @sizeOf(c.bedrock_token_info)) != c.BEDROCK_TOKEN_OK) return;
    _ = printf("%s\n%s %s %lld\n", token, &info.access_key, &info.region, info.expires_at);

    _ = generate(c.BEDROCK_TOKEN_SERVICE_BEDROCK, secret ++ "\n", "eu-central-1");

    const other = generate(c.BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM, secret, "us-west-2").?;
    defer c.bedrock_token_free(other);
    _ = printf("%s\n", other);
}
