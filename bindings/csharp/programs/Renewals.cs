using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BedrockToken;

public static class Renewals
{
    private static long now;
    private static BearerTokenProvider provider = null!;
    private static Func<Task<BearerTokenCredentials?>> source = null!;

    private static string Failed(BearerTokenException failure) => failure.InnerException switch
    {
        null => "status " + failure.Status,
        ArgumentOutOfRangeException _ => "-", // of a DateTimeOffset that cannot be made
        Exception reason => reason.Message,
    };

    private static async Task<string> Answer(Func<ValueTask<string>>? get = null)
    {
        try
        {
            string token = await (get ?? (() => provider.GetAsync()))();
            return BearerToken.Inspect(token).IssuedAt.ToUnixTimeSeconds().ToString();
        }
        catch (BearerTokenException failure)
        {
            return Failed(failure);
        }
        catch (OperationCanceledException)
        {
            return "deadline";
        }
    }

    private static BearerTokenCredentials? Credentials(string end)
    {
        if (end == "raise") throw new InvalidOperationException("raised");
        if (end == "throw") throw new OperationCanceledException("raised");
        if (end == "nothing") return null;
        DateTimeOffset? expiresAt = null;
        if (end != "0") expiresAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(end));
        return new BearerTokenCredentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null, expiresAt);
    }

    private static Task<string[]> Together(int count, Func<Task<string>> call) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(call)));

    private static async Task<IEnumerable<string>> Answers(string[] step)
    {
        Func<Task<BearerTokenCredentials?>> inner = source;
        var limit = new CancellationTokenSource();
        switch (step[0])
        {
            case "new":
                try
                {
                    double expires = step.Length > 1 ? double.Parse(step[2]) : 43200;
                    provider = new BearerTokenProvider(
                        step.Length > 1 ? step[1] : "eu-central-1", cancellation => source(), TimeSpan.FromSeconds(expires));
                }
                catch (BearerTokenException refused)
                {
                    return new[] { Failed(refused) };
                }
                Func<DateTimeOffset> clock = () => DateTimeOffset.FromUnixTimeSeconds(now); // it stands still
                typeof(BearerTokenProvider).GetField("clock", BindingFlags.NonPublic | BindingFlags.Instance)!.SetValue(provider, clock);
                return new string[0];
            case "invalidate":
                provider.Invalidate();
                return new string[0];
            case "failure":
                return new[] { provider.Failure is BearerTokenException failure ? Failed(failure) : "ok" };
            case "show":
                BearerTokenCredentials? credentials = await source();
                return new[] { provider.ToString()!, credentials!.ToString()!, JsonSerializer.Serialize(credentials) };
            case "get":
                return new[] { await Answer() };
            case "reenter":
            case "child":
                string? inside = null;
                source = async () =>
                {
                    inside = await (step[0] == "child" ? Task.Run(() => Answer()) : Answer());
                    return await inner();
                };
                return new[] { await Answer(), inside! };
            case "together":
                var arrived = new CountdownEvent(8);
                source = async () =>
                {
                    arrived.Wait();
                    await Task.Delay(char.IsDigit(step[2][0]) ? 50 : 500);
                    return await inner();
                };
                return (await Together(8, () =>
                {
                    arrived.Signal();
                    return Answer();
                })).Distinct();
            case "deadline":
                var limited = new TaskCompletionSource<bool>();
                source = async () =>
                {
                    await limited.Task;
                    return await inner();
                };
                Task<string> first = Answer(() => provider.GetAsync(limit.Token));
                Task<string> second = Task.Run(() => Answer(() => new ValueTask<string>(provider.Get(limit.Token))));
                Task<string> last = Answer();
                limit.CancelAfter(100);
                string[] ended = { await first, await second };
                limited.SetResult(true);
                return ended.Append(await last);
            case "refused":
                string token = await provider.GetAsync();
                Func<Task<string>> report = () =>
                {
                    provider.Invalidate(token);
                    return Answer();
                };
                return (await Together(16, report)).Append(await report()).Distinct();
            default:
                throw new InvalidOperationException(step[0]);
        }
    }

    public static async Task Main()
    {
        while (Console.ReadLine() is string line)
        {
            string[] step = line.Split('\t');
            if (step.Length > 1 && step[0] != "new") now = long.Parse(step[1]);
            int asked = 0;
            source = () =>
            {
                Interlocked.Increment(ref asked);
                return Task.FromResult(Credentials(step[2]));
            };
            IEnumerable<string> answers = await Answers(step);
            Console.WriteLine(string.Join("\t", answers.Prepend(asked.ToString())));
        }
    }
}
