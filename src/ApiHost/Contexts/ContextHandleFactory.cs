using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>Makes the handles by which this process holds contexts.</summary>
internal abstract class ContextHandleFactory
{
    public abstract IContextHandle Create(ContextKey key);

    /// <summary>Whether contexts are opened in this process, without a wait for their grains.</summary>
    public abstract bool OpensAtOnce { get; }

    /// <summary>Whether contexts may go on when this process ends.</summary>
    public abstract bool ContextsOutliveProcess { get; }

    /// <summary>For a service that is one process: every context lives in it.</summary>
    internal sealed class Local(IGrainFactory grains, ILocalContexts contexts, ContextLogs logs) : ContextHandleFactory
    {
        public override bool OpensAtOnce => true;

        public override bool ContextsOutliveProcess => false;

        public override IContextHandle Create(ContextKey key) => new LocalContextHandle(key, grains.GetGrain<IContextGrain>(key.ToString()), contexts, logs);
    }

    /// <summary>For a process of a cluster: a context may live in any.</summary>
    internal sealed class Cluster(RemoteContextServices services) : ContextHandleFactory
    {
        public override bool OpensAtOnce => false;

        public override bool ContextsOutliveProcess => true;

        public override IContextHandle Create(ContextKey key) => new RemoteContextHandle(key, services);
    }
}
