using System.Reflection;
using NetArchTest.Rules;
using TtsGrains.Grains.Contexts.Log;

namespace TtsGrains.Infra.Tests.Architecture;

/// <summary>
/// Which folders of a project, or of a large folder, may use which others. A row may only name rows above it, so there are no circles. A new folder needs a row;
/// docs/architecture.md describes the folders.
/// </summary>
public sealed class FolderDirectionsTests
{
    private const string Grains = "TtsGrains.Grains";
    private const string Contexts = "TtsGrains.Grains.Contexts";
    private const string ApiHost = "TtsGrains.ApiHost";

    private static readonly Dictionary<string, FolderTable> Tables = new()
    {
        [Grains] = new("""
            Calls          →
            Storage        →
            Streams        →
            Audit          → Storage
            Wakeups        →
            Clustering     →
            Tenants        → Clustering Storage
            Upstreams      → Tenants
            Pronunciations → Storage Upstreams
            Diagnostics    → Upstreams
            Quotas         → Diagnostics Storage
            Connections    → Diagnostics Upstreams Wakeups
            Contexts       → Calls Connections Diagnostics Pronunciations Streams Tenants Upstreams Wakeups
            Sessions       → Contexts Storage Streams
            Health         → Clustering Connections Contexts Diagnostics Upstreams
            Operations     → Clustering Connections Diagnostics Health Upstreams
            Hosting        → Calls Clustering Connections Contexts Diagnostics Health Operations Pronunciations Quotas Sessions Storage Streams Tenants Upstreams Wakeups
            """),
        [Contexts] = new("""
            Words          →
            Log            →
            Lifecycle      → Log Words
            Admission      → Lifecycle Log
            Listening      → Lifecycle Log
            Ownership      → Lifecycle Log
            Archiving      → Lifecycle Listening Log Ownership Words
            Attempts       → Archiving Lifecycle Log Words
            """),
        [ApiHost] = new("""
            Contexts       →
            Http           →
            Tls            →
            Upstreams      →
            Tenants        →
            Errors         → Tenants
            Access         → Errors Http Tenants
            OpenApi        → Access Errors
            Audit          → Access Errors OpenApi Tenants
            Admin          → Access Audit Errors Http OpenApi Tenants
            Pronunciations → Access Errors Http OpenApi Tenants
            Voices         → Access Errors Http OpenApi
            WebConsole     → Access
            Health         → Access OpenApi WebConsole
            Sessions       → Access Audit Errors Http OpenApi Tenants
            Tts            → Access Contexts Errors Http OpenApi Pronunciations Sessions Tenants
            Credentials    → Access Audit Errors Http OpenApi Tenants Tts
            Operations     → Access Credentials OpenApi Tenants Tts
            Hosting        → Access Admin Audit Contexts Credentials Errors Health Http OpenApi Operations Pronunciations Sessions Tenants Tls Tts Upstreams Voices WebConsole
            """),
    };

    public static TheoryData<string, string> AllRows => [.. from table in Tables from folder in table.Value.Folders select (table.Key, folder)];

    [Theory]
    [MemberData(nameof(AllRows))]
    public void Folder_OfAProject_UsesOnlyWhatItsRowNames(string project, string folder)
    {
        var table = Tables[project];
        var mayUse = table.Rows.Single(row => row.Folder == folder).MayUse;
        string[] others = [.. table.Folders.Except(mayUse).Where(other => other != folder).Select(other => $"{project}.{other}")];

        var result = Types.InAssembly(AssemblyOf(project)).That().ResideInNamespace($"{project}.{folder}").ShouldNot().HaveDependencyOnAny(others).GetResult();

        Assert.True(result.IsSuccessful, string.Join('\n', (result.FailingTypes ?? []).Select(type => $"{type.FullName}: {type.Explanation}")));
    }

    [Theory]
    [InlineData(Grains)]
    [InlineData(Contexts)]
    [InlineData(ApiHost)]
    public void Table_OfAProject_HasItsFolders(string project)
    {
        var folders = AssemblyOf(project).GetTypes()
            .Where(type => type.Namespace?.StartsWith($"{project}.", StringComparison.Ordinal) == true)
            .Select(type => type.Namespace![(project.Length + 1)..].Split('.')[0])
            .Distinct();

        Assert.Equal(folders.Order(), Tables[project].Folders.Order());
    }

    [Theory]
    [InlineData(Grains)]
    [InlineData(Contexts)]
    [InlineData(ApiHost)]
    public void Table_OfAProject_NamesOnlyRowsAbove(string project)
    {
        var rows = Tables[project].Rows;
        for (var i = 0; i < rows.Count; i++)
        {
            Assert.Empty(rows[i].MayUse.Except(rows.Take(i).Select(above => above.Folder)));
        }
    }

    /// <summary>What lies beside the folders of a table uses them; they do not use it.</summary>
    [Fact]
    public void Folders_OfContexts_DoNotUseTheGrain()
    {
        string[] above = [.. AssemblyOf(Contexts).GetTypes().Where(type => type.Namespace == Contexts && !type.IsNested).Select(type => type.FullName!)];

        var below = Types.InAssembly(AssemblyOf(Contexts)).That().ResideInNamespaceMatching($@"^{Contexts}\..+");
        Assert.Contains(typeof(ContextLog).FullName, below.GetTypes().Select(type => type.FullName));

        var result = below.ShouldNot().HaveDependencyOnAny(above).GetResult();

        Assert.True(result.IsSuccessful, string.Join('\n', (result.FailingTypes ?? []).Select(type => $"{type.FullName}: {type.Explanation}")));
    }

    private static Assembly AssemblyOf(string root) => Assembly.Load(string.Join('.', root.Split('.').Take(2)));
}
