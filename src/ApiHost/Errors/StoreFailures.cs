using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Stores;

namespace TtsGrains.ApiHost.Errors;

/// <summary>Answers when the archive's store fails, or has what cannot be decrypted.</summary>
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
            LogStoreAway(LoggerOf(http), http.Request.Method, http.Request.Path, e.Message.Split('\n')[0]);
            return http.ToProblem(Problems.StoreUnavailable);
        }
        catch (UnreadableObjectException e)
        {
            return call.HttpContext.ToUnreadable(e);
        }
    }

    /// <summary>Answers that something cannot be decrypted. What was erased with its key is no fault to log.</summary>
    public static IResult ToUnreadable(this HttpContext http, UnreadableObjectException unreadable)
    {
        if (unreadable.Reason != UnreadableReason.KeyDeleted)
        {
            LogUnreadable(LoggerOf(http), http.Request.Method, http.Request.Path, unreadable.Message);
        }

        return http.ToProblem(Problems.Of(unreadable));
    }

    private static ILogger LoggerOf(HttpContext http) => http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(StoreFailures));

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} cannot be answered: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string method, string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive's store failed {Method} {Path}: {Reason}")]
    private static partial void LogStoreAway(ILogger logger, string method, string path, string reason);
}
