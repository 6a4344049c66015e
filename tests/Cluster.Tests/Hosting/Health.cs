using System.Text.Json;

namespace TtsGrains.Cluster.Tests.Hosting;

/// <summary>Asks a host how it is.</summary>
internal static class Health
{
    private static readonly HttpClient Client = new();

    /// <summary>What <c>/health/ready</c> says, ready or not.</summary>
    public static async Task<JsonElement> GetAsync(Uri http, CancellationToken cancellationToken)
    {
        using var answer = await Client.GetAsync(new Uri(http, "/health/ready"), cancellationToken);
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
        Assert.Equal(json.RootElement.GetProperty("ready").GetBoolean(), answer.IsSuccessStatusCode);
        return json.RootElement.Clone();
    }

    /// <summary>Completes when a host answers on its port and says that.</summary>
    public static async Task WhenAsync(Uri http, Func<JsonElement, bool> says, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        JsonElement? last = null;
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            do
            {
                last = await TryGetAsync(http, patience.Token);
            }
            while ((last is null || !says(last.Value)) && await timer.WaitForNextTickAsync(patience.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{http} last said: {last?.ToString() ?? "nothing"}");
        }
    }

    private static async Task<JsonElement?> TryGetAsync(Uri http, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(http, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
