// Chat URL MODEL [WORKSPACE]: C#, with its own HttpClient. With a workspace it calls Claude Platform on AWS, without one
// Amazon Bedrock.
using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using BedrockToken;

public static class Chat
{
    private static readonly HttpClient Http = new HttpClient();

    public static async Task<int> Main(string[] arguments)
    {
        string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException(name + " is not set");
        string? workspace = arguments.Length > 2 ? arguments[2] : null;
        var provider = new BearerTokenProvider(Variable("AWS_REGION"),
            () => new BearerTokenCredentials(Variable("AWS_ACCESS_KEY_ID"), Variable("AWS_SECRET_ACCESS_KEY"),
                Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN")),
            service: workspace == null ? BearerTokenService.Bedrock : BearerTokenService.ClaudePlatform);

        var request = new HttpRequestMessage(HttpMethod.Post, arguments[0]);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await provider.GetAsync());
        if (workspace != null)
        {
            request.Headers.Add("anthropic-workspace-id", workspace);
            request.Headers.Add("anthropic-version", "2023-06-01");
        }
        var messages = new[] { new { role = "user", content = "Hello" } };
        string json = JsonSerializer.Serialize(new { model = arguments[1], max_tokens = 1024, messages });
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await Http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        Console.WriteLine(body);
        return response.IsSuccessStatusCode ? 0 : 1;
    }
}
