using System.Net.WebSockets;
using System.Text;

namespace TtsGrains.Cli.Bench;

/// <summary>One context of the scripted upstream: the same chunk of 100 ms again and again, each when its turn in real time has come.</summary>
internal sealed class PacedSpeech
{
    private readonly ScriptedSocket _socket;
    private readonly byte[] _chunk;
    private readonly byte[] _done;
    private readonly int _chunks;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private int _sent;

    public PacedSpeech(ScriptedSocket socket, string contextId, int chunks)
    {
        _socket = socket;
        _chunks = chunks;
        _chunk = Encoding.UTF8.GetBytes(
            $$"""{"type":"chunk","context_id":"{{contextId}}","status_code":206,"done":false,"data":"{{BenchScript.ChunkBase64}}","step_time":1.5,"flush_id":1}""");
        _done = Encoding.UTF8.GetBytes($$"""{"type":"done","context_id":"{{contextId}}","status_code":206,"done":true}""");
    }

    /// <summary>When the next message is due. The first chunk is due at once.</summary>
    public long NextDue => _start + (long)(_sent * BenchScript.ChunkLength.TotalSeconds * TimeProvider.System.TimestampFrequency);

    /// <summary>Sends what is due: a chunk, or behind the last one the end.</summary>
    /// <returns>Whether there is more to send.</returns>
    public bool SendNext()
    {
        try
        {
            _socket.Send(_chunk);
            if (++_sent < _chunks)
            {
                return true;
            }

            _socket.Send(_done);
            return false;
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The other side has gone, and with it whoever would listen.
            return false;
        }
    }
}
