//! AWS Bedrock API keys in Zig: zig run example.zig -lc -lbedrock_token -L PREFIX/lib
pub const String = ?[*:0]const u8;
extern "bedrock_token" fn bedrock_token_generate(access_key: String, secret: String, session: String, region: String, expires: u32, out_buf: *?[*:0]u8, len: ?*usize) i32;
extern "bedrock_token" fn bedrock_token_free(token: ?[*:0]u8) void;
extern "bedrock_token" fn bedrock_token_inspect(token: String, info: *Info, info_size: usize) i32;
extern "bedrock_token" fn bedrock_token_status_message(status: i32) [*:0]const u8;

pub const Info = extern struct {
    access_key: [128:0]u8,
    region: [63:0]u8,
    issued_at: i64,
    expires_at: i64,
    has_session: i32,
};

/// Owned by the library: to be given back, not to be freed by an allocator.
pub const Token = struct {
    text: [:0]u8,

    pub fn deinit(self: Token) void {
        bedrock_token_free(self.text.ptr);
    }
};

/// A result, or why there is none, as in bedrock_token.h.
pub fn Result(comptime T: type) type {
    return union(enum) { ok: T, status: i32 };
}

pub fn generate(access_key: String, secret: String, session: String, region: String, expires: u32) Result(Token) {
    var out: ?[*:0]u8 = null;
    var len: usize = 0;
    const status = bedrock_token_generate(access_key, secret, session, region, expires, &out, &len);
    return if (status == 0) .{ .ok = .{ .text = out.?[0..len :0] } } else .{ .status = status };
}

pub fn inspect(token: String) Result(Info) {
    var info: Info = undefined;
    const status = bedrock_token_inspect(token, &info, @sizeOf(Info));
    return if (status == 0) .{ .ok = info } else .{ .status = status };
}

/// In words that name the argument at fault, never its value.
pub const message = bedrock_token_status_message;
