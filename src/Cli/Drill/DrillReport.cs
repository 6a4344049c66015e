using System.Text.Json;
using System.Text.Json.Serialization;

namespace TtsGrains.Cli.Drill;

/// <summary>What a drill found.</summary>
/// <param name="Version">The version of the service.</param>
/// <param name="Machine">The system and its processors.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it was over.</param>
/// <param name="Silos">Processes that hosted grains.</param>
/// <param name="Apis">Processes that served clients.</param>
/// <param name="Calls">Calls that spoke at once.</param>
/// <param name="Faults">What came of each fault.</param>
internal sealed record DrillReport(
    string Version, string Machine, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, int Silos, int Apis, int Calls, IReadOnlyList<FaultResult> Faults)
{
    /// <summary>True if no call noticed anything but a pause.</summary>
    [JsonIgnore]
    public bool IsClean => Faults.All(fault => fault.IsClean);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DrillJson.Default.DrillReport);

    /// <exception cref="JsonException">It is not a report.</exception>
    public static DrillReport FromJson(JsonElement json) => json.Deserialize(DrillJson.Default.DrillReport) ?? throw new JsonException("The report is null.");
}

/// <summary>What came of one fault.</summary>
/// <param name="Fault">What was killed, cut or stopped.</param>
/// <param name="Contexts">Contexts that were spoken meanwhile.</param>
/// <param name="Failed">Contexts that ended with an error.</param>
/// <param name="Words">Words that callers pushed.</param>
/// <param name="WordsLost">Words that no caller received.</param>
/// <param name="WordsRepeated">Words that a caller received again.</param>
/// <param name="LongestPauseMs">The longest time for which a caller had played all audio and waited for more.</param>
/// <param name="BytesVerified">Bytes of audio that callers received exactly as the upstream would have spoken them without the fault.</param>
/// <param name="Bytes">Bytes of audio that the texts have.</param>
/// <param name="ArchivedBytesVerified">Bytes of the same audio that the archive has, downloaded and compared.</param>
internal sealed record FaultResult(
    string Fault,
    int Contexts,
    int Failed,
    int Words,
    int WordsLost,
    int WordsRepeated,
    double LongestPauseMs,
    long BytesVerified,
    long Bytes,
    long ArchivedBytesVerified)
{
    /// <summary>The errors of failed contexts, each with its count.</summary>
    public IReadOnlyDictionary<string, int> Errors { get; init; } = new Dictionary<string, int>();

    /// <summary>True if nothing was lost, repeated or changed.</summary>
    [JsonIgnore]
    public bool IsClean => Failed == 0 && WordsLost == 0 && WordsRepeated == 0 && BytesVerified == Bytes && ArchivedBytesVerified == Bytes;

    /// <summary>Sums up the contexts of a fault.</summary>
    public static FaultResult Of(string fault, IReadOnlyCollection<SpokenContext> contexts, long archivedBytes) => new(
        fault,
        contexts.Count,
        contexts.Count(context => context.Error is not null),
        contexts.Sum(context => context.Words.Count),
        contexts.Sum(context => context.WordsLost),
        contexts.Sum(context => context.WordsRepeated),
        Math.Round(contexts.Select(context => context.LongestPause.TotalMilliseconds).DefaultIfEmpty().Max()),
        contexts.Sum(context => context.BytesVerified),
        contexts.Sum(context => (long)context.Expected.Length),
        archivedBytes)
    {
        Errors = contexts.Select(context => context.Error).OfType<string>().CountBy(error => error).ToDictionary(),
    };
}

[JsonSerializable(typeof(DrillReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true)]
internal sealed partial class DrillJson : JsonSerializerContext;
