using System;
using System.Text;

namespace BedrockToken
{
    /// <summary>The services that take bearer tokens.</summary>
    public enum BearerTokenService
    {
        /// <summary>Amazon Bedrock.</summary>
        Bedrock,
        /// <summary>Claude Platform on AWS.</summary>
        ClaudePlatform,
    }

    /// <summary>A refusal. The message names the argument at fault, and never shows its value.</summary>
    public sealed class BearerTokenException : Exception
    {
        internal const int NoCredentials = 12, Reentrant = 16;

        /// <summary>The number of the refusal: BEDROCK_TOKEN_ERR_* in the C library's header.</summary>
        public int Status { get; }

        internal BearerTokenException(int status, Exception? reason = null) : base(Native.Message(status), reason) => Status = status;
    }

    /// <summary>What a token says of itself, but not its secret parts.</summary>
    public sealed class BearerTokenInfo
    {
        /// <summary>The access key that signed the token.</summary>
        public string AccessKey { get; }
        /// <summary>The region that the token is for.</summary>
        public string Region { get; }
        /// <summary>When the token was generated.</summary>
        public DateTimeOffset IssuedAt { get; }
        /// <summary>When the token ends. It ends sooner if its credentials do. The year 9999 is the last that this
        /// type knows.</summary>
        public DateTimeOffset ExpiresAt { get; }
        /// <summary>Whether the token contains a session token.</summary>
        public bool HasSession { get; }
        /// <summary>The service that the token is for.</summary>
        public BearerTokenService Service { get; }

        internal unsafe BearerTokenInfo(Native.Info info)
        {
            AccessKey = new string((sbyte*)info.AccessKey);
            Region = new string((sbyte*)info.Region);
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(info.IssuedAt);
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(Math.Min(info.ExpiresAt, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
            HasSession = info.HasSession != 0;
            Service = (BearerTokenService)info.Service;
        }
    }

    /// <summary>Bearer tokens for Amazon Bedrock and Claude Platform on AWS.</summary>
    public static unsafe class BearerToken
    {
        /// <summary>Generates a token, offline, in microseconds. Any thread may call this.</summary>
        /// <param name="accessKey">The access key.</param>
        /// <param name="secret">The secret access key.</param>
        /// <param name="session">The session token; null with long-term credentials.</param>
        /// <param name="region">The region, such as us-east-1.</param>
        /// <param name="expires">How long the token is valid, in whole seconds: 1 second to 12 hours. Null is 12 hours.</param>
        /// <param name="service">The service that the token is for.</param>
        /// <param name="at">From when on the token is valid. Null is now.</param>
        /// <exception cref="BearerTokenException">An argument is wrong.</exception>
        public static string Generate(string accessKey, string secret, string? session, string region, TimeSpan? expires = null,
            BearerTokenService service = BearerTokenService.Bedrock, DateTimeOffset? at = null) =>
            Generate(accessKey, secret, session, region, Seconds(expires), service, (at ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds());

        /// <summary>Reads a token. It need not be valid any more.</summary>
        /// <exception cref="BearerTokenException">This is not a token.</exception>
        public static BearerTokenInfo Inspect(string token)
        {
            byte[]? bytes = Bytes(token);
            Native.Info info;
            try
            {
                fixed (byte* text = bytes) Check(Native.bedrock_token_inspect(text, &info, (UIntPtr)sizeof(Native.Info)));
            }
            finally
            {
                Array.Clear(bytes ?? Array.Empty<byte>(), 0, bytes?.Length ?? 0);
            }
            return new BearerTokenInfo(info);
        }

        internal static string Generate(string accessKey, string secret, string? session, string region, uint expires,
            BearerTokenService service, long at)
        {
            // No token is longer: 4 bytes for each of a percent-encoded session token, less than 1 KiB else.
            var token = new byte[1024 + 4 * Math.Min(session?.Length ?? 0, 65536)];
            byte[]? secretBytes = Bytes(secret), sessionBytes = Bytes(session);
            try
            {
                fixed (byte* a = Bytes(accessKey), s = secretBytes, t = sessionBytes, r = Bytes(region), buffer = token)
                {
                    Check(Native.bedrock_token_generate_into((int)service, a, s, t, r, expires, at, buffer, (UIntPtr)token.Length,
                        out UIntPtr length));
                    return Encoding.ASCII.GetString(buffer, (int)length);
                }
            }
            finally
            {
                foreach (byte[]? bytes in new[] { secretBytes, sessionBytes, token })
                    if (bytes != null) Array.Clear(bytes, 0, bytes.Length);
            }
        }

        // 0 is refused. A negative number or one of more than 32 bits must not become another one.
        internal static uint Seconds(TimeSpan? expires)
        {
            if (!(expires is TimeSpan given)) return Native.ExpiresDefault;
            long seconds = given.Ticks / TimeSpan.TicksPerSecond;
            return seconds < 0 || seconds > uint.MaxValue ? 0 : (uint)seconds;
        }

        internal static void Check(int status)
        {
            if (status != 0) throw new BearerTokenException(status);
        }

        // As C has it, with a NUL at the end. The library refuses 0x7f everywhere, and so what has no byte of ASCII, such as half of
        // a surrogate pair. It must not be signed as another character, or end the string.
        private static byte[]? Bytes(string? text)
        {
            if (text == null) return null;
            var bytes = new byte[text.Length + 1];
            for (int i = 0; i < text.Length; i++) bytes[i] = text[i] == 0 || text[i] > 0x7f ? (byte)0x7f : (byte)text[i];
            return bytes;
        }
    }
}
