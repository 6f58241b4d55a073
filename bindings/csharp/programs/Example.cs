using System;
using System.Threading.Tasks;
using BedrockToken;

public static class Example
{
    public static async Task Main()
    {
        const string key = "AKIAIOSFODNN7EXAMPLE", secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

        string token = BearerToken.Generate(key, secret, null, "eu-central-1");
        BearerTokenInfo info = BearerToken.Inspect(token);
        Console.WriteLine($"{token}\n{info.AccessKey} {info.Region} {info.ExpiresAt.ToUnixTimeSeconds()}");
        try
        {
            BearerToken.Generate(key, secret + "\n", null, "eu-central-1");
        }
        catch (BearerTokenException refused)
        {
            Console.WriteLine("refused: " + refused.Message);
        }

        // In a server: one for all requests. It asks for credentials when it needs them.
        var provider = new BearerTokenProvider("us-west-2",
            () => new BearerTokenCredentials(key, secret, null, DateTimeOffset.UtcNow.AddMinutes(15)),
            service: BearerTokenService.ClaudePlatform);
        Console.WriteLine(await provider.GetAsync()); // provider.Get() in code that is not asynchronous
    }
}
