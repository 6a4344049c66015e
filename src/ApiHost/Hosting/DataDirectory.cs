namespace TtsGrains.ApiHost.Hosting;

/// <summary>Where this host keeps what must outlive it. Setting <c>Data</c>; default: <c>data</c> below the working directory.</summary>
internal static class DataDirectory
{
    public static string GetDataDirectory(this IConfiguration configuration)
        => Directory.CreateDirectory(configuration["Data"] is { Length: > 0 } path ? path : "data").FullName;
}
