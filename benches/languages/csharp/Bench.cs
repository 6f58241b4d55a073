using System;
using System.Threading.Tasks;

/// <summary>A worker of benches/languages.py. AWS has no generator for .NET to compare with.</summary>
public static class Bench
{
    const string Key = "AKIAIOSFODNN7EXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Region = "eu-central-1";

    public static void Main()
    {
        var provider = new BedrockTokenProvider(Region,
            cancellation => Task.FromResult(new BedrockTokenCredentials { AccessKey = Key, Secret = Secret }));
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            string[] words = line.Split(' ');
            string session = words[2] == "-" ? null : words[2], token = null;
            for (int i = int.Parse(words[1]); i > 0; i--)
                token = words[0] == "kept" ? provider.GetAsync().Result : BedrockToken.Generate(Key, Secret, session, Region);
            Console.WriteLine(token);
        }
    }
}
