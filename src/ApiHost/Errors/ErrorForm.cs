using TtsGrains.ApiHost.Tenants;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Errors;

/// <summary>Gives every answer its request id, and every failure, of the service or the framework, the form that clients read.</summary>
internal sealed partial class ErrorForm(RequestDelegate next, RecentErrors errors, ILogger<ErrorForm> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        http.TraceIdentifier = Guid.NewGuid().ToString();
        http.Response.Headers["X-Request-Id"] = http.TraceIdentifier;
        try
        {
            await next(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
            return;
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            http.Response.StatusCode = e.StatusCode;
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            LogFailed(logger, http.TraceIdentifier, e);
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        if (!http.Response.HasStarted && http.Response is { ContentLength: null, ContentType: null } && Find(http.Response.StatusCode) is { } error)
        {
            await http.AnswerAsync(error);
        }

        // A request without a valid credential belongs to no tenant.
        if (http.Features.Get<ProtocolError>() is { } answered && http.Features.Get<Caller>() is { } caller)
        {
            errors.Add(caller.Tenant, answered, http.TraceIdentifier);
        }
    }

    // The framework's own answers.
    private static ProtocolError? Find(int statusCode) => statusCode switch
    {
        < 400 => null,
        StatusCodes.Status404NotFound => ErrorCatalogue.NotFound,
        StatusCodes.Status405MethodNotAllowed => ApiErrors.MethodNotAllowed,
        StatusCodes.Status416RangeNotSatisfiable => Problems.RangeNotSatisfiable,
        < 500 => ApiErrors.BadRequest(statusCode),
        _ => ErrorCatalogue.Internal,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} failed")]
    private static partial void LogFailed(ILogger logger, string requestId, Exception exception);
}
