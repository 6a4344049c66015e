using System.Buffers;
using TtsGrains.Client.Events;
using TtsGrains.Protocol;

namespace TtsGrains.Client.Contexts;

/// <summary>What a context has to tell the service: its inputs, then perhaps a cancel. Not thread-safe.</summary>
internal sealed class Outbox(string contextId, TtsContextOptions options, ApiVersion version)
{
    private readonly InputLog _inputs = new();
    private readonly RequestWriter _writer = new(contextId, options, version);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Expression? _expression = options.Expression;

    /// <summary>True if the last input was added.</summary>
    public bool IsComplete => _inputs.IsComplete;

    /// <summary>True if the service may know the context.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Completes when nothing is left to tell.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Adds an input. Without an expression of its own it keeps the previous one.</summary>
    public ContextInput Add(string text, bool flush, bool isLast, Expression? expression)
    {
        _expression = expression ?? _expression;
        var input = new ContextInput(text, flush, isLast, _expression);
        _inputs.Add(input);
        return input;
    }

    /// <summary>Writes the next input; null if there is none.</summary>
    public ContextInput? Write(IBufferWriter<byte> output, bool isNumbered)
    {
        if (!_inputs.TryPeek(out var input, out var number))
        {
            return null;
        }

        _writer.WriteInput(output, input, isNumbered ? number : null);
        HasBegun = true;
        return input;
    }

    /// <summary>Writes a cancel.</summary>
    public void WriteCancel(IBufferWriter<byte> output) => _writer.WriteCancel(output);

    /// <summary>The input that was next was sent.</summary>
    public void Advance() => _inputs.Advance();

    /// <summary>Takes note of what an event proves.</summary>
    public void OnEvent(TtsEvent item)
    {
        _inputs.OnHeard();
        if (item is FlushDoneEvent)
        {
            _inputs.OnFlushDone();
        }
    }

    /// <summary>On another socket, sends again what the service may not have.</summary>
    public void Rewind()
    {
        if (HasBegun)
        {
            _inputs.Rewind();
        }
    }

    /// <summary>Sends everything again, to a service that does not know the context.</summary>
    public void Restart()
    {
        _inputs.Rewind();
        HasBegun = false;
    }

    /// <summary>Drops the inputs; only a cancel may follow.</summary>
    public void DropInputs() => _inputs.Close();

    /// <summary>Nothing more is told.</summary>
    public void Close()
    {
        _inputs.Close();
        _closed.TrySetResult();
    }
}
