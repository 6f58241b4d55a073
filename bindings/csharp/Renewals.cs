using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

public sealed class Renewals : BedrockTokenProvider
{
    static long now;
    static Func<Task<BedrockTokenCredentials>> source;

    Renewals() : base("eu-central-1", cancellation => source()) { }

    internal override DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(now); // the clock stands still

    async Task<string> Answer()
    {
        try
        {
            return BedrockToken.Inspect(await GetAsync()).IssuedAt.ToString();
        }
        catch (BedrockTokenException error)
        {
            return "status " + error.Status;
        }
        catch (InvalidOperationException raised)
        {
            return raised.Message;
        }
        catch (ArgumentOutOfRangeException)
        {
            return "-"; // of a DateTimeOffset that cannot be made
        }
    }

    static BedrockTokenCredentials Credentials(string end)
    {
        if (end == "raise") throw new InvalidOperationException("raised");
        if (end == "nothing") return null;
        DateTimeOffset? expiresAt = null;
        if (end != "0") expiresAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(end));
        return new BedrockTokenCredentials { AccessKey = "AKIAIOSFODNN7EXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ExpiresAt = expiresAt };
    }

    public static void Main() => Run().Wait();

    static async Task Run()
    {
        Renewals provider = null;
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            string[] step = line.Split('\t');
            if (step.Length > 1) now = long.Parse(step[1]);
            int asked = 0, arrived = 0;
            string inside = null;
            var answers = new List<string>();
            source = async () =>
            {
                Interlocked.Increment(ref asked);
                if (step[0] == "reenter") inside = await provider.Answer();
                while (step[0] == "together" && Volatile.Read(ref arrived) < 8) await Task.Delay(10);
                if (step[0] == "together") await Task.Delay(50);
                return Credentials(step[2]);
            };
            switch (step[0])
            {
                case "new": provider = new Renewals(); break;
                case "invalidate": provider.Invalidate(); break;
                case "get": answers.Add(await provider.Answer()); break;
                case "show": answers.Add(provider.ToString()); answers.Add((await source()).ToString()); break;
                case "reenter": answers.Add(await provider.Answer()); answers.Add(inside); break;
                case "together":
                    Func<Task<string>> call = () =>
                    {
                        Interlocked.Increment(ref arrived);
                        return provider.Answer();
                    };
                    answers.AddRange((await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(call)))).Distinct());
                    break;
            }
            answers.Insert(0, asked.ToString());
            Console.WriteLine(string.Join("\t", answers));
        }
    }
}
