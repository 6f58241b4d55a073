// AWS Bedrock API keys in C#, with P/Invoke: .NET and Mono.
using System;
using System.Runtime.InteropServices;

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
}

public static class BedrockToken
{
    public const string Library = "libbedrock_token.so.0";
    const UnmanagedType Utf8 = UnmanagedType.LPUTF8Str;

    // A token is an IntPtr: a string would be freed by the marshaller, with a free() that is not the library's.
    [DllImport(Library)] static extern int bedrock_token_generate([MarshalAs(Utf8)] string accessKey,
        [MarshalAs(Utf8)] string secret, [MarshalAs(Utf8)] string session, [MarshalAs(Utf8)] string region,
        uint expires, out IntPtr token, IntPtr length);
    [DllImport(Library)] static extern void bedrock_token_free(IntPtr token);
    [DllImport(Library)] static extern int bedrock_token_inspect([MarshalAs(Utf8)] string token, ref BedrockTokenInfo info, UIntPtr size);
    [DllImport(Library)] static extern IntPtr bedrock_token_status_message(int status);

    public static string Generate(string accessKey, string secret, string session, string region, uint expires = 43200)
    {
        Check(bedrock_token_generate(accessKey, secret, session, region, expires, out IntPtr token, IntPtr.Zero));
        try { return Marshal.PtrToStringAnsi(token); }
        finally { bedrock_token_free(token); }
    }

    public static BedrockTokenInfo Inspect(string token)
    {
        var info = new BedrockTokenInfo();
        Check(bedrock_token_inspect(token, ref info, (UIntPtr)Marshal.SizeOf(info)));
        return info;
    }

    public static string Message(int status) => Marshal.PtrToStringAnsi(bedrock_token_status_message(status));
    public static void Check(int status) { if (status != 0) throw new BedrockTokenException(status); }
}
