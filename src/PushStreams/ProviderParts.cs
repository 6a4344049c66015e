using Microsoft.Extensions.Logging;
using TtsGrains.PushStreams.Diagnostics;
using TtsGrains.PushStreams.Queues;

namespace TtsGrains.PushStreams;

/// <summary>What all parts of one provider share in one process.</summary>
/// <param name="Name">The provider's name.</param>
/// <param name="Options">Its settings.</param>
/// <param name="Local">The queues that live here.</param>
/// <param name="Here">This silo; null in a client.</param>
/// <param name="IsFiltered">True if a stream filter looks at each message, which must then reach it alone.</param>
/// <param name="Instruments">What is counted.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Makes loggers.</param>
internal sealed record ProviderParts(
    string Name,
    PushStreamOptions Options,
    LocalPushQueues Local,
    SiloAddress? Here,
    bool IsFiltered,
    PushStreamInstruments Instruments,
    TimeProvider Time,
    ILoggerFactory Loggers);
