using System;
using System.Runtime.InteropServices;

namespace BedrockToken
{
    /// <summary>The C library.</summary>
    internal static unsafe class Native
    {
        private const string Library = "bedrock_token";
        internal const uint ExpiresDefault = 43200; // BEDROCK_TOKEN_EXPIRES_DEFAULT

        [StructLayout(LayoutKind.Sequential)]
        internal struct Info
        {
            internal fixed byte AccessKey[129], Region[64];
            internal long IssuedAt, ExpiresAt;
            internal int HasSession, Service;
        }

        [StructLayout(LayoutKind.Sequential)]
        internal struct Times
        {
            internal long ValidFrom, RenewAt, WaitFrom, ExpiresAt;
        }

        [DllImport(Library)]
        internal static extern int bedrock_token_generate_into(int service, byte* accessKey, byte* secret, byte* session, byte* region,
            uint expires, long signingTime, byte* buffer, UIntPtr capacity, out UIntPtr length);
        [DllImport(Library)]
        internal static extern int bedrock_token_inspect(byte* token, Info* info, UIntPtr size);
        [DllImport(Library)]
        internal static extern int bedrock_token_schedule(long issuedAt, uint expires, long credentialsExpireAt, out Times times, UIntPtr size);
        [DllImport(Library)]
        internal static extern long bedrock_token_retry_at(long now, long expiresAt);
        [DllImport(Library)] // the text is static: a string would be freed
        private static extern IntPtr bedrock_token_status_message(int status);

        internal static string Message(int status) => Marshal.PtrToStringAnsi(bedrock_token_status_message(status))!;

        static Native()
        {
            string file = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "bedrock_token.dll"
                : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "libbedrock_token.0.dylib" : "libbedrock_token.so.0";
            // For this assembly alone; a program may have a resolver of its own.
            NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, (name, assembly, path) =>
            {
                try
                {
                    return NativeLibrary.Load(file, assembly, path);
                }
                catch (Exception reason) when (reason is DllNotFoundException || reason is BadImageFormatException)
                {
                    // A file that is there has a reason of its own.
                    bool found = reason is BadImageFormatException || Array.Exists(reason.Message.Split('\n'),
                        line => line.Contains(file + ": ") && !line.Contains("No such file"));
                    string advice = found ? "" : ": install bedrock-token, or add the folder of this file to LD_LIBRARY_PATH (macOS:"
                        + " DYLD_LIBRARY_PATH, Windows: PATH)";
                    throw new DllNotFoundException($"cannot load {file}{advice}. {reason.Message}");
                }
            });
        }
    }
}
