using TtsGrains.Archive.Stores;

namespace TtsGrains.ApiHost.Errors;

/// <summary>Answers 503 when the archive's store fails.</summary>
internal static partial class StoreFailures
{
    /// <summary>Adds the answer to these routes.</summary>
    public static TBuilder ReportStoreFailures<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder
        => routes.AddEndpointFilter(ReportAsync);

    private static async ValueTask<object?> ReportAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        try
        {
            return await next(call);
        }
        catch (Exception e) when (StoreFailure.Is(e))
        {
            var http = call.HttpContext;
            LogStoreAway(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(StoreFailures)), http.Request.Method, http.Request.Path, e.Message.Split('\n')[0]);
            return http.ToProblem(Problems.StoreUnavailable);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive's store failed {Method} {Path}: {Reason}")]
    private static partial void LogStoreAway(ILogger logger, string method, string path, string reason);
}
