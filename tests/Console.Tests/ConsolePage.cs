using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

/// <summary>A page of the console with what the browser saw: URLs, messages of sockets, errors.</summary>
internal sealed class ConsolePage : IAsyncDisposable
{
    // A browser is slow on a machine that is busy.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly Uri _service;
    private readonly ConcurrentQueue<string> _urls = new();
    private readonly ConcurrentQueue<string> _errors = new();

    public ConsolePage(IPage page, Uri service)
    {
        (Page, _service) = (page, service);
        page.SetDefaultTimeout((float)Timeout.TotalMilliseconds);
        page.Request += (_, request) => _urls.Enqueue(request.Url);
        page.WebSocket += (_, socket) => _urls.Enqueue(socket.Url);
        page.FrameNavigated += (_, frame) => _urls.Enqueue(frame.Url);
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) => { if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal)) { _errors.Enqueue(message.Text); } };
    }

    public IPage Page { get; }

    /// <summary>All URLs that the page asked for or went to.</summary>
    public IReadOnlyCollection<string> Urls => _urls;

    /// <summary>Uncaught errors, and what the Content-Security-Policy refused.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>The session of the view Try it.</summary>
    public Task<string> SessionAsync => Page.Locator("section[aria-label=Speech] code").InnerTextAsync();

    public async Task SignInAsync(string key)
    {
        await Page.GetByLabel("API key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.GetByRole(AriaRole.Heading, new() { Name = "Try it" }).WaitForAsync();
        await WhenAsync("document.querySelectorAll('form select option').length > 2");
    }

    /// <summary>Goes to a view, such as <c>live</c>.</summary>
    public async Task GoAsync(string view)
    {
        await Page.EvaluateAsync("hash => { location.hash = hash; }", $"#/{view}");
        await Page.Locator("main h1").First.WaitForAsync();
    }

    /// <summary>Speaks a text in the view Try it.</summary>
    public async Task SpeakAsync(string text)
    {
        await Page.GetByLabel("Text", new() { Exact = true }).FillAsync(text);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Speak" }).ClickAsync();
    }

    /// <summary>Waits until the view Try it is in a state.</summary>
    public Task WhenStateAsync(string state) => Page.Locator($"[data-state={state}]").WaitForAsync();

    /// <summary>Waits until an expression of the page is true, looking at each frame that it draws.</summary>
    /// <param name="expression">The expression; may await.</param>
    /// <param name="argument">The value of <c>argument</c> in it.</param>
    public Task WhenAsync(string expression, string argument = "")
        => Page.EvaluateAsync($"async argument => {{ while (!({expression})) await new Promise(requestAnimationFrame); }}", argument).WaitAsync(Timeout);

    /// <summary>Runs a script that returns two numbers.</summary>
    public async Task<(double First, double Second)> MeasureAsync(string script)
        => await Page.EvaluateAsync<double[]>($"async () => {{ {script} }}") is [var first, var second] ? (first, second) : throw new InvalidOperationException("Not two numbers.");

    public bool IsOfService(string url) => new Uri(url) is var asked && (asked.Scheme is "blob" or "about" || asked.Authority == _service.Authority);

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
