using System.Collections.Immutable;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Words;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Markup;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>
/// The inputs of all segments that are not finished, as the client pushed them: what may have to be said again. Together with the log it is
/// all that a context needs to go on elsewhere.
/// </summary>
/// <param name="firstSegment">The segment of the first input, from 1.</param>
internal sealed class PendingInputs(int firstSegment = 1)
{
    private readonly List<Pending> _inputs = [];
    private int _segment = firstSegment;
    private MarkupState _markup;
    private string _unfinished = "";

    /// <summary>The offset in the log behind what finished upstream contexts have said: none of these inputs was heard before it.</summary>
    public int From { get; private set; }

    /// <summary>The <c>generation_config</c> that holds where the first of them begins; null when none was given.</summary>
    public byte[]? ConfigBefore { get; private set; }

    /// <summary>The <c>generation_config</c> that holds at the end.</summary>
    public byte[]? Config => _inputs.Aggregate(ConfigBefore, (config, input) => GenerationConfigs.Merge(config, input.Input.GenerationConfig));

    /// <summary>The settings that tags have put in force where the first text among them begins.</summary>
    public MarkupState MarkupBefore => _inputs.Find(static pending => pending.Input.Text.Length > 0)?.MarkupBefore ?? _markup;

    /// <summary>The inputs in order. What a finished upstream context has said is not in their text any more.</summary>
    public ImmutableArray<ContextInput> Inputs => [.. _inputs.Select(pending => pending.Input)];

    /// <summary>Notes a push.</summary>
    /// <param name="input">What the client pushed.</param>
    /// <param name="chunks">How many chunks the log holds now.</param>
    public void Add(ContextInput input, int chunks)
    {
        _inputs.Add(new Pending(input) { SentAt = chunks, MarkupBefore = _markup });
        var text = _unfinished + input.Text;
        var unfinished = input.Flush || input.IsLast ? 0 : UnfinishedText.LengthIn(text);
        _markup = MarkupText.StateAfter(text[..^unfinished], _markup);
        _unfinished = text[^unfinished..];
    }

    /// <summary>The rest of what looked like a tag did not come: what there is of it is sent as text.</summary>
    public void EndUnfinished() => _unfinished = "";

    /// <summary>Forgets the segments before this one: they are finished.</summary>
    public void Finish(int segment)
    {
        while (_segment < segment && _inputs.Count > 0)
        {
            if (_inputs[0].Input.Flush)
            {
                _segment++;
            }

            Forget(0);
        }
    }

    /// <summary>
    /// An upstream context has come to its end. What was sent to it since its last chunk may have crossed with that on the wire: only that
    /// is left unsaid, and only once.
    /// </summary>
    /// <param name="chunks">How many chunks the log holds now.</param>
    /// <param name="offset">How many frames the log holds now.</param>
    public void Answer(int chunks, int offset)
    {
        From = offset;
        for (var i = _inputs.Count - 1; i >= 0; i--)
        {
            var pending = _inputs[i];
            if (pending.SentAt != chunks || pending.IsResent)
            {
                pending.Input = pending.Input with { Text = "" };
            }
        }

        // The beginning of a tag, or half a surrogate pair, was never sent: it waits for its rest.
        if (_inputs.Count > 0 && _inputs[^1] is var last && _unfinished.Length > last.Input.Text.Length)
        {
            (last.Input, last.MarkupBefore) = (last.Input with { Text = _unfinished }, _markup);
        }

        while (_inputs.Count > 0 && _inputs[0].Input is { Text: "", Flush: false, IsLast: false })
        {
            Forget(0);
        }
    }

    /// <summary>All of them are being sent again.</summary>
    /// <param name="chunks">How many chunks the log holds now.</param>
    public void NoteResent(int chunks)
    {
        foreach (var pending in _inputs)
        {
            (pending.SentAt, pending.IsResent) = (chunks, true);
        }
    }

    private void Forget(int index)
    {
        ConfigBefore = GenerationConfigs.Merge(ConfigBefore, _inputs[index].Input.GenerationConfig);
        _inputs.RemoveAt(index);
    }

    private sealed class Pending(ContextInput input)
    {
        public ContextInput Input { get; set; } = input;

        public MarkupState MarkupBefore { get; set; }

        public int SentAt { get; set; }

        public bool IsResent { get; set; }
    }
}
