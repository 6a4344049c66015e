namespace TtsGrains.Cluster.Tests.Telemetry;

/// <summary>A span as a process exported it.</summary>
/// <param name="Service">The process, by its <c>service.name</c>.</param>
/// <param name="Source">The activity source.</param>
/// <param name="TraceId">The trace, in hexadecimal digits.</param>
/// <param name="Id">The span, in hexadecimal digits.</param>
/// <param name="ParentId">The span above it; empty if there is none.</param>
/// <param name="Name">What was done.</param>
/// <param name="StartedAt">Nanoseconds since 1970.</param>
/// <param name="Tags">Its attributes.</param>
/// <param name="Events">Its events.</param>
internal sealed record ExportedSpan(
    string Service,
    string Source,
    string TraceId,
    string Id,
    string ParentId,
    string Name,
    ulong StartedAt,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyList<ExportedEvent> Events)
{
    /// <summary>Gets an attribute; null if there is none.</summary>
    public string? this[string tag] => Tags.GetValueOrDefault(tag);

    public override string ToString() => $"{Service} {Name} {string.Join(' ', Tags)} {string.Join(' ', Events)}";

    /// <summary>Reads an <c>ExportTraceServiceRequest</c>. The numbers of the fields are those of OTLP's <c>trace.proto</c>.</summary>
    public static IEnumerable<ExportedSpan> Read(ReadOnlyMemory<byte> request)
        => from process in new ProtoFields(request).MessagesOf(1)
           let service = process.MessagesOf(1).Select(resource => TagsOf(resource, 1)).Single()["service.name"]
           from source in process.MessagesOf(2)
           let name = source.MessagesOf(1).Single().TextOf(1)
           from span in source.MessagesOf(2)
           select new ExportedSpan(
               service, name, IdOf(span, 1), IdOf(span, 2), IdOf(span, 4), span.TextOf(5), span.NumberOf(7), TagsOf(span, 9), [.. span.MessagesOf(11).Select(each => new ExportedEvent(each.TextOf(2), TagsOf(each, 3)))]);

    private static string IdOf(ProtoFields span, int number) => Convert.ToHexStringLower(span.BytesOf(number).Span);

    private static Dictionary<string, string> TagsOf(ProtoFields message, int number)
        => message.MessagesOf(number).ToDictionary(tag => tag.TextOf(1), tag => ValueOf(tag.MessagesOf(2).Single()));

    // Texts and whole numbers; of other values only that they are there.
    private static string ValueOf(ProtoFields value) => value.Has(1) ? value.TextOf(1) : $"{value.NumberOf(3)}";
}

/// <summary>An event of a span.</summary>
/// <param name="Name">What happened.</param>
/// <param name="Tags">Its attributes.</param>
internal sealed record ExportedEvent(string Name, IReadOnlyDictionary<string, string> Tags)
{
    public override string ToString() => $"{Name} {string.Join(' ', Tags)}";
}
