using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>
/// Makes a scripted upstream close its sockets in the middle of what it says, after an exact number of frames, so that a test can cut at every
/// one. Behind the cut all goes well, or every attempt is cut.
/// </summary>
internal sealed class CutUpstream
{
    private readonly Lock _gate = new();
    private int _left = int.MaxValue;
    private int _each = int.MaxValue;
    private int _sent;

    public CutUpstream(ScriptedUpstream upstream, bool timesFirst)
        => upstream.When("", (context, message) =>
        {
            foreach (var frame in context.Frames(message, timesFirst))
            {
                if (!TrySend(context, frame))
                {
                    break;
                }
            }

            return Task.CompletedTask;
        });

    /// <summary>How many frames have been sent since the last <see cref="CutAfter"/>.</summary>
    public int Sent
    {
        get
        {
            lock (_gate)
            {
                return _sent;
            }
        }
    }

    /// <summary>Cuts after this number of frames, once; or each time after as many more.</summary>
    public void CutAfter(int frames, bool again = false)
    {
        lock (_gate)
        {
            (_left, _each, _sent) = (frames, again ? frames : int.MaxValue, 0);
        }
    }

    private bool TrySend(ScriptedContext context, string frame)
    {
        lock (_gate)
        {
            if (_left == 0)
            {
                _left = _each;
                context.Socket.CloseBehind();
                return false;
            }

            if (context.Socket.IsEnding)
            {
                return false;
            }

            _left -= _left == int.MaxValue ? 0 : 1;
            _sent++;
            context.Send(frame);
            return true;
        }
    }
}
