using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TtsGrains.Testing;

/// <summary>A C# example of a README: compiled from the README as it stands, with the SDK's implicit usings, and run in this process.</summary>
public static class ReadmeProgram
{
    private const string ImplicitUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>Compiles and runs the example behind <c>```csharp name</c>.</summary>
    /// <param name="readme">The README's text.</param>
    /// <param name="name">The example's name.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <exception cref="InvalidOperationException">The README has no such example, or it does not compile; the message has the compiler's.</exception>
    public static Task RunAsync(string readme, string name, params string[] arguments)
    {
        var main = Compile(Extract(readme, name), name);

        // A program's entry point blocks until it ends.
        return Task.Factory.StartNew(() => main.Invoke(null, [arguments]), TestCancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static CancellationToken TestCancellation => Xunit.TestContext.Current.CancellationToken;

    private static string Extract(string readme, string name)
    {
        var begin = $"```csharp {name}\n";
        var from = readme.IndexOf(begin, StringComparison.Ordinal);
        if (from < 0)
        {
            throw new InvalidOperationException($"There is no '{begin.Trim()}'.");
        }

        from += begin.Length;
        return readme[from..readme.IndexOf("```", from, StringComparison.Ordinal)];
    }

    private static MethodInfo Compile(string source, string name)
    {
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            $"readme-{name}",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(source)],
            assemblies.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        if (!result.Success)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error)));
        }

        return Assembly.Load(assembly.ToArray()).EntryPoint!;
    }
}
