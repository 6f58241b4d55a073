//! A worker of benches/languages.py: this file's neighbour, and std.crypto by hand.
const std = @import("std");
const bedrock_token = @import("bedrock_token.zig");
const HmacSha256 = std.crypto.auth.hmac.sha2.HmacSha256;
const Sha256 = std.crypto.hash.sha2.Sha256;

const key = "AKIAIOSFODNN7EXAMPLE";
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const region = "eu-central-1";

fn byHand(session: []const u8, now: i64, buffer: []u8) ![]const u8 {
    const time: std.time.epoch.EpochSeconds = .{ .secs = @intCast(now) };
    const year_day = time.getEpochDay().calculateYearDay();
    const month_day = year_day.calculateMonthDay();
    const of_day = time.getDaySeconds();
    var date_memory: [16]u8 = undefined;
    const date = try std.fmt.bufPrint(&date_memory, "{d:0>4}{d:0>2}{d:0>2}T{d:0>2}{d:0>2}{d:0>2}Z", .{
        year_day.year,            month_day.month.numeric(),   month_day.day_index + 1,
        of_day.getHoursIntoDay(), of_day.getMinutesIntoHour(), of_day.getSecondsIntoMinute(),
    });
    const day = date[0..8];

    var memory: [8192]u8 = undefined;
    var url: std.Io.Writer = .fixed(&memory);
    try url.print("bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256" ++
        "&X-Amz-Credential={s}%2F{s}%2F{s}%2Fbedrock%2Faws4_request&X-Amz-Date={s}&X-Amz-Expires=43200", .{ key, day, region, date });
    if (session.len > 0) {
        try url.writeAll("&X-Amz-Security-Token=");
        try std.Uri.Component.percentEncode(&url, session, isUnreserved);
    }
    try url.writeAll("&X-Amz-SignedHeaders=host");

    var request = Sha256.init(.{});
    request.update("POST\n/\n");
    request.update(url.buffered()["bedrock.amazonaws.com/?".len..]);
    request.update("\nhost:bedrock.amazonaws.com\n\nhost\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    var mac: [32]u8 = undefined;
    HmacSha256.create(&mac, day, "AWS4" ++ secret);
    for ([_][]const u8{ region, "bedrock", "aws4_request" }) |part| HmacSha256.create(&mac, part, &mac);
    var text: [256]u8 = undefined;
    HmacSha256.create(&mac, try std.fmt.bufPrint(&text, "AWS4-HMAC-SHA256\n{s}\n{s}/{s}/bedrock/aws4_request\n{x}", .{
        date, day, region, &request.finalResult(),
    }), &mac);
    try url.print("&X-Amz-Signature={x}&Version=1", .{&mac});
    return std.fmt.bufPrint(buffer, "bedrock-api" ++ "-key-{b64}", .{url.buffered()});
}

fn isUnreserved(c: u8) bool {
    return switch (c) {
        'A'...'Z', 'a'...'z', '0'...'9', '-', '_', '.', '~' => true,
        else => false,
    };
}

fn source(_: ?*anyopaque, credentials: *bedrock_token.Credentials) callconv(.c) i32 {
    credentials.* = .{ .access_key = key, .secret = secret, .session = null, .expires_at = 0 };
    return 0;
}

const Operation = enum { generate, kept, by_hand };

const Worker = struct {
    io: std.Io,
    provider: bedrock_token.Provider,
    buffer: [8192]u8 = undefined,

    /// Valid until the next one.
    fn token(self: *Worker, operation: Operation, session: [:0]const u8) ![]const u8 {
        const now = std.Io.Clock.real.now(self.io).toSeconds();
        switch (operation) {
            .generate => return bedrock_token.generate(.bedrock, key, secret, session, region, 43200, now, &self.buffer).ok,
            .kept => {
                const kept = self.provider.get().ok;
                defer kept.deinit();
                return std.fmt.bufPrint(&self.buffer, "{s}", .{kept.text});
            },
            .by_hand => return byHand(session, now, &self.buffer),
        }
    }
};

const Texts = [64][:0]const u8;

fn read(io: std.Io, arena: std.mem.Allocator, folder: []const u8, length: []const u8) !Texts {
    const path = try std.fs.path.join(arena, &.{ folder, length });
    var lines = std.mem.splitScalar(u8, try std.Io.Dir.cwd().readFileAlloc(io, path, arena, .unlimited), '\n');
    var texts: Texts = undefined;
    for (&texts) |*text| text.* = try arena.dupeSentinel(u8, lines.next().?, 0);
    return texts;
}

pub fn main(init: std.process.Init) !void {
    const io = init.io;
    const arena = init.arena.allocator();
    const folder = (try init.minimal.args.toSlice(arena))[1];
    var worker: Worker = .{ .io = io, .provider = bedrock_token.Provider.init(.bedrock, region, 43200, source, null).ok };
    var input_memory: [256]u8 = undefined;
    var input = std.Io.File.stdin().readerStreaming(io, &input_memory);
    var output_memory: [8192]u8 = undefined;
    var output = std.Io.File.stdout().writerStreaming(io, &output_memory);
    var sessions: std.array_hash_map.String(Texts) = .empty;
    while (try input.interface.takeDelimiter('\n')) |line| {
        var words = std.mem.splitScalar(u8, line, ' ');
        const command = words.next().?;
        const operation = std.meta.stringToEnum(Operation, words.next().?).?;
        const length = words.next().?;
        const first = try std.fmt.parseInt(usize, words.next().?, 10);
        if (!sessions.contains(length)) try sessions.put(arena, try arena.dupe(u8, length), try read(io, arena, folder, length));
        const texts = sessions.getPtr(length).?;
        if (std.mem.eql(u8, command, "token")) {
            try output.interface.print("{s}\n", .{try worker.token(operation, texts[first])});
        } else {
            const started = std.Io.Clock.awake.now(io);
            for (0..first) |i| std.mem.doNotOptimizeAway(try worker.token(operation, texts[i % texts.len]));
            try output.interface.print("{d}\n", .{started.untilNow(io, .awake).toNanoseconds()});
        }
        try output.interface.flush();
    }
}
