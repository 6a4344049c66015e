namespace TtsGrains.Cli.Bench;

/// <summary>The kinds of load.</summary>
internal enum BenchScenario
{
    /// <summary>Contexts that speak in real time, opened within a second.</summary>
    Steady,

    /// <summary>All contexts opened within 100 ms.</summary>
    Burst,

    /// <summary>Contexts one after the other on one socket.</summary>
    LongSession,

    /// <summary>Sockets with an open context that does nothing.</summary>
    Idle,

    /// <summary>A tenant that is refused at its limit and retries at once, beside another tenant.</summary>
    Refused,

    /// <summary>A tenant that asks for 20 times its share of an upstream, beside another tenant.</summary>
    Noisy,
}

/// <summary>The names of the kinds of load on the command line.</summary>
internal static class BenchScenarios
{
    private static readonly Dictionary<string, BenchScenario> ByName = new()
    {
        ["steady"] = BenchScenario.Steady,
        ["burst"] = BenchScenario.Burst,
        ["long-session"] = BenchScenario.LongSession,
        ["idle"] = BenchScenario.Idle,
        ["refused"] = BenchScenario.Refused,
        ["noisy"] = BenchScenario.Noisy,
    };

    /// <summary>Gets all names.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>Returns the scenario of a name; null if there is none.</summary>
    public static BenchScenario? Parse(string name) => ByName.TryGetValue(name, out var scenario) ? scenario : null;

    /// <summary>Gets the name of a scenario.</summary>
    public static string ToName(this BenchScenario scenario) => ByName.First(pair => pair.Value == scenario).Key;
}
