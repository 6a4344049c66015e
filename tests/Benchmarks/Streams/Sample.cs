namespace TtsGrains.Benchmarks.Streams;

/// <summary>An event of about the size of a frame of audio.</summary>
/// <param name="Number">Which.</param>
/// <param name="Data">Something to carry.</param>
[GenerateSerializer, Immutable]
internal sealed record Sample([property: Id(0)] int Number, [property: Id(1)] ReadOnlyMemory<byte> Data)
{
    private static readonly byte[] Payload = new byte[1_024];

    public static Sample Of(int number) => new(number, Payload);
}
