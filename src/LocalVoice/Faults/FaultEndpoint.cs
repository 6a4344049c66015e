using Microsoft.AspNetCore.Http;

namespace TtsGrains.LocalVoice.Faults;

/// <summary><c>/faults</c>: GET shows the script and how often each rule has struck, PUT replaces it, DELETE ends it.</summary>
internal static class FaultEndpoint
{
    public static async Task HandleAsync(HttpContext http, FaultScript faults)
    {
        if (HttpMethods.IsGet(http.Request.Method))
        {
            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync(faults.ToJson(), http.RequestAborted);
        }
        else if (HttpMethods.IsPut(http.Request.Method))
        {
            await LoadAsync(http, faults);
        }
        else if (HttpMethods.IsDelete(http.Request.Method))
        {
            faults.Load("[]");
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = "GET, PUT, DELETE";
        }
    }

    private static async Task LoadAsync(HttpContext http, FaultScript faults)
    {
        using var body = new StreamReader(http.Request.Body);
        try
        {
            faults.Load(await body.ReadToEndAsync(http.RequestAborted));
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (FormatException e)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync(e.Message, http.RequestAborted);
        }
    }
}
