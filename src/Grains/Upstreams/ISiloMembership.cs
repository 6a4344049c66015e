namespace TtsGrains.Grains.Upstreams;

/// <summary>Which silos there are, as far as this one knows; by the text of their addresses.</summary>
public interface ISiloMembership
{
    /// <summary>Those that may have contexts now.</summary>
    IReadOnlyCollection<string> Present { get; }

    /// <summary>Whether grains can be called: not any more when the last silo stops.</summary>
    bool HasGrains { get; }

    /// <summary>Whether a silo has ended for good. One that was never heard of has not.</summary>
    bool IsGone(string silo);
}
