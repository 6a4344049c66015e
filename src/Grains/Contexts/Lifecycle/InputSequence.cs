namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>What a push is to a context that has taken some. Zero is never a valid value.</summary>
internal enum InputOrder : byte
{
    None = 0,

    /// <summary>The next one: it is taken.</summary>
    Next = 1,

    /// <summary>One that was taken before: its client lost a socket and could not know.</summary>
    Repeat = 2,

    /// <summary>One that comes too early: some before it are missing.</summary>
    Ahead = 3,
}

/// <summary>
/// Counts the pushes of one context, so that one that is sent again is told from the next one. Those without a number count too: they are the next.
/// </summary>
internal sealed class InputSequence
{
    /// <summary>How many were taken; the number of the next one.</summary>
    public int Taken { get; private set; }

    /// <summary>Takes a push, when it is the next.</summary>
    /// <param name="number">Its number, from 0; null when its client does not count.</param>
    public InputOrder Take(int? number)
    {
        if (number < Taken)
        {
            return InputOrder.Repeat;
        }

        if (number > Taken)
        {
            return InputOrder.Ahead;
        }

        Taken++;
        return InputOrder.Next;
    }
}
