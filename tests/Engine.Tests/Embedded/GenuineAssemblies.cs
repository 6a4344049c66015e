using System.Reflection;

namespace TtsGrains.Engine.Tests.Embedded;

/// <summary>The assemblies of Microsoft Orleans that lie in the package folder, opened for looking only.</summary>
internal sealed class GenuineAssemblies : IDisposable
{
    private static readonly string[] Packages =
    [
        "Microsoft.Orleans.Core.Abstractions", "Microsoft.Orleans.Core", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Serialization.Abstractions",
        "Microsoft.Orleans.Serialization", "Microsoft.Orleans.Streaming", "Microsoft.Orleans.Persistence.Memory",
    ];

    private readonly MetadataLoadContext _context;

    public GenuineAssemblies()
    {
        var found = Packages.Select(PathOf).Where(File.Exists).ToArray();
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var embedded = typeof(IGrain).Assembly.Location;
        _context = new MetadataLoadContext(new PathAssemblyResolver([.. found, .. platform]));
        Genuine = [.. found.Select(_context.LoadFromAssemblyPath)];
        Embedded = _context.LoadFromAssemblyPath(embedded);
    }

    public IReadOnlyList<Assembly> Genuine { get; }

    public bool IsComplete => Genuine.Count == Packages.Length;

    public Assembly Embedded { get; }

    public void Dispose() => _context.Dispose();

    private static string PathOf(string package)
        => Path.Combine(
            Metadata("NuGetPackageFolder"), package.ToLowerInvariant(), Metadata("OrleansVersion"), "lib", "net10.0", package["Microsoft.".Length..] + ".dll");

    private static string Metadata(string key)
        => typeof(GenuineAssemblies).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
