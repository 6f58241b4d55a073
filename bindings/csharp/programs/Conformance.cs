using System;
using System.Linq;
using System.Threading.Tasks;
using BedrockToken;

public static class Conformance
{
    private static void Answer(Func<string> generate)
    {
        try
        {
            string token = generate();
            BearerTokenInfo info = BearerToken.Inspect(token);
            Console.WriteLine(string.Join("\t", 0, token, (int)info.Service, info.AccessKey, info.Region,
                info.IssuedAt.ToUnixTimeSeconds(), info.ExpiresAt.ToUnixTimeSeconds(), info.HasSession ? 1 : 0));
        }
        catch (BearerTokenException error)
        {
            Console.WriteLine($"{error.Status}\t{error.Message}");
        }
        catch (ArgumentOutOfRangeException)
        {
            Console.WriteLine("-"); // of a DateTimeOffset that cannot be made
        }
    }

    private static string? Text(string field)
    {
        if (field == "-") return null;
        // A string has no bytes: each becomes the character of the same number.
        return string.Concat(Enumerable.Range(0, field.Length / 2)
            .Select(i => (char)Convert.ToByte(field.Substring(2 * i + 1, 2), 16)));
    }

    public static Task Main(string[] arguments)
    {
        if (arguments[0] == "example") return Example.Main();
        if (arguments[0] == "renewals") return Renewals.Main();
        if (arguments[0] == "own") return Checks.Main();
        while (Console.ReadLine() is string line)
        {
            string[] fields = line.Split('\t');
            var service = (BearerTokenService)int.Parse(fields[0]);
            string?[] s = fields.Skip(1).Take(4).Select(Text).ToArray();
            TimeSpan expires = TimeSpan.FromSeconds(long.Parse(fields[5]));
            long at = long.Parse(fields[6]);
            Answer(() => BearerToken.Generate(s[0]!, s[1]!, s[2], s[3]!, expires, service, DateTimeOffset.FromUnixTimeSeconds(at)));
            Answer(() => BearerToken.Generate(s[0]!, s[1]!, s[2], s[3]!, expires, service));
        }
        return Task.CompletedTask;
    }
}
