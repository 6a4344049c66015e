using TtsGrains.ApiHost.Hosting;

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>docs/settings.md is what the options classes say. With TTS_WRITE_DOCS=1 the test writes it.</summary>
public sealed class SettingsDocumentTests
{
    private const string Preface = """
        # Settings

        <!-- Generated from the options classes. To write it anew after a change, build tests/ApiHost.Tests and run:
        TTS_WRITE_DOCS=1 dotnet artifacts/bin/ApiHost.Tests/release/TtsGrains.ApiHost.Tests.dll --filter-class "*SettingsDocumentTests" -->

        Give settings by environment (`Contexts__Expiry=10s`), by command line (`--Contexts:Expiry=10s`) or in `appsettings.json`. Names are
        not case-sensitive. `<id>` and `<name>` are names that you choose; `<n>` counts from 0.

        A program checks all its settings at start. If a name is unknown, a value has the wrong type or a rule is broken, it prints one sentence for each
        fault and ends with exit code 2.

        A **duration** has a unit: `250ms`, `5s`, `10m`, `1h`, `7d`; or the form `hh:mm:ss`, such as `00:00:05`. A bare number is refused, zero included: write `0s`.
        **Bytes** are a whole number without a unit.

        A Silo has the sections without `Socket`, `Listeners`, `Voices`, `AccessTokens`, `Credentials`, `Cors`, `Proxies`, `Console` and `LocalVoice`; it ignores these, so that all programs of a cluster can
        be given the same settings. The program LocalVoice has the section `LocalVoice` only. Logs are configured as in every .NET program: `Logging__LogLevel__Default=Debug`
        logs one line for each finished context, `Logging__Console__FormatterName=json` writes JSON.


        """;

    [Fact]
    public void Document_EverySetting_IsAsInTheCode()
    {
        var path = Path.Combine(Root(), "docs", "settings.md");
        var expected = Preface + SettingsDocument.Write(ApiHostSettings.Catalogue);
        if (Environment.GetEnvironmentVariable("TTS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(expected == File.ReadAllText(path), "docs/settings.md is not what the options classes say; its first lines tell how to write it anew.");
    }

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
