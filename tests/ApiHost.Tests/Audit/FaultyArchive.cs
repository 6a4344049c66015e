using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.Archive.Stores;

namespace TtsGrains.ApiHost.Tests.Audit;

/// <summary>The archive of a service, whose writes fail by name.</summary>
public class FaultyArchive : DispatchProxy
{
    private ISegmentArchive? _archive;

    /// <summary>Determines whether an object cannot be written.</summary>
    public Func<string, bool> Fails { get; set; } = _ => false;

    /// <summary>Puts one before the archive of a service.</summary>
    /// <param name="services">The service.</param>
    /// <param name="made">Receives it.</param>
    public static void Put(IServiceCollection services, Action<FaultyArchive> made)
    {
        var real = services.Last(service => service.ServiceType == typeof(ISegmentArchive));
        services.AddSingleton(provider =>
        {
            var proxy = Create<ISegmentArchive, FaultyArchive>();
            var faulty = (FaultyArchive)(object)proxy;
            faulty._archive = (ISegmentArchive)real.ImplementationFactory!(provider);
            made(faulty);
            return proxy;
        });
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        => targetMethod!.Name == nameof(ISegmentArchive.WriteAsync) && Fails((string)args![0]!)
            ? Task.FromException<ArchiveWrite>(new IOException("The store is away."))
            : targetMethod.Invoke(_archive, args);
}
