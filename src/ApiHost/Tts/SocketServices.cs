using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.ApiHost.Tts;

/// <summary>The services of the host that all client sockets use.</summary>
/// <param name="Settings">Limits and times of sockets.</param>
/// <param name="Grains">Reaches sessions.</param>
/// <param name="Handles">Makes the handles of contexts.</param>
/// <param name="Logs">The logs of the contexts in this process.</param>
/// <param name="Admission">Limits the open contexts of a tenant.</param>
/// <param name="Rates">Limits what a tenant may send in a time.</param>
/// <param name="Pace">Slows clients that are refused again and again.</param>
/// <param name="Instruments">Measures sockets.</param>
/// <param name="Errors">Keeps the last errors.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record SocketServices(
    IOptions<SocketOptions> Settings,
    IGrainFactory Grains,
    ContextHandleFactory Handles,
    ContextLogs Logs,
    TenantAdmission Admission,
    TenantRates Rates,
    RefusalPace Pace,
    SocketInstruments Instruments,
    RecentErrors Errors,
    TimeProvider Time,
    ILogger<ClientSocket> Logger)
{
    public SocketOptions Options => Settings.Value;
}
