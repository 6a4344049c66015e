namespace TtsGrains.Cli.Cluster;

/// <summary>A program to run as a child process.</summary>
/// <param name="Name">What it is called in messages.</param>
/// <param name="File">The executable.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ChildProgram(string Name, string File, params IReadOnlyList<string> Arguments)
{
    /// <summary>What it finds in its environment beside this process's own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it runs; null: where this process does.</summary>
    public string? Folder { get; init; }

    /// <summary>The user it runs as, when this process may change it; null: the same.</summary>
    public string? User { get; init; }

    /// <summary>Which of the lines that it says says that it is ready.</summary>
    public Func<string, bool> IsReady { get; init; } = line => line.StartsWith("ready ", StringComparison.Ordinal);

    /// <summary>A .NET program, with settings as the configuration names them, colons and all.</summary>
    public static ChildProgram Dotnet(string name, string assembly, IEnumerable<KeyValuePair<string, string>> settings, params IReadOnlyList<string> arguments)
        => new(name, "dotnet", [assembly, .. arguments])
        {
            Environment = settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value),
        };
}
