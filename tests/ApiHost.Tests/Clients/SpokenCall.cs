using System.Text;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Clients;

/// <summary>A client in a session of its own, and one context of it whose upstream says what the test tells it, when the test tells it.</summary>
public sealed class SpokenCall : IAsyncDisposable
{
    private readonly StringBuilder _said = new();
    private int _spoken;

    private SpokenCall(RunningService service, SocketClient owner, ScriptedContext voice, string session, string context)
        => (Service, Owner, Voice, Session, Context) = (service, owner, voice, session, context);

    public RunningService Service { get; }

    public SocketClient Owner { get; }

    public ScriptedContext Voice { get; }

    public string Session { get; }

    /// <summary>All audio so far.</summary>
    public byte[] Said => ScriptedAudio.Of(_said.ToString());

    public string Context { get; }

    /// <summary>Another socket of the same client, in the same session.</summary>
    public Task<SocketClient> ReconnectAsync(string query, string tenant = RunningService.Acme) => ConnectAsync(Service, Session, query, tenant);

    public static async Task<SpokenCall> OpenAsync(RunningService service, bool more = false, string query = "")
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var session = $"call {Guid.NewGuid():N}";
        var text = $"Text of {session}";
        service.Upstream.When(text, (context, message) => message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask);
        var owner = await ConnectAsync(service, session, query, RunningService.Acme);
        await owner.PushAsync("speech:1", text, more);
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf(text).Count > 0, cancellationToken);
        return new SpokenCall(service, owner, service.Upstream.ContextsOf(text)[0], session, "speech:1");
    }

    private static Task<SocketClient> ConnectAsync(RunningService service, string session, string query, string tenant)
    {
        var url = new UriBuilder(service.WebSocket) { Query = $"session_id={Uri.EscapeDataString(session)}{query}" }.Uri;
        return SocketClient.ConnectAsync(url, options => options.SetRequestHeader("X-API-Key", $"{tenant}-key"));
    }

    /// <summary>One chunk whose bytes tell which it is.</summary>
    public void Say(int characters = 8)
    {
        _spoken++;
        var text = new string((char)('A' + (_spoken % 1000)), characters);
        _said.Append(text);
        Voice.Chunk(text);
    }

    /// <summary>Completes when the owner has received this number of frames.</summary>
    public Task WhenOwnerReceivedAsync(int frames) => frames == 0 ? Task.CompletedTask : Owner.WhenAsync(Context, heard => heard.Frames.Count >= frames);

    /// <summary>Ends the context and the call; returns what the owner heard.</summary>
    public async Task<HeardContext> FinishAsync()
    {
        if (_spoken == 0)
        {
            // An upstream that ends without a word is asked again.
            Say();
        }

        Voice.Done();
        var heard = await Owner.WhenEndedAsync(Context);
        await Owner.CloseAsync();
        return heard;
    }

    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}
