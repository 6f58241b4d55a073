using System;

public static class Example
{
    public static void Main()
    {
        const string key = "AKIAIOSFODNN7EXAMPLE", secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        string token = BedrockToken.Generate(key, secret, null, "eu-central-1");
        BedrockTokenInfo info = BedrockToken.Inspect(token);
        Console.WriteLine($"{token}\n{info.AccessKey} {info.Region} {info.ExpiresAt}");
        try
        {
            BedrockToken.Generate(key, secret + "\n", null, "eu-central-1");
        }
        catch (BedrockTokenException error)
        {
            Console.WriteLine("refused: " + error.Message);
        }
    }
}
