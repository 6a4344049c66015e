using Microsoft.Extensions.Configuration;

namespace TtsGrains.Grains.Hosting;

/// <summary>Where a host keeps what must outlive it. Setting <c>Data</c>; default: <c>data</c> below the working directory.</summary>
public static class DataDirectory
{
    /// <summary>The directory, which is there afterwards.</summary>
    /// <exception cref="SettingsException">It cannot be made.</exception>
    public static string GetDataDirectory(this IConfiguration configuration)
    {
        var path = configuration["Data"] is { Length: > 0 } given ? given : "data";
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"Data is '{path}', which is no folder that can be used: {refused.Message}", refused);
        }
    }
}
