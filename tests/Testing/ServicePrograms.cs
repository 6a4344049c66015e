namespace TtsGrains.Testing;

/// <summary>The programs of the service, as the build leaves them: precompiled, in a folder of their own.</summary>
public static class ServicePrograms
{
    /// <param name="project">The project of a program, such as <c>Silo</c>.</param>
    /// <returns>The path of its assembly.</returns>
    /// <exception cref="InvalidOperationException">It is not built.</exception>
    public static string PathOf(string project)
    {
        var tests = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(tests.Parent!.Parent!.FullName, project, tests.Name, $"TtsGrains.{project}.dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is not built.");
    }
}
