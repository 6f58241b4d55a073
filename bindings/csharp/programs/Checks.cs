using System;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
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

    /// <summary>Its one thread waits, so what is posted to it is never called.</summary>
    private sealed class Waiting : SynchronizationContext
    {
        public override void Post(SendOrPostCallback call, object? state)
        {
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
        SynchronizationContext.SetSynchronizationContext(new Waiting());
        provider.Get(new CancellationTokenSource(20_000).Token);
        provider.Invalidate();
        Check(provider.GetAsync().AsTask().Wait(20_000), "GetAsync() waits for its own thread");
        SynchronizationContext.SetSynchronizationContext(null);
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
        var reported = new TaskCompletionSource<BearerTokenException>();
        var provider = new BearerTokenProvider("us-east-1", cancellation =>
        {
            cancellation.Register(() => cancelled.TrySetResult(true));
            return ++asked == 1 ? new TaskCompletionSource<BearerTokenCredentials?>().Task : Slow();
        });
        typeof(BearerTokenProvider).GetField("sourceLimit", BindingFlags.NonPublic | BindingFlags.Instance)!
            .SetValue(provider, TimeSpan.FromSeconds(1));
        provider.RenewalFailed += reported.SetResult;
        BearerTokenException failure = Refused(() => provider.Get());
        Check(failure.Status == 12 && failure.InnerException is TimeoutException, "the reason");
        Check(reported.Task.Wait(5000) && reported.Task.Result.InnerException == failure.InnerException, "the program does not see it");
        Check(cancelled.Task.Wait(5000), "its token is not cancelled");
        provider.Get();
        Check(provider.Failure == null && asked == 2, "the next call does not renew");
    }

    private static void HalfASurrogatePairIsRefused() =>
        Check(Refused(() => BearerToken.Generate(Key, Secret + "\ud800", null, "us-east-1")).Status == 3, "the status");

    public static Task Main()
    {
        AContextThatWaitsIsNoDeadlock();
        AFullThreadPoolIsNoDeadlock();
        TheProgramMayHaveAResolverOfItsOwn();
        ASourceThatHangsIsGivenUp();
        HalfASurrogatePairIsRefused();
        return Task.CompletedTask;
    }
}
