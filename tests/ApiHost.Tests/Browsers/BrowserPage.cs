using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace TtsGrains.ApiHost.Tests.Browsers;

/// <summary>A page of a host under test: it runs a script, which reports text to the test.</summary>
/// <param name="script">The body of an async function whose <c>report</c> sends text to the test.</param>
internal sealed class BrowserPage(string script) : IStartupFilter
{
    private const string Report = "/browser-test/report";

    private readonly TaskCompletionSource<string> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The path of the page.</summary>
    public const string Path = "/browser-test";

    /// <summary>The text of the first report; a failure of the script is one that begins with <c>error</c>.</summary>
    public Task<string> Result => _result.Task;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(ServeAsync);
        next(app);
    };

    private async Task ServeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path == Path)
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            await http.Response.WriteAsync($$"""
                <!doctype html><link rel="icon" href="data:,"><script type="module">
                const report = text => fetch('{{Report}}', { method: 'POST', body: text });
                try { {{script}} } catch (e) { report('error ' + e); }
                </script>
                """);
        }
        else if (http.Request.Path == Report)
        {
            using var reader = new StreamReader(http.Request.Body);
            _result.TrySetResult(await reader.ReadToEndAsync(http.RequestAborted));
        }
        else
        {
            await next(http);
        }
    }
}
