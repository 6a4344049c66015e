using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TtsGrains.Client.Tests.Service;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>The commands that change a tenants file.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TenantsCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tts-tenants-");

    private string File => Path.Combine(_folder.FullName, "tenants.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Add_ATenant_PrintsItsKeyOnceAndStoresItsHash()
    {
        var (exitCode, output, errors) = await RunAsync("add", "acme", "--name", "website", "--scopes", "speak,admin", "--expires", "2999-01-31", "--json");

        Assert.Equal((0, ""), (exitCode, errors));
        var printed = JsonDocument.Parse(output).RootElement;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(printed.GetProperty("key").GetString()!)));
        var content = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        var key = JsonDocument.Parse(content).RootElement.GetProperty("tenants").GetProperty("acme").GetProperty("keys")[0];
        Assert.Equal(
            (hash, "website", "2999-01-31T00:00:00Z", "[\"speak\",\"admin\"]"),
            (key.GetProperty("sha256").GetString(), key.GetProperty("name").GetString(), key.GetProperty("expires").GetString(), key.GetProperty("scopes").ToString().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal)));
        Assert.DoesNotContain(printed.GetProperty("key").GetString()!, content, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([File], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public async Task Keys_AreMadeListedAndRevoked()
    {
        await RunAsync("add", "acme", "--name", "first");
        await RunAsync("keys", "acme", "--new", "--name", "second", "--scopes", "listen");

        var listed = await RunAsync("keys", "acme");
        Assert.Matches("^[0-9a-f]{16}  speak,listen,archive         -                     first\n[0-9a-f]{16}  listen                       -                     second\n$", listed.Output);

        var revoked = await RunAsync("revoke", "acme", "first");
        Assert.Matches("^[0-9a-f]{16} of acme is revoked\n$", revoked.Output);
        var last = Assert.Single((await RunAsync("keys", "acme", "--json")).Output.TrimEnd().Split('\n'));
        Assert.Equal("second", JsonDocument.Parse(last).RootElement.GetProperty("name").GetString());

        await RunAsync("revoke", "acme", "--all");
        Assert.Equal((0, "", ""), await RunAsync("keys", "acme"));
        Assert.StartsWith("acme                        0 keys", (await RunAsync("list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_AKey_MakesOneOfItsNameAndScopes_AndLetsItExpire()
    {
        await RunAsync("add", "acme", "--name", "first", "--scopes", "listen", "--expires", "2999-01-31");

        var (exitCode, output, errors) = await RunAsync("rotate", "acme", "first", "--overlap", "0s", "--json");

        var made = JsonDocument.Parse(output).RootElement;
        Assert.Equal((0, "first", "2999-01-31T00:00:00Z", "[\"listen\"]"), (exitCode, made.GetProperty("name").GetString(), made.GetProperty("expires").GetString(), made.GetProperty("scopes").GetRawText()));
        var keys = (await RunAsync("keys", "acme", "--json")).Output.TrimEnd().Split('\n').Select(key => JsonDocument.Parse(key).RootElement).ToList();
        Assert.Equal((2, made.GetProperty("id").GetString()), (keys.Count, keys[1].GetProperty("id").GetString()));
        Assert.Equal($"The key is shown this once. The file holds only its SHA-256.\nThe key {keys[0].GetProperty("id").GetString()} expires in 0s, unless it expires before.\n".Split('\n')[1], errors.TrimEnd());
        Assert.True(keys[0].GetProperty("expires").GetDateTimeOffset() < DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(1, (await RunAsync("rotate", "acme", "nothing")).ExitCode);
    }

    [Fact]
    public async Task Limits_AreShownAndChanged()
    {
        await RunAsync("add", "acme");

        Assert.Contains("max_open_contexts  1000\n", Squeezed((await RunAsync("limits", "acme")).Output), StringComparison.Ordinal);
        Assert.Contains("max_open_contexts  5\n", Squeezed((await RunAsync("limits", "acme", "--max-open-contexts", "5", "--retention-days", "30")).Output), StringComparison.Ordinal);
        Assert.Contains("retention_days  30\n", Squeezed((await RunAsync("limits", "acme", "--max-open-contexts", "default")).Output), StringComparison.Ordinal);
        Assert.Contains("max_open_contexts  1000\n", Squeezed((await RunAsync("limits", "acme")).Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_ThatCannotBeDone_SayWhyInOneSentence()
    {
        Assert.Equal((1, "", $"There is no file {File}.\n"), await RunAsync("list"));
        await RunAsync("add", "acme", "--name", "same");
        await RunAsync("keys", "acme", "--new", "--name", "same");

        Assert.Equal((1, "", "tenants.json has a tenant acme already.\n"), await RunAsync("add", "acme"));
        Assert.Equal((1, "", "tenants.json has no tenant acne. Did you mean acme?\n"), await RunAsync("keys", "acne"));
        Assert.Equal((1, "", "acme has no key 'nothing'; ./tts tenants keys acme lists them.\n"), await RunAsync("revoke", "acme", "nothing"));
        Assert.Equal((1, "", "acme has 2 keys 'same'; name the id of one.\n"), await RunAsync("revoke", "acme", "same"));
    }

    [Fact]
    public async Task Commands_OnAFaultyFile_NameTheFaultAndChangeNothing()
    {
        const string Faulty = """{"tenants": {"acme": {"keys": [], "maxOpenContexts": 0}}}""";
        await System.IO.File.WriteAllTextAsync(File, Faulty, TestContext.Current.CancellationToken);

        Assert.Equal(
            (1, "", $"{File} has a fault; correct it first: Tenants:acme:MaxOpenContexts is 0; it must be 1 to 1,000,000.\n"), await RunAsync("keys", "acme", "--new"));
        Assert.Equal(Faulty, await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task File_FromTheEnvironment_IsChangedAndKeepsWhatElseItHas()
    {
        await System.IO.File.WriteAllTextAsync(File, """{"tenants": {"acme": {"Upstreams": ["main"], "archive": "off"}}}""", TestContext.Current.CancellationToken);

        var (exitCode, _, errors) = await RealService.RunAsync([("TenantsFile", File)], "tenants", "keys", "acme", "--new", "--json");

        Assert.Equal((0, ""), (exitCode, errors));
        var acme = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken)).RootElement.GetProperty("tenants").GetProperty("acme");
        Assert.Equal(("main", "off", 1), (acme.GetProperty("Upstreams")[0].GetString(), acme.GetProperty("archive").GetString(), acme.GetProperty("keys").GetArrayLength()));
    }

    private static string Squeezed(string output) => System.Text.RegularExpressions.Regex.Replace(output, " {2,}", "  ");

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => RealService.RunAsync(["tenants", .. arguments, "--file", File]);
}
