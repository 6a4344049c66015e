using TtsGrains.Cli.Bench.Upstream;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench.Load;

/// <summary>The form of a round of load.</summary>
/// <param name="Contexts">The number of contexts that speak at once.</param>
/// <param name="Sockets">The number of client sockets that they are spread over.</param>
/// <param name="Length">How long each speaks.</param>
/// <param name="Opening">The time within which all are opened, each at a random moment of it.</param>
/// <param name="Format">The format of the audio.</param>
/// <param name="CancelPercent">The share of the contexts that are cancelled in their middle, percent.</param>
/// <param name="HasProbes">True if short contexts probe the time to first audio while the others speak.</param>
internal sealed record LoadShape(int Contexts, int Sockets, TimeSpan Length, TimeSpan Opening, AudioFormat Format, int CancelPercent = 0, bool HasProbes = true)
{
    private const int ContextsPerSocket = 10;

    /// <summary>Gets the number of chunks of each context.</summary>
    public int Chunks => BenchScript.ChunksIn(Length);

    /// <summary>Gets the number of sockets for some contexts unless another is chosen.</summary>
    public static int SocketsFor(int contexts) => (contexts + ContextsPerSocket - 1) / ContextsPerSocket;

    /// <summary>Returns true if a context is to be cancelled. The cancelled ones are spread evenly.</summary>
    /// <param name="index">The context's place in the load, from 0.</param>
    public bool IsCancelled(int index) => (index + 1) * CancelPercent / 100 > index * CancelPercent / 100;
}
