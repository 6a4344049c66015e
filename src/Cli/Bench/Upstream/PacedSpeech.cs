using System.Net.WebSockets;
using System.Text;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench.Upstream;

/// <summary>One context of the scripted upstream: numbered chunks of 100 ms, each sent when it is due in real time.</summary>
internal sealed class PacedSpeech
{
    private readonly ScriptedSocket _socket;
    private readonly string _contextId;
    private readonly byte[] _chunk;
    private readonly byte[] _done;
    private readonly int _numberAt;
    private readonly int _chunks;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private int _sent;
    private volatile bool _isCancelled;

    public PacedSpeech(ScriptedSocket socket, string contextId, int chunks, AudioFormat format)
    {
        _socket = socket;
        _contextId = contextId;
        _chunks = chunks;
        var head = $$"""{"type":"chunk","context_id":"{{contextId}}","status_code":206,"done":false,"data":"{{""}}""";
        _numberAt = Encoding.UTF8.GetByteCount(head);
        _chunk = Encoding.UTF8.GetBytes($$"""{{head}}{{BenchScript.ChunkOf(format)}}","step_time":1.5,"flush_id":1}""");
        _done = Encoding.UTF8.GetBytes($$"""{"type":"done","context_id":"{{contextId}}","status_code":206,"done":true}""");
    }

    /// <summary>When the next message is due. The first chunk is due at once.</summary>
    public long NextDue => _start + (long)(_sent * BenchScript.ChunkLength.TotalSeconds * TimeProvider.System.TimestampFrequency);

    /// <summary>Sends no further chunk; the end follows when the next chunk would have been due.</summary>
    public void Cancel() => _isCancelled = true;

    /// <summary>Sends what is due: a chunk, and behind the last one the end.</summary>
    /// <returns>True if there is more to send.</returns>
    public bool SendNext()
    {
        try
        {
            if (_sent < _chunks && !_isCancelled)
            {
                ChunkNumber.Write(_chunk.AsSpan(_numberAt), _sent);
                _socket.Send(_chunk);
                if (++_sent < _chunks)
                {
                    return true;
                }
            }

            _socket.Forget(_contextId);
            _socket.Send(_done);
            return false;
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The other side has gone, and with it the reader.
            return false;
        }
    }
}
