using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Sessions;

/// <summary>One call: the contexts that were opened in it, in order (key: <see cref="Contexts.SessionKey"/>).</summary>
[Alias("tts.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Notes a new context.</summary>
    /// <returns>Its number in the session, from 1. The same context key gets the same number again.</returns>
    [Alias("opened")]
    Task<int> OnOpenedAsync(string contextKey);

    /// <summary>Notes that a context is finished.</summary>
    [Alias("closed")]
    Task OnClosedAsync(string contextKey);

    /// <summary>The contexts of the session, in the order in which they were opened.</summary>
    [Alias("contexts")]
    Task<ImmutableArray<SessionContext>> GetContextsAsync();
}

/// <summary>A context as its session knows it.</summary>
/// <param name="Ordinal">Its number in the session, from 1.</param>
/// <param name="ContextKey">Its grain key.</param>
/// <param name="IsOpen">Whether it is still going on.</param>
[GenerateSerializer, Immutable, Alias("tts.SessionContext")]
public sealed record SessionContext(
    [property: Id(0)] int Ordinal,
    [property: Id(1)] string ContextKey,
    [property: Id(2)] bool IsOpen);
