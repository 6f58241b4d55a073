using System;
using System.Linq;

public static class Conformance
{
    static void Answer(Func<string> generate)
    {
        try
        {
            string token = generate();
            BedrockTokenInfo info = BedrockToken.Inspect(token);
            Console.WriteLine(string.Join("\t", 0, token, (int)info.Service,
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
            var service = (BedrockTokenService)int.Parse(fields[0]);
            string[] s = fields.Skip(1).Take(4).Select(Text).ToArray();
            if (!uint.TryParse(fields[5], out uint expires))
            {
                Console.Write("-\n-\n"); // a uint has no more bits
                continue;
            }
            Answer(() => BedrockToken.Generate(s[0], s[1], s[2], s[3], expires, service, long.Parse(fields[6])));
            Answer(() => BedrockToken.Generate(s[0], s[1], s[2], s[3], expires, service));
        }
    }
}
