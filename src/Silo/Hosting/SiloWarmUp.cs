using TtsGrains.Grains.Health;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.LocalVoice;
using TtsGrains.Protocol;

namespace TtsGrains.Silo.Hosting;

/// <summary>
/// Speaks before the silo takes contexts: the first use of code compiles it, and no client should wait for that. Grains, database, log and an upstream
/// socket are the real ones; an embedded voice of tones, which costs nothing, is the upstream. It stays for the warm-up of API hosts that start later.
/// </summary>
internal sealed partial class SiloWarmUp : IAsyncDisposable
{
    // As in an API host: the second finds what the first left behind.
    private const int Contexts = 2;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly IServiceProvider _services;
    private readonly LocalVoiceServer _voice;

    private SiloWarmUp(IServiceProvider services, LocalVoiceServer voice) => (_services, _voice) = (services, voice);

    private IGrainFactory Grains => _services.GetRequiredService<IGrainFactory>();

    private WarmUpState State => _services.GetRequiredService<WarmUpState>();

    /// <summary>Starts the upstream, before there can be contexts that need it. From now on the silo is not ready before <see cref="RunAsync"/> is over.</summary>
    public static async Task<SiloWarmUp> PrepareAsync(IServiceProvider services)
    {
        var voice = await LocalVoiceServer.StartAsync(
            new LocalVoiceOptions { Engine = LocalVoiceEngine.Tones, RealtimeFactor = 0 },
            services.GetRequiredService<ILoggerFactory>(),
            services.GetRequiredService<TimeProvider>(),
            CancellationToken.None);
        var warmUp = new SiloWarmUp(services, voice);
        (warmUp.State.Upstream, warmUp.State.IsPending) = (voice.WebSocketUrl, true);
        return warmUp;
    }

    /// <summary>Warms the path. The silo must have started. A failure is logged, and no reason not to serve.</summary>
    public async Task RunAsync()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        timeout.CancelAfter(Timeout);
        try
        {
            await SpeakAsync(timeout.Token);
        }
        catch (Exception e)
        {
            LogFailed(_services.GetRequiredService<ILogger<SiloWarmUp>>(), e);
        }
        finally
        {
            State.IsPending = false;
        }
    }

    public ValueTask DisposeAsync() => _voice.DisposeAsync();

    private async Task SpeakAsync(CancellationToken cancellationToken)
    {
        var session = new SessionKey(ContextKey.WarmUpTenant, Guid.NewGuid().ToString("N"));
        for (var number = 1; number <= Contexts; number++)
        {
            await SpeakAsync(new ContextKey(session.Tenant, session.Session, $"{number}", $"{session.Session}.{number}")).WaitAsync(cancellationToken);
        }

        // What the session hears of a context after it is forgotten would be stored again.
        var state = Grains.GetGrain<ISessionGrain>(session.ToString());
        while ((await state.GetAsync().WaitAsync(cancellationToken)).Contexts.Count(context => !context.IsOpen) < Contexts)
        {
            await Task.Delay(Glance, _services.GetRequiredService<TimeProvider>(), cancellationToken);
        }

        await state.ForgetAsync().WaitAsync(cancellationToken);
    }

    private async Task SpeakAsync(ContextKey key)
    {
        var owner = new Owner();
        var context = Grains.GetGrain<IContextGrain>(key.ToString());
        var reference = Grains.CreateObjectReference<IContextOwner>(owner);
        try
        {
            var fault = await context.OpenAsync(Settings(), new ContextInput("Ready ", Flush: true, IsLast: false), new ContextOwner(key.Session, reference))
                ?? await context.PushAsync(new ContextInput("to speak.", Flush: false, IsLast: true), number: 1);
            if (fault is not null)
            {
                throw new InvalidOperationException($"The context was refused: {fault.Code}.");
            }

            await owner.HasAll;
        }
        finally
        {
            Grains.DeleteObjectReference<IContextOwner>(reference);
        }
    }

    private static ContextSettings Settings() => new()
    {
        ApiVersion = ApiVersion.Newest.ToString(),
        ModelId = "warm-up",
        VoiceId = "warm-up",
        Encoding = "pcm_mulaw",
        SampleRate = 8000,
        MaxBufferDelayMs = 0,
        AddTimestamps = true,
        PassThrough = [],
        IsNotKept = true,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo's path could not be warmed: the first contexts will wait longer for their first audio")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    // Takes the frames as an API host would, and has no client to write them to.
    private sealed class Owner : IContextOwner
    {
        private readonly TaskCompletionSource _hasAll = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HasAll => _hasAll.Task;

        public Task<int> OnFramesAsync(FrameBatch batch, int opening)
        {
            if (batch.IsComplete && batch.To == batch.Count)
            {
                _hasAll.TrySetResult();
            }

            return Task.FromResult(batch.To);
        }

        public Task<int> OnSupersededAsync() => Task.FromResult(0);

        public Task OnErasedAsync() => Task.CompletedTask;

        public Task<bool> OnMovedAsync() => Task.FromResult(false);
    }
}
