using Microsoft.AspNetCore.Http.Features;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Puts a <see cref="CoalescingStream"/> below the WebSocket of a request, over HTTP/1.1 and HTTP/2.</summary>
internal sealed class CoalescedUpgrade : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;

    private CoalescedUpgrade(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect) => (_upgrade, _connect) = (upgrade, connect);

    /// <summary>The transport of the WebSocket; null before it is accepted.</summary>
    public CoalescingStream? Stream { get; private set; }

    bool IHttpUpgradeFeature.IsUpgradableRequest => _upgrade!.IsUpgradableRequest;

    bool IHttpExtendedConnectFeature.IsExtendedConnect => _connect!.IsExtendedConnect;

    string? IHttpExtendedConnectFeature.Protocol => _connect!.Protocol;

    /// <summary>Wraps the upgrades of requests to a path. Belongs before the WebSocket middleware, which takes the features of a request when it sees it.</summary>
    public static void Use(IApplicationBuilder app, PathString path) => app.Use((http, next) =>
    {
        if (http.Request.Path.StartsWithSegments(path))
        {
            Install(http.Features);
        }

        return next(http);
    });

    async Task<Stream> IHttpUpgradeFeature.UpgradeAsync() => Stream = new CoalescingStream(await _upgrade!.UpgradeAsync());

    async ValueTask<Stream> IHttpExtendedConnectFeature.AcceptAsync() => Stream = new CoalescingStream(await _connect!.AcceptAsync());

    private static void Install(IFeatureCollection features)
    {
        var wrapped = new CoalescedUpgrade(features.Get<IHttpUpgradeFeature>(), features.Get<IHttpExtendedConnectFeature>());
        if (wrapped._upgrade is not null)
        {
            features.Set<IHttpUpgradeFeature>(wrapped);
        }

        if (wrapped._connect is not null)
        {
            features.Set<IHttpExtendedConnectFeature>(wrapped);
        }

        features.Set(wrapped);
    }
}
