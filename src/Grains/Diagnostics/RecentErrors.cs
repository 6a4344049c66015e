using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Operations;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>The newest errors that clients got from this host: ids and codes, never text. A tenant with many of them does not displace those of others.</summary>
public sealed class RecentErrors(TimeProvider time)
{
    /// <summary>The errors that are kept of one tenant.</summary>
    public const int MostOfTenant = 20;

    /// <summary>The errors that are kept of all.</summary>
    public const int Most = 200;

    private readonly Lock _gate = new();
    private readonly List<ErrorReport> _errors = [];

    /// <summary>Notes an error.</summary>
    public void Add(string tenant, ProtocolError error, string requestId, string? session = null, string? context = null, string? traceId = null)
    {
        if (tenant == ContextKey.WarmUpTenant)
        {
            return;
        }

        var report = new ErrorReport(time.GetUtcNow(), tenant, error.StatusCode, error.Code, requestId, session, context, traceId);
        lock (_gate)
        {
            if (_errors.Count(other => other.Tenant == tenant) >= MostOfTenant)
            {
                _errors.RemoveAt(_errors.FindIndex(other => other.Tenant == tenant));
            }
            else if (_errors.Count >= Most)
            {
                _errors.RemoveAt(0);
            }

            _errors.Add(report);
        }
    }

    /// <summary>Lists them, the newest last.</summary>
    public ImmutableArray<ErrorReport> List()
    {
        lock (_gate)
        {
            return [.. _errors];
        }
    }
}
