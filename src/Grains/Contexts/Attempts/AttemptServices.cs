using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>The services of the silo that the attempts of all contexts use.</summary>
/// <param name="Pool">The upstream sockets and their slots.</param>
/// <param name="Catalogue">Which upstreams a tenant may use.</param>
/// <param name="Upstreams">Their settings.</param>
/// <param name="Options">Times of a context.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record AttemptServices(
    UpstreamPool Pool,
    UpstreamCatalogue Catalogue,
    IOptionsMonitor<UpstreamOptions> Upstreams,
    IOptions<ContextOptions> Options,
    TimeProvider Time,
    ILogger<UpstreamAttempts> Logger);
