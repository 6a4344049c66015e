using System.Text.Json.Serialization;

namespace TtsGrains.Grains.Interfaces.Audit;

/// <summary>What was done or refused, by whom and when: ids only, neither text nor audio nor keys.</summary>
/// <param name="At">When; of several, the first.</param>
/// <param name="Action">What was asked for, one of <see cref="AuditActions"/>.</param>
/// <param name="Result"><see cref="AuditResults.Begun"/>, <see cref="AuditResults.Done"/>, or the code of the error.</param>
[GenerateSerializer, Immutable, Alias("tts.AuditEntry")]
public sealed record AuditEntry([property: Id(0)] DateTimeOffset At, [property: Id(1)] string Action, [property: Id(2)] string Result)
{
    /// <summary>The id of the key that asked, with the tenant before it if that is another one; or the job.</summary>
    [Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? By { get; init; }

    /// <summary>The id of the access token that asked; of a new token, its id.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    /// <summary>The session.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Session { get; init; }

    /// <summary>What it was about within the session or the tenant.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Target { get; init; }

    /// <summary>What was changed.</summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    /// <summary>The id of the request; of several, of the first.</summary>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RequestId { get; init; }

    /// <summary>The address of the client, if it had no valid credential.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Address { get; init; }

    /// <summary>How many objects were removed.</summary>
    [Id(10), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Objects { get; init; }

    /// <summary>How many of the same there were; null for one.</summary>
    [Id(11), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Count { get; init; }
}
