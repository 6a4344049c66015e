namespace TtsGrains.Engine.Tests.Embedded;

/// <summary>
/// Code that compiles on the embedded engine must compile on Microsoft Orleans. So whatever the embedded engine shows, the genuine assemblies
/// must show in the same shape; they may show more.
/// </summary>
public sealed class ParityTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>What only the embedded engine has; only a host file of this engine may use it.</summary>
    private static readonly string[] EmbeddedOnly = ["Orleans.Hosting.FileGrainStorageSiloBuilderExtensions"];

    private readonly GenuineAssemblies _assemblies = new();

    public void Dispose() => _assemblies.Dispose();

    [Fact]
    public void GenuineAbstractions_AreThereToCompareWith()
    {
        output.WriteLine("Compared with: " + string.Join(", ", _assemblies.Genuine.Select(assembly => assembly.GetName().Name)));

        Assert.Contains(_assemblies.Genuine, assembly => assembly.GetName().Name == "Orleans.Core.Abstractions");
    }

    [Fact]
    public void PublicTypes_HaveTheShapeOfTheGenuineOnes()
    {
        var faults = new List<string>();
        var compared = 0;
        foreach (var type in _assemblies.Embedded.GetExportedTypes().Where(type => !EmbeddedOnly.Contains(type.FullName)))
        {
            if (Genuine(type.FullName!) is { } genuine)
            {
                compared++;
                faults.AddRange(Differences(type, genuine).Select(difference => $"{type.FullName}: {difference}"));
            }
        }

        output.WriteLine($"{compared} types compared.");
        Assert.True(compared > 20, $"Only {compared} types were compared.");
        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    [Fact]
    public void PublicTypes_AreGenuineOnes_OrNamedAsOurs()
    {
        var ours = _assemblies.Embedded.GetExportedTypes().Select(type => type.FullName!).Where(name => Genuine(name) is null);

        // A type that is in none of the assemblies is ours only if all of them are there to look in.
        Assert.All(EmbeddedOnly, name => Assert.Contains(name, ours));
        Assert.Equal(_assemblies.IsComplete ? EmbeddedOnly : ours.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Differences(Type embedded, Type genuine)
    {
        if (ApiShape.Kind(embedded) != ApiShape.Kind(genuine))
        {
            yield return $"is a {ApiShape.Kind(embedded)}, not a {ApiShape.Kind(genuine)}";
        }

        foreach (var missing in ApiShape.Bases(genuine) is { } bases ? ApiShape.Bases(embedded)!.Except(bases) : [])
        {
            yield return $"{missing} is no base of the genuine type";
        }

        foreach (var missing in ApiShape.Members(embedded).Except(ApiShape.Members(genuine)))
        {
            yield return $"the genuine type has no {missing}";
        }
    }

    private Type? Genuine(string name) => _assemblies.Genuine.Select(assembly => assembly.GetType(name)).FirstOrDefault(type => type is { IsVisible: true });
}
