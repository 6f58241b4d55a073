using System;
using BedrockToken;

/// <summary>A worker of benches/languages.py. AWS has no generator for .NET to compare with.</summary>
public static class Bench
{
    private const string Key = "AKIAIOSFODNN7EXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Region = "eu-central-1";

    public static void Main()
    {
        var provider = new BearerTokenProvider(Region, () => new BearerTokenCredentials(Key, Secret));
        while (Console.ReadLine() is string line)
        {
            string[] words = line.Split(' ');
            string? session = words[2] == "-" ? null : words[2], token = null;
            for (int i = int.Parse(words[1]); i > 0; i--)
                token = words[0] == "kept" ? provider.Get() : BearerToken.Generate(Key, Secret, session, Region);
            Console.WriteLine(token);
        }
    }
}
