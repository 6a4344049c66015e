namespace TtsGrains.Engine.Tests.Hosting;

internal static class EngineHosting
{
    public static void Configure(ISiloBuilder silo) => silo.UseLocalhostClustering();
}
