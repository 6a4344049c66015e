using System.Globalization;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>The tables of settings say what the code says: every setting, with its default.</summary>
public sealed class DocumentedSettingsTests
{
    // Where a host keeps them follows from its data folder.
    private static readonly string[] InTheDataFolder = [nameof(ArchiveOptions.Path), nameof(ArchiveOptions.SpoolPath)];

    [Fact]
    public void Archive_EverySettingIsInItsTable()
        => Check("archive.md", Settings(ArchiveOptions.Section, new ArchiveOptions()).Concat(
            Settings($"{TenantOptions.Section}:<id>", new TenantOptions(), nameof(TenantOptions.Archive), nameof(TenantOptions.RetentionDays))));

    [Fact]
    public void Sessions_EverySettingIsInItsTable()
        => Check("sessions.md", Settings(ContextOptions.Section, new ContextOptions())
            .Concat(Settings(ListenerOptions.Section, new ListenerOptions()))
            .Concat(Settings(SocketOptions.Section, new SocketOptions(), nameof(SocketOptions.MaxUnsentBytes))));

    [Fact]
    public void Upstreams_EverySettingIsInItsTable()
        => Check("recovery.md", Settings($"{UpstreamOptions.Section}:<name>", new UpstreamOptions()).Append(($"{TenantOptions.Section}:<id>:{nameof(TenantOptions.Upstreams)}", null)));

    private static void Check(string document, IEnumerable<(string Name, string? Default)> settings)
    {
        var rows = File.ReadLines(Path.Combine(Root(), "docs", document))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells[1].Contains(':', StringComparison.Ordinal) && cells.Length == 5)
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells[3]);
        var expected = settings.ToDictionary(setting => setting.Name, setting => setting.Default ?? rows.GetValueOrDefault(setting.Name));

        Assert.Equal(
            expected.Select(setting => $"{setting.Key} = {setting.Value}").Order(),
            rows.Select(row => $"{row.Key} = {row.Value.Split(':')[0]}").Order());
    }

    private static IEnumerable<(string Name, string? Default)> Settings<T>(string section, T defaults, params string[] only)
        where T : class
        => typeof(T).GetProperties().Where(property => only.Length == 0 || only.Contains(property.Name))
            .Select(property => ($"{section}:{property.Name}", InTheDataFolder.Contains(property.Name) ? null : Describe(property.Name, property.GetValue(defaults))));

    private static string Describe(string name, object? value) => value switch
    {
        null => "none",
        TimeSpan span when span >= TimeSpan.FromHours(1) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours} h"),
        TimeSpan span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds} s"),
        Enum choice => choice.ToString().ToLowerInvariant(),
        int or long when name.EndsWith("Bytes", StringComparison.Ordinal) => Bytes(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Bytes(long count)
        => count % (1L << 30) == 0 ? $"{count >> 30} GiB" : count % (1L << 20) == 0 ? $"{count >> 20} MiB" : $"{count >> 10} KiB";

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TtsGrains.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds TtsGrains.sln.");
    }
}
