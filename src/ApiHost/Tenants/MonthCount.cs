using System.Diagnostics.CodeAnalysis;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>
/// The characters of one tenant's month as one host knows them: what all hosts have reported, and what this one has not reported yet. Thread-safe.
/// </summary>
/// <param name="host">The process.</param>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle to free.")]
internal sealed class MonthCount(Guid host)
{
    private readonly Lock _gate = new();
    private DateOnly _month;
    private long _reported;
    private long _unreported;
    private long _number;
    private MonthBatch? _batch;

    /// <summary>One report at a time.</summary>
    public SemaphoreSlim Reporting { get; } = new(1);

    /// <summary>True if the other hosts' part is known.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Gets the characters of a month.</summary>
    public long Of(DateOnly month)
    {
        lock (_gate)
        {
            return Used(month);
        }
    }

    /// <summary>True if there is something to report.</summary>
    public bool HasNews
    {
        get
        {
            lock (_gate)
            {
                return _unreported > 0 || _batch is not null;
            }
        }
    }

    /// <summary>Counts characters, unless that makes more than the limit.</summary>
    public bool TryCount(DateOnly month, int characters, long limit)
    {
        lock (_gate)
        {
            Turn(month);
            if (characters > 0 && Used(month) + characters > limit)
            {
                return false;
            }

            _unreported += characters;
            return true;
        }
    }

    /// <summary>Takes what is to be reported. Until <see cref="OnReported"/> it is the same again.</summary>
    public MonthBatch Take(DateOnly month)
    {
        lock (_gate)
        {
            Turn(month);
            if (_batch is null)
            {
                _batch = new MonthBatch(host, ++_number, _month, _unreported);
                _unreported = 0;
            }

            return _batch.Value;
        }
    }

    /// <summary>The report has arrived.</summary>
    public void OnReported(MonthUse use)
    {
        lock (_gate)
        {
            if (use.Month >= _month)
            {
                (_month, _reported) = (use.Month, use.Characters);
            }

            (_batch, IsLoaded) = (null, true);
        }
    }

    // The rest of a month that is over counts no more.
    private void Turn(DateOnly month)
    {
        if (month > _month)
        {
            (_month, _reported, _unreported) = (month, 0, 0);
        }
    }

    private long Used(DateOnly month) => month > _month ? 0 : _reported + _unreported + (_batch is { } batch && batch.Month == _month ? batch.Characters : 0);
}
