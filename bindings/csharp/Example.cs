using System;
using System.Threading.Tasks;

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

        // In a server: one for all requests. It asks for credentials when it needs them.
        var provider = new BedrockTokenProvider("us-west-2", cancellation => Task.FromResult(new BedrockTokenCredentials
        {
            AccessKey = key,
            Secret = secret,
            ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(15),
        }), service: BedrockTokenService.ClaudePlatform);
        Console.WriteLine(provider.GetAsync().Result); // in asynchronous code: await provider.GetAsync()
    }
}
