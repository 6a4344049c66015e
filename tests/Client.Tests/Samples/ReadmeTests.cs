using System.Reflection;

namespace TtsGrains.Client.Tests.Samples;

/// <summary>The examples of the README are those that are compiled, and run, here.</summary>
public sealed class ReadmeTests
{
    [Theory]
    [InlineData("say", "SaySample.cs")]
    [InlineData("interrupt", "InterruptSample.cs")]
    [InlineData("listen", "ListenSample.cs")]
    [InlineData("scripted", "ScriptedSample.cs", "Testing.README.md")]
    public void Readme_Example_IsTheCompiledOne(string name, string file, string readme = "README.md")
    {
        var shown = Between(Read(readme), $"```csharp {name}\n", "```");
        var compiled = Between(Read(file), $"        // {name}\n", "        // end\n");

        Assert.Equal(shown.Trim(), Unindent(compiled).Trim());
    }

    [Fact]
    public async Task Scripted_Runs()
        => Assert.Equal(("All is well.", 429), await ScriptedSample.RunAsync(TestContext.Current.CancellationToken));

    private static string Unindent(string text) => string.Join('\n', text.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line));

    private static string Between(string text, string begin, string end)
    {
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        Assert.True(from >= 0, $"There is no '{begin.Trim()}'.");
        from += begin.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
