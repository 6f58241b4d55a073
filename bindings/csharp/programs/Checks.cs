using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BedrockToken;

/// <summary>What concerns .NET alone.</summary>
public static class Checks
{
    private const string Key = "AKIAIOSFODNN7EXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static readonly BearerTokenCredentials Right = new BearerTokenCredentials(Key, Secret);

    private static void Check(bool right, string what)
    {
        if (!right) throw new Exception(what);
    }

    private static BearerTokenException Refused(Action call)
    {
        try
        {
            call();
        }
        catch (BearerTokenException refused)
        {
            return refused;
        }
        throw new Exception("not refused");
    }

    /// <summary>One thread, which calls what is posted to it, as in a window.</summary>
    private sealed class Loop : SynchronizationContext
    {
        private readonly BlockingCollection<(SendOrPostCallback, object?)> posted = new BlockingCollection<(SendOrPostCallback, object?)>();

        public override void Post(SendOrPostCallback call, object? state) => posted.Add((call, state));

        public bool Run(Action action)
        {
            var thread = new Thread(() =>
            {
                SetSynchronizationContext(this);
                action();
                posted.CompleteAdding();
                foreach ((SendOrPostCallback call, object? state) in posted.GetConsumingEnumerable()) call(state);
            }) { IsBackground = true };
            thread.Start();
            return thread.Join(TimeSpan.FromSeconds(20));
        }
    }

    private static async Task<BearerTokenCredentials?> Slow()
    {
        await Task.Delay(10); // and goes on in the context that it finds
        return Right;
    }

    private static void AContextThatWaitsIsNoDeadlock()
    {
        var provider = new BearerTokenProvider("us-east-1", _ => Slow());
        Check(new Loop().Run(() => provider.Get()), "Get() waits for its own thread");
        provider.Invalidate();
        Check(new Loop().Run(() => provider.GetAsync().AsTask().Wait()), "GetAsync() waits for its own thread");
    }

    private static void AFullThreadPoolIsNoDeadlock()
    {
        ThreadPool.GetMinThreads(out int threads, out _);
        ThreadPool.GetMaxThreads(out int most, out int mostPorts);
        Check(ThreadPool.SetMaxThreads(threads, mostPorts), "the pool cannot be limited");
        var provider = new BearerTokenProvider("us-east-1", () =>
        {
            Thread.Sleep(100);
            return Right;
        });
        Task[] calls = Enumerable.Range(0, threads * 2).Select(_ => Task.Run(() => provider.Get())).ToArray();
        Check(Task.WaitAll(calls, 10_000), "the renewal waits for a thread of the pool");
        ThreadPool.SetMaxThreads(most, mostPorts);
    }

    private static void TheProgramMayHaveAResolverOfItsOwn()
    {
        NativeLibrary.SetDllImportResolver(typeof(Checks).Assembly, (name, assembly, path) => IntPtr.Zero);
        BearerToken.Inspect(BearerToken.Generate(Key, Secret, null, "us-east-1"));
    }

    private static void ASourceThatHangsIsGivenUp()
    {
        int asked = 0;
        var cancelled = new TaskCompletionSource<bool>();
        var provider = new BearerTokenProvider("us-east-1", cancellation =>
        {
            cancellation.Register(() => cancelled.TrySetResult(true));
            return ++asked == 1 ? new TaskCompletionSource<BearerTokenCredentials?>().Task : Slow();
        });
        typeof(BearerTokenProvider).GetField("sourceLimit", BindingFlags.NonPublic | BindingFlags.Instance)!
            .SetValue(provider, TimeSpan.FromSeconds(1));
        BearerTokenException failure = Refused(() => provider.Get());
        Check(failure.Status == 12 && failure.InnerException is TimeoutException, "the reason");
        Check(cancelled.Task.Wait(5000), "its token is not cancelled");
        provider.Get();
        Check(provider.Failure == null && asked == 2, "the next call does not renew");
    }

    private static void AFailureIsReported()
    {
        var reported = new TaskCompletionSource<BearerTokenException>();
        var provider = new BearerTokenProvider("us-east-1", () => throw new ArgumentException("no profile"));
        provider.RenewalFailed += failure => reported.SetResult(failure);
        Check(Refused(() => provider.Get()).InnerException!.Message == "no profile", "the caller does not see the reason");
        Check(reported.Task.Wait(5000) && reported.Task.Result.InnerException!.Message == "no profile", "nor does the program");
    }

    private static void TextThatIsNotAsciiIsRefused()
    {
        var refused = new List<int>();
        for (int i = 0; i < 4; i++)
        {
            string[] s = { Key, Secret, "session", "us-east-1" };
            s[i] += "\ud800";
            refused.Add(Refused(() => BearerToken.Generate(s[0], s[1], s[2], s[3])).Status);
        }
        Check(refused.SequenceEqual(new[] { 2, 3, 4, 6 }), string.Join(" ", refused));
        TimeSpan negative = TimeSpan.FromSeconds(60 - (1L << 32)); // its lower 32 bits are 60
        Check(Refused(() => BearerToken.Generate(Key, Secret, null, "us-east-1", negative)).Status == 7, "negative");
    }

    private static void CredentialsDoNotShowTheirSecrets()
    {
        string shown = JsonSerializer.Serialize(Right) + Right;
        Check(shown.Contains(Key) && !shown.Contains(Secret), shown);
    }

    public static Task Main()
    {
        AContextThatWaitsIsNoDeadlock();
        AFullThreadPoolIsNoDeadlock();
        TheProgramMayHaveAResolverOfItsOwn();
        ASourceThatHangsIsGivenUp();
        AFailureIsReported();
        TextThatIsNotAsciiIsRefused();
        CredentialsDoNotShowTheirSecrets();
        return Task.CompletedTask;
    }
}
