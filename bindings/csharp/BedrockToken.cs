// Bearer tokens for Amazon Bedrock and Claude Platform on AWS, in C#, with P/Invoke: .NET Core 3 and
// newer, and Mono (there, only on Linux).
using System;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

public enum BedrockTokenService { Bedrock, ClaudePlatform }

/// <summary>The message names the argument at fault, never its value.</summary>
public sealed class BedrockTokenException : Exception
{
    public int Status { get; }
    public BedrockTokenException(int status) : base(BedrockToken.Message(status)) { Status = status; }
}

[StructLayout(LayoutKind.Sequential, CharSet = CharSet.Ansi)]
public struct BedrockTokenInfo
{
    [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 129)] public string AccessKey;
    [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 64)] public string Region;
    public long IssuedAt, ExpiresAt;
    public int HasSession;
    public BedrockTokenService Service;
}

[StructLayout(LayoutKind.Sequential)]
struct BedrockTokenTimes
{
    public long ValidFrom, RenewAt, WaitFrom, ExpiresAt;
}

public static class BedrockToken
{
    const string Library = "libbedrock_token.so.0";
    const UnmanagedType Utf8 = UnmanagedType.LPUTF8Str;

    [DllImport(Library)] static extern int bedrock_token_generate_into(BedrockTokenService service,
        [MarshalAs(Utf8)] string accessKey, [MarshalAs(Utf8)] string secret, [MarshalAs(Utf8)] string session,
        [MarshalAs(Utf8)] string region, uint expires, long signingTime, byte[] buffer, UIntPtr capacity, out UIntPtr length);
    [DllImport(Library)] static extern int bedrock_token_inspect([MarshalAs(Utf8)] string token, ref BedrockTokenInfo info, UIntPtr size);
    [DllImport(Library)] static extern int bedrock_token_schedule(long issuedAt, uint expires, long credentialsExpireAt,
        out BedrockTokenTimes times, UIntPtr size);
    [DllImport(Library)] static extern long bedrock_token_retry_at(long now, long expiresAt);
    // A string would be freed by the marshaller.
    [DllImport(Library)] static extern IntPtr bedrock_token_status_message(int status);

    static BedrockToken()
    {
        string file = Library;
#if NETCOREAPP3_0_OR_GREATER
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows)) file = "bedrock_token.dll";
        if (RuntimeInformation.IsOSPlatform(OSPlatform.OSX)) file = "libbedrock_token.0.dylib";
        NativeLibrary.SetDllImportResolver(typeof(BedrockToken).Assembly,
            (name, assembly, path) => name == Library && NativeLibrary.TryLoad(file, assembly, path, out IntPtr library) ? library : IntPtr.Zero);
#endif
        try
        {
            bedrock_token_status_message(0);
        }
        catch (DllNotFoundException missing)
        {
            throw new DllNotFoundException("cannot load " + file + ": install bedrock-token, or add the folder of this file to"
                + " LD_LIBRARY_PATH (macOS: DYLD_LIBRARY_PATH, Windows: PATH)", missing);
        }
    }

    /// <summary>A token that is valid from now on, or from <paramref name="at"/> on, in Unix seconds. The session token
    /// is null with long-term credentials.</summary>
    public static string Generate(string accessKey, string secret, string session, string region, uint expires = 43200,
        BedrockTokenService service = BedrockTokenService.Bedrock, long? at = null)
    {
        accessKey = Text(accessKey);
        secret = Text(secret);
        session = Text(session);
        region = Text(region);
        long time = at ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        // No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
        var buffer = new byte[1024 + 4 * Math.Min(session == null ? 0 : session.Length, 65536)];
        Check(bedrock_token_generate_into(
            service, accessKey, secret, session, region, expires, time, buffer, (UIntPtr)buffer.Length, out UIntPtr length));
        return Encoding.ASCII.GetString(buffer, 0, (int)length);
    }

    public static BedrockTokenInfo Inspect(string token)
    {
        var info = new BedrockTokenInfo();
        Check(bedrock_token_inspect(Text(token), ref info, (UIntPtr)Marshal.SizeOf(info)));
        return info;
    }

    // C would end the string at a NUL inside. "\x7f" is refused.
    static string Text(string s) => s != null && s.IndexOf('\0') >= 0 ? "\x7f" : s;

    public static string Message(int status) => Marshal.PtrToStringAnsi(bedrock_token_status_message(status));
    public static void Check(int status) { if (status != 0) throw new BedrockTokenException(status); }

    // credentialsExpireAt is 0 if they do not end.
    internal static BedrockTokenTimes Schedule(long issuedAt, uint expires, long credentialsExpireAt)
    {
        Check(bedrock_token_schedule(issuedAt, expires, credentialsExpireAt, out BedrockTokenTimes times,
            (UIntPtr)Marshal.SizeOf<BedrockTokenTimes>()));
        return times;
    }

    internal static long RetryAt(long now, long expiresAt) => bedrock_token_retry_at(now, expiresAt);
}

