//! Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in Zig: zig run example.zig -lc
//! -lbedrock_token -L PREFIX/lib. If the program cannot load the library, install bedrock-token, or add
//! the folder of libbedrock_token.so.0 to LD_LIBRARY_PATH (macOS: DYLD_LIBRARY_PATH, Windows:
//! bedrock_token.dll, PATH).
pub const String = ?[*:0]const u8;

pub const Service = enum(i32) { bedrock, claude_platform };

pub const Info = extern struct {
    access_key: [128:0]u8,
    region: [63:0]u8,
    issued_at: i64,
    expires_at: i64,
    has_session: i32,
    /// A number of Service, or one that a newer library knows.
    service: i32,
};

/// For a provider. The strings must live until the callback is called again or the provider is freed.
pub const Credentials = extern struct {
    access_key: String,
    secret: String,
    /// Null with long-term credentials.
    session: String,
    /// Unix seconds; 0 if they do not end.
    expires_at: i64,
};

/// Gives 0, or any other value if there are no credentials now.
pub const Source = *const fn (context: ?*anyopaque, credentials: *Credentials) callconv(.c) i32;

extern "bedrock_token" fn bedrock_token_generate_into(service: i32, access_key: String, secret: String, session: String, region: String, expires: u32, signing_time: i64, buf: ?[*]u8, capacity: usize, len: *usize) i32;
extern "bedrock_token" fn bedrock_token_free(token: ?[*:0]u8) void;
extern "bedrock_token" fn bedrock_token_inspect(token: String, info: *Info, info_size: usize) i32;
extern "bedrock_token" fn bedrock_token_provider_new(service: i32, region: String, expires: u32, source: Source, context: ?*anyopaque, provider: *?*anyopaque) i32;
extern "bedrock_token" fn bedrock_token_provider_get(provider: ?*anyopaque, out_buf: *?[*:0]u8, len: *usize, expires_at: *i64) i32;
extern "bedrock_token" fn bedrock_token_provider_invalidate(provider: ?*anyopaque) void;
extern "bedrock_token" fn bedrock_token_provider_free(provider: ?*anyopaque) void;
extern "bedrock_token" fn bedrock_token_status_message(status: i32) [*:0]const u8;

/// A result, or why there is none, as in bedrock_token.h.
pub fn Result(comptime T: type) type {
    return union(enum) { ok: T, status: i32 };
}

/// In words that name the argument at fault, never its value.
pub const message = bedrock_token_status_message;

/// Writes a token into the buffer that is valid from `time` on, in Unix seconds. If there is no room, the
/// status is 9. The session token is null with long-term credentials.
pub fn generate(service: Service, access_key: String, secret: String, session: String, region: String, expires: u32, time: i64, buffer: []u8) Result([:0]u8) {
    var len: usize = 0;
    const status = bedrock_token_generate_into(@backingInt(service), access_key, secret, session, region, expires, time, buffer.ptr, buffer.len, &len);
    return if (status == 0) .{ .ok = buffer[0..len :0] } else .{ .status = status };
}

pub fn inspect(token: String) Result(Info) {
    var info: Info = undefined;
    const status = bedrock_token_inspect(token, &info, @sizeOf(Info));
    return if (status == 0) .{ .ok = info } else .{ .status = status };
}

/// Keeps a token, and renews it before it or its credentials end. Threads may share one.
pub const Provider = struct {
    native: ?*anyopaque,

    pub const Token = struct {
        text: [:0]u8,
        /// Unix seconds.
        expires_at: i64,

        /// The library wipes and frees it.
        pub fn deinit(self: Token) void {
            bedrock_token_free(self.text.ptr);
        }
    };

    pub fn init(service: Service, region: String, expires: u32, source: Source, context: ?*anyopaque) Result(Provider) {
        var native: ?*anyopaque = null;
        const status = bedrock_token_provider_new(@backingInt(service), region, expires, source, context, &native);
        return if (status == 0) .{ .ok = .{ .native = native } } else .{ .status = status };
    }

    pub fn deinit(self: Provider) void {
        bedrock_token_provider_free(self.native);
    }

    pub fn get(self: Provider) Result(Token) {
        var out: ?[*:0]u8 = null;
        var len: usize = 0;
        var expires_at: i64 = 0;
        const status = bedrock_token_provider_get(self.native, &out, &len, &expires_at);
        return if (status == 0) .{ .ok = .{ .text = out.?[0..len :0], .expires_at = expires_at } } else .{ .status = status };
    }

    /// For when the service refused the token.
    pub fn invalidate(self: Provider) void {
        bedrock_token_provider_invalidate(self.native);
    }
};
