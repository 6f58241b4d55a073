using System;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BedrockToken
{
    /// <summary>Credentials for a <see cref="BearerTokenProvider"/>. Nothing but a provider can read the secrets.</summary>
    public sealed class BearerTokenCredentials
    {
        internal readonly string Secret;
        internal readonly string? Session;

        /// <summary>The access key.</summary>
        public string AccessKey { get; }
        /// <summary>When the credentials end; null if they do not.</summary>
        public DateTimeOffset? ExpiresAt { get; }

        /// <summary>Long-term credentials have no session token, and do not end.</summary>
        public BearerTokenCredentials(string accessKey, string secret, string? session = null, DateTimeOffset? expiresAt = null)
        {
            AccessKey = accessKey;
            Secret = secret;
            Session = session;
            ExpiresAt = expiresAt;
        }
    }

    /// <summary>Keeps a token, and asks a source for credentials to generate a new one before the token or its credentials
    /// end.</summary>
    /// <remarks>
    /// <para>Threads and tasks may share one provider. One call starts the renewal and waits for it. Meanwhile the others get the
    /// kept token until shortly before its end; then they wait too. All who wait share the result, also a failure. If the renewal
    /// fails while the kept token is valid, callers get that one, and the source is asked again later. The C library's
    /// bedrock_token_schedule() and bedrock_token_retry_at() give the times.</para>
    /// <para>The source runs on a thread of its own, without the caller's synchronization context. A caller that stops waiting
    /// leaves the renewal to the others and to the next call. A source that has not answered for a minute is given up, and its
    /// cancellation token is cancelled: the renewal has failed. If the source, or a task that it started, asks its own provider
    /// for a token, that call is refused.</para>
    /// </remarks>
    public sealed class BearerTokenProvider
    {
        private sealed class Kept
        {
            internal readonly string Token;
            internal readonly Native.Times Times;
            internal readonly long DueAt;

            internal Kept(string token, Native.Times times, long dueAt)
            {
                Token = token;
                Times = times;
                DueAt = dueAt;
            }

            internal bool Holds(long now) => now >= Times.ValidFrom && now < Times.ExpiresAt;
        }

        private sealed class Renewal
        {
            internal readonly TaskCompletionSource<Kept?> Ended =
                new TaskCompletionSource<Kept?>(TaskCreationOptions.RunContinuationsAsynchronously);
            internal BearerTokenException? Failure; // written before Ended
        }

        private readonly string region;
        private readonly uint expires;
        private readonly BearerTokenService service;
        private readonly Func<CancellationToken, Task<BearerTokenCredentials?>> source;
        private readonly Func<DateTimeOffset> clock = () => DateTimeOffset.UtcNow;
        private readonly TimeSpan sourceLimit = TimeSpan.FromMinutes(1);

        // The renewal that this code runs in, as a part of its source.
        private readonly AsyncLocal<Renewal?> inside = new AsyncLocal<Renewal?>();

        private readonly object gate = new object(); // the three are written with it locked
        private volatile Kept? kept;
        private volatile Renewal? renewal;
        private volatile BearerTokenException? failure;

        /// <summary>Why the last renewal failed, although callers may still get the kept token; null if it did not fail. For health
        /// checks. The source's own exception is the inner one.</summary>
        public BearerTokenException? Failure => failure;

        /// <summary>Called after each renewal that failed, on any thread: for a log.</summary>
        public event Action<BearerTokenException>? RenewalFailed;

        /// <summary>Checks all arguments, and does not ask the source yet.</summary>
        /// <param name="region">The region, such as us-east-1.</param>
        /// <param name="source">Asked for credentials, never twice at the same time, unless it was given up. Null means that there are
        /// none now. Its cancellation token is cancelled when it is given up, not when a caller stops waiting.</param>
        /// <param name="expires">How long each token is valid, in whole seconds: 1 second to 12 hours. Null is 12 hours.</param>
        /// <param name="service">The service that the tokens are for.</param>
        /// <exception cref="BearerTokenException">An argument is wrong.</exception>
        public BearerTokenProvider(string region, Func<CancellationToken, Task<BearerTokenCredentials?>> source, TimeSpan? expires = null,
            BearerTokenService service = BearerTokenService.Bedrock)
        {
            this.region = region;
            this.source = source ?? throw new ArgumentNullException(nameof(source));
            this.expires = BearerToken.Seconds(expires);
            this.service = service;
            BearerToken.Generate("A", "A", null, region, this.expires, service, 0);
        }

        /// <summary>The same, with a source that blocks its thread.</summary>
        /// <inheritdoc cref="BearerTokenProvider(string, Func{CancellationToken, Task{BearerTokenCredentials}}, TimeSpan?, BearerTokenService)"/>
        public BearerTokenProvider(string region, Func<BearerTokenCredentials?> source, TimeSpan? expires = null,
            BearerTokenService service = BearerTokenService.Bedrock)
            : this(region, Awaitable(source ?? throw new ArgumentNullException(nameof(source))), expires, service)
        {
        }

        /// <summary>A token that has not ended: the kept one, or a new one when it is time for that.</summary>
        /// <param name="cancellation">Ends the waiting of this caller, and nothing else.</param>
        /// <exception cref="BearerTokenException">There is no token. If the source failed, its exception is the inner
        /// one.</exception>
        public async ValueTask<string> GetAsync(CancellationToken cancellation = default)
        {
            while (true)
            {
                if (Take(out Renewal awaited, out bool mine) is string token) return token;
                await EndOf(awaited, cancellation).ConfigureAwait(false);
                if (Result(awaited, mine) is string renewed) return renewed;
            }
        }

        /// <summary>The same for code that is not asynchronous. It blocks the thread while it waits, and cannot deadlock with a
        /// synchronization context.</summary>
        /// <inheritdoc cref="GetAsync"/>
        public string Get(CancellationToken cancellation = default)
        {
            while (true)
            {
                if (Take(out Renewal awaited, out bool mine) is string token) return token;
                awaited.Ended.Task.Wait(cancellation);
                if (Result(awaited, mine) is string renewed) return renewed;
            }
        }

        /// <summary>For when the service refused the token (HTTP 401 or 403): drops the kept token if it is that one, so that the next
        /// call renews. If many callers report the same token, only the first drops it.</summary>
        /// <param name="refused">The token that the service refused; null drops any.</param>
        public void Invalidate(string? refused = null)
        {
            lock (gate)
            {
                if (refused == null || kept != null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(kept.Token),
                    Encoding.UTF8.GetBytes(refused)))
                    kept = null;
            }
        }

        // A token, or the renewal to wait for, and whether this call started it.
        private string? Take(out Renewal awaited, out bool mine)
        {
            awaited = null!;
            mine = false;
            Kept? kept = this.kept;
            if (renewal == null && kept != null && kept.Holds(Now) && Now < kept.DueAt) return kept.Token;
            lock (gate)
            {
                if (renewal != null && inside.Value == renewal) throw new BearerTokenException(BearerTokenException.Reentrant);
                kept = this.kept;
                long now = Now;
                bool holds = kept != null && kept.Holds(now);
                if (holds && (now < kept!.DueAt || renewal != null && now < kept.Times.WaitFrom)) return kept.Token;
                mine = renewal == null;
                awaited = renewal ??= new Renewal();
            }
            if (mine) _ = RenewAsync(awaited);
            return null;
        }

        // The token of a renewal that has ended, or null if that token has ended since.
        private string? Result(Renewal ended, bool mine)
        {
            Kept? kept = ended.Failure == null ? ended.Ended.Task.Result : this.kept;
            if (kept != null && (kept.Holds(Now) || mine && ended.Failure == null)) return kept.Token;
            if (ended.Failure is BearerTokenException failure) throw new BearerTokenException(failure.Status, failure.InnerException);
            return null;
        }

        private async Task RenewAsync(Renewal mine)
        {
            Kept? renewed = null;
            try
            {
                BearerTokenCredentials credentials = await AskAsync(mine).ConfigureAwait(false);
                long now = Now;
                BearerToken.Check(Native.bedrock_token_schedule(now, expires, End(credentials), out Native.Times times,
                    (UIntPtr)Unsafe.SizeOf<Native.Times>()));
                string token = BearerToken.Generate(
                    credentials.AccessKey, credentials.Secret, credentials.Session, region, expires, service, now);
                renewed = new Kept(token, times, times.RenewAt);
            }
            catch (Exception reason)
            {
                mine.Failure = reason as BearerTokenException ?? new BearerTokenException(BearerTokenException.NoCredentials, reason);
            }
            lock (gate)
            {
                renewal = null;
                failure = mine.Failure;
                if (renewed != null) kept = renewed;
                else if (kept != null && kept.Holds(Now))
                {
                    long nextSecond = clock().AddTicks(TimeSpan.TicksPerSecond - 1).ToUnixTimeSeconds();
                    kept = new Kept(kept.Token, kept.Times, Native.bedrock_token_retry_at(nextSecond, kept.Times.ExpiresAt));
                }
            }
            mine.Ended.SetResult(renewed);
            if (mine.Failure != null) RenewalFailed?.Invoke(mine.Failure);
        }

        private async Task<BearerTokenCredentials> AskAsync(Renewal mine)
        {
            var limit = new CancellationTokenSource(sourceLimit);
            Task<BearerTokenCredentials?> asked = Task.Factory.StartNew(() =>
            {
                inside.Value = mine;
                return source(limit.Token);
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            try
            {
                Task late = Task.Delay(Timeout.Infinite, limit.Token);
                if (await Task.WhenAny(asked, late).ConfigureAwait(false) == late) throw new TimeoutException("the source did not answer");
                if (await asked.ConfigureAwait(false) is BearerTokenCredentials credentials) return credentials;
            }
            catch (Exception reason)
            {
                throw new BearerTokenException(BearerTokenException.NoCredentials, reason);
            }
            finally
            {
                if (asked.IsCompleted) limit.Dispose();
            }
            throw new BearerTokenException(BearerTokenException.NoCredentials);
        }

        // 0 would mean that they do not end.
        private static long End(BearerTokenCredentials credentials) => credentials.ExpiresAt switch
        {
            null => 0,
            DateTimeOffset end => end.ToUnixTimeSeconds() is long seconds && seconds != 0 ? seconds : -1,
        };

        private static async Task EndOf(Renewal renewal, CancellationToken cancellation)
        {
            var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            using (cancellation.Register(() => cancelled.SetResult(true)))
            {
                Task first = await Task.WhenAny(renewal.Ended.Task, cancelled.Task).ConfigureAwait(false);
                if (first == cancelled.Task) throw new OperationCanceledException(cancellation);
            }
        }

        private static Func<CancellationToken, Task<BearerTokenCredentials?>> Awaitable(Func<BearerTokenCredentials?> source) =>
            cancellation => Task.FromResult(source());

        private long Now => clock().ToUnixTimeSeconds();
    }
}