public sealed class BedrockTokenCredentials
{
    public string AccessKey, Secret;
    /// <summary>Null with long-term credentials.</summary>
    public string Session;
    /// <summary>Null if the credentials do not end.</summary>
    public DateTimeOffset? ExpiresAt;
}

/// <summary>Keeps a token, and renews it before it or its credentials end. Threads and tasks may share one: one renews,
/// and the others use the kept token until shortly before its end, then wait.</summary>
public class BedrockTokenProvider
{
    sealed class Kept
    {
        public string Token;
        public BedrockTokenTimes Times;

        public bool Holds(long now) => now >= Times.ValidFrom && now < Times.ExpiresAt;
        public bool IsFresh(long now) => Holds(now) && now < Interlocked.Read(ref Times.RenewAt);
    }

    readonly string region;
    readonly uint expires;
    readonly BedrockTokenService service;
    readonly Func<CancellationToken, Task<BedrockTokenCredentials>> source;
    readonly SemaphoreSlim turn = new SemaphoreSlim(1, 1);
    // What the source's own tasks see: the renewal that they are part of.
    readonly AsyncLocal<object> inside = new AsyncLocal<object>();
    volatile object renewal;
    volatile Kept kept;

    public BedrockTokenProvider(string region, Func<CancellationToken, Task<BedrockTokenCredentials>> source,
        uint expires = 43200, BedrockTokenService service = BedrockTokenService.Bedrock)
    {
        this.region = region;
        this.source = source;
        this.expires = expires;
        this.service = service;
    }

    public async Task<string> GetAsync(CancellationToken cancellation = default(CancellationToken))
    {
        object running = renewal;
        if (running != null && inside.Value == running) BedrockToken.Check(16); // the source itself asks for the token
        Kept kept = this.kept;
        long now = Now().ToUnixTimeSeconds();
        if (kept != null && (kept.IsFresh(now) || running != null && kept.Holds(now) && now < kept.Times.WaitFrom)) return kept.Token;
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            renewal = inside.Value = new object();
            return await RenewAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            renewal = null;
            turn.Release();
        }
    }

    /// <summary>For when the service refused the token: drops the kept one if it is that one, or if none is
    /// given.</summary>
    public void Invalidate(string refused = null)
    {
        Kept kept = this.kept;
        if (refused == null || kept != null && Same(kept.Token, refused)) this.kept = null;
    }

    // Compares all characters in any case.
    static bool Same(string one, string other)
    {
        int difference = one.Length ^ other.Length;
        for (int i = 0; i < Math.Min(one.Length, other.Length); i++) difference |= one[i] ^ other[i];
        return difference == 0;
    }

    async Task<string> RenewAsync(CancellationToken cancellation)
    {
        Kept kept = this.kept;
        if (kept != null && kept.IsFresh(Now().ToUnixTimeSeconds())) return kept.Token;
        try
        {
            this.kept = kept = await GenerateAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception) when (kept != null && kept == this.kept && kept.Holds(Now().ToUnixTimeSeconds())
            && !cancellation.IsCancellationRequested)
        {
            long next = Now().AddSeconds(1).AddTicks(-1).ToUnixTimeSeconds(); // rounded up
            Interlocked.Exchange(ref kept.Times.RenewAt, BedrockToken.RetryAt(next, kept.Times.ExpiresAt));
        }
        return kept.Token;
    }

    async Task<Kept> GenerateAsync(CancellationToken cancellation)
    {
        BedrockTokenCredentials credentials = await source(cancellation).ConfigureAwait(false);
        if (credentials == null) BedrockToken.Check(12);
        long now = Now().ToUnixTimeSeconds(), end = 0;
        if (credentials.ExpiresAt is DateTimeOffset given)
        {
            end = given.ToUnixTimeSeconds();
            if (end == 0) end = -1; // 0 would mean that they do not end
        }
        BedrockTokenTimes times = BedrockToken.Schedule(now, expires, end);
        string token = BedrockToken.Generate(
            credentials.AccessKey, credentials.Secret, credentials.Session, region, expires, service, now);
        return new Kept { Token = token, Times = times };
    }

    internal virtual DateTimeOffset Now() => DateTimeOffset.UtcNow;
}
