using System;
using BedrockToken;

/// <summary>A worker of benches/bench.py. AWS has no generator for .NET to compare with.</summary>
public static class Bench
{
    private const string Key = "AKIAIOSFODNN7EXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Region = "eu-central-1";

    private static Func<string?, string> Operation(string name)
    {
        if (name == "generate") return session => BearerToken.Generate(Key, Secret, session, Region);
        var provider = new BearerTokenProvider(Region, () => new BearerTokenCredentials(Key, Secret));
        return _ => provider.Get();
    }

    public static void Main()
    {
        Console.WriteLine("ready");
        Func<string?, string>? operation = null;
        while (Console.ReadLine() is string line)
        {
            string[] words = line.Split(' ');
            string?[] sessions = words[2] == "-" ? new string?[] { null } : words[2].Split(',');
            operation ??= Operation(words[0]);
            string? token = null;
            for (int i = 0; i < int.Parse(words[1]); i++) token = operation(sessions[i % sessions.Length]);
            Console.WriteLine(token);
        }
    }
}
