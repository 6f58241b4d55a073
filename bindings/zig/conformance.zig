const std = @import("std");
const bedrock_token = @import("bedrock_token.zig");
const String = bedrock_token.String;

extern "c" fn printf(format: [*:0]const u8, ...) c_int;
extern "c" fn time(out: ?*c_long) c_long;
extern "c" fn getline(line: *?[*:0]u8, capacity: *usize, stream: *anyopaque) isize;
extern "c" var stdin: *anyopaque;

fn text(space: []u8, field: []const u8) String {
    if (field[0] == '-') return null;
    const length = (field.len - 1) / 2;
    _ = std.fmt.hexToBytes(space, field[1..]) catch unreachable;
    space[length] = 0;
    return space[0..length :0].ptr;
}

fn answer(result: bedrock_token.Result([:0]u8)) void {
    switch (result) {
        .ok => |token| {
            const info = bedrock_token.inspect(token).ok;
            _ = printf("0\t%s\t%d\t%s\t%s\t%lld\t%lld\t%d\n", token.ptr, info.service, &info.access_key, &info.region, @as(c_longlong, info.issued_at), @as(c_longlong, info.expires_at), info.has_session);
        },
        .status => |status| _ = printf("%d\t%s\n", status, bedrock_token.message(status)),
    }
}

var memory: [4][1 << 17]u8 = undefined;
var buffer: [1 << 19]u8 = undefined;

pub fn main() !void {
    var line: ?[*:0]u8 = null;
    var capacity: usize = 0;
    while (true) {
        const read = getline(&line, &capacity, stdin);
        if (read <= 0) return;
        var fields = std.mem.splitScalar(u8, line.?[0..@intCast(read - 1)], '\t');
        const number = try std.fmt.parseInt(i32, fields.next().?, 10);
        const service = switch (number) {
            0 => bedrock_token.Service.bedrock,
            1 => bedrock_token.Service.claude_platform,
            else => {
                _ = printf("-\n-\n"); // an enum has no other values
                continue;
            },
        };
        var s: [4]String = undefined;
        var lengths: [4]usize = undefined;
        for (&s, &memory, &lengths) |*string, *space, *length| {
            const field = fields.next().?;
            length.* = (field.len - 1) / 2;
            string.* = text(space, field);
        }
        const has_nul = for (s, &memory, lengths) |string, *space, length| {
            if (string != null and std.mem.indexOfScalar(u8, space[0..length], 0) != null) break true;
        } else false;
        if (has_nul) {
            _ = printf("-\n-\n"); // it ends a String
            continue;
        }
        const expires = try std.fmt.parseInt(u32, fields.next().?, 10);
        const at = try std.fmt.parseInt(i64, fields.next().?, 10);
        answer(bedrock_token.generate(service, s[0], s[1], s[2], s[3], expires, at, &buffer));
        answer(bedrock_token.generate(service, s[0], s[1], s[2], s[3], expires, time(null), &buffer));
    }
}
