namespace TtsGrains.ApiHost.Tenants;

/// <summary>A key of the configuration.</summary>
internal sealed class KnownKey
{
    private readonly CancellationTokenSource _ending;

    /// <param name="tenant">Its tenant.</param>
    /// <param name="settings">What it is.</param>
    /// <param name="before">The same key as it was before the configuration changed; null if it is new.</param>
    public KnownKey(string tenant, ApiKey settings, KnownKey? before)
    {
        Settings = settings;
        Hash = Convert.FromHexString(settings.Sha256);

        // What is open may rely on every scope that the key had.
        var isSame = before is { _ending.IsCancellationRequested: false } && !before.Settings.HasMoreThan(settings);
        _ending = isSame ? before!._ending : new CancellationTokenSource();
        Caller = new Caller(tenant, settings.Id, settings.Scopes, IsToken: false) { Revoked = _ending.Token };
    }

    public ApiKey Settings { get; }

    public byte[] Hash { get; }

    public Caller Caller { get; }

    /// <summary>Ends what is open with it. Returns at once.</summary>
    public void End() => _ = _ending.CancelAsync();
}
