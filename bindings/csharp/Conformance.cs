using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

public static class Conformance
{
    const UnmanagedType Utf8 = UnmanagedType.LPUTF8Str;

    [DllImport(BedrockToken.Library)]
    static extern int bedrock_token_generate_into([MarshalAs(Utf8)] string accessKey, [MarshalAs(Utf8)] string secret,
        [MarshalAs(Utf8)] string session, [MarshalAs(Utf8)] string region, uint expires, long signingTime,
        byte[] buffer, UIntPtr capacity, out UIntPtr length);

    static string GenerateAt(string[] s, uint expires, long time)
    {
        bedrock_token_generate_into(s[0], s[1], s[2], s[3], expires, time, null, UIntPtr.Zero, out UIntPtr length);
        var buffer = new byte[(int)length + 1];
        BedrockToken.Check(bedrock_token_generate_into(
            s[0], s[1], s[2], s[3], expires, time, buffer, (UIntPtr)buffer.Length, out length));
        return Encoding.ASCII.GetString(buffer, 0, (int)length);
    }

    static void Answer(Func<string> generate)
    {
        try
        {
            string token = generate();
            BedrockTokenInfo info = BedrockToken.Inspect(token);
            Console.WriteLine(string.Join("\t", 0, token,
                info.AccessKey, info.Region, info.IssuedAt, info.ExpiresAt, info.HasSession));
        }
        catch (BedrockTokenException error)
        {
            Console.WriteLine($"{error.Status}\t{error.Message}");
        }
    }

    static string Text(string field)
    {
        if (field == "-") return null;
        // A string has no bytes: each becomes the character of the same number.
        return string.Concat(Enumerable.Range(0, field.Length / 2)
            .Select(i => (char)Convert.ToByte(field.Substring(2 * i + 1, 2), 16)));
    }

    public static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            string[] fields = line.Split('\t');
            string[] s = fields.Take(4).Select(Text).ToArray();
            uint expires = uint.Parse(fields[4]);
            Answer(() => GenerateAt(s, expires, long.Parse(fields[5])));
            Answer(() => BedrockToken.Generate(s[0], s[1], s[2], s[3], expires));
        }
    }
}
