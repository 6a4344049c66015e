using TtsGrains.Testing;
using Xunit;
using static TtsGrains.LocalVoice.Tests.Server.VoiceClient;

namespace TtsGrains.LocalVoice.Tests.Server;

public sealed class PacingTests : ServerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Chunks_AtTwiceRealTime_LeaveWhenTheyAreDue()
    {
        var client = await StartAndConnectAsync(o => o.RealtimeFactor = 2, _time);
        await client.SendAsync(Request("c", "A sentence that is long enough."), Token);

        Assert.Equal(800, (await client.ReceiveAsync(Token))!.Audio.Length);
        await _time.WhenTimerAsync(due => due == TimeSpan.FromMilliseconds(25), Token);
        _time.Advance(TimeSpan.FromMilliseconds(24));
        Assert.Equal("error", await NextTypeAfterAnErrorAsync(client));

        _time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(1600, (await client.ReceiveAsync(Token))!.Audio.Length);
        await _time.WhenTimerAsync(due => due > TimeSpan.FromMilliseconds(45), Token);
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(1600, (await client.ReceiveAsync(Token))!.Audio.Length);
    }

    [Fact]
    public async Task Buffer_WithoutPunctuation_IsSpokenAfterTheDelay()
    {
        var client = await StartAndConnectAsync(time: _time);
        await client.SendAsync(Request("c", "some words ", more: true, r => r["max_buffer_delay_ms"] = 400), Token);
        await _time.WhenTimerAsync(due => due == TimeSpan.FromMilliseconds(400), Token);
        _time.Advance(TimeSpan.FromMilliseconds(399));
        Assert.Equal("error", await NextTypeAfterAnErrorAsync(client));

        _time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Equal("chunk", (await client.ReceiveAsync(Token))!.Type);
    }

    [Fact]
    public async Task Buffer_WithASentence_IsSpokenAtOnce()
    {
        var client = await StartAndConnectAsync(time: _time);
        await client.SendAsync(Request("c", "A sentence. And the beginning of", more: true), Token);

        Assert.Equal("chunk", (await client.ReceiveAsync(Token))!.Type);
    }

    [Fact]
    public async Task Context_WithoutInput_ExpiresWithDone()
    {
        var client = await StartAndConnectAsync(o => o.ContextExpiry = TimeSpan.FromSeconds(5), _time);
        await client.SendAsync(Request("c", "", more: true), Token);
        await _time.WhenTimerAsync(due => due == TimeSpan.FromSeconds(5), Token);

        _time.Advance(TimeSpan.FromSeconds(5.1));
        Assert.Equal("done", (await client.ReceiveAsync(Token))!.Type);

        await client.SendAsync(Request("c", "too late", more: true), Token);
        Assert.Equal("context_closed", (await client.ReceiveAsync(Token))!.ErrorCode);
    }

    [Fact]
    public async Task Input_AfterACancel_IsDroppedForASecond()
    {
        var client = await StartAndConnectAsync(time: _time);
        await client.SendAsync(Request("c", "words ", more: true), Token);
        await client.SendTextAsync("""{"cancel":true,"context_id":"c"}""", Token);
        await client.SendAsync(Request("c", "Crossed the cancel."), Token);
        Assert.Equal("error", await NextTypeAfterAnErrorAsync(client));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEmpty(await client.SpeakAsync(Request("c", "A new context."), Token));
    }

    // The answer to nonsense comes at once: when it is the next frame, nothing else was waiting to be sent.
    private static async Task<string> NextTypeAfterAnErrorAsync(VoiceClient client)
    {
        await client.SendTextAsync("nonsense", Token);
        return (await client.ReceiveAsync(Token))!.Type;
    }
}
