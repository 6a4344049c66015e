using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A reference to a grain or observer; the generated subclass implements the interface and leads each call here.</summary>
[SuppressMessage("Performance", "CA1852", Justification = "DispatchProxy derives from it.")]
internal class GrainReferenceProxy : DispatchProxy, IAddressable
{
    private GrainInterface _interface = null!;
    private GrainCatalog _catalog = null!;

    // The activation of the last call, which spares the directory as long as it lives; for an observer the only one.
    private RequestTarget? _target;

    /// <summary>The grain's name; null for an observer.</summary>
    public GrainKey? Key { get; private set; }

    public RequestTarget? Target => _target;

    public static GrainReferenceProxy Create(Type interfaceType, GrainCatalog catalog, GrainKey? key, RequestTarget? target = null)
    {
        var grainInterface = GrainInterface.Of(interfaceType);
        var reference = grainInterface.CreateReference();
        reference._interface = grainInterface;
        reference._catalog = catalog;
        reference.Key = key;
        reference._target = target;
        return reference;
    }

    public object Cast(Type interfaceType) => interfaceType.IsInstanceOfType(this) ? this : Create(interfaceType, _catalog, Key, _target);

    public GrainReferenceProxy Clone() => (GrainReferenceProxy)MemberwiseClone();

    public long Now() => _catalog.Silo.Time.GetTimestamp();

    public void Send(Request request)
    {
        if (_target is { } known && known.TrySend(request))
        {
            return;
        }

        if (Key is null)
        {
            request.Fail(new OrleansException($"The observer {_interface.Type.Name} is gone."));
            return;
        }

        _target = _catalog.Send(Key, request);
    }

    public override bool Equals(object? obj)
        => obj is GrainReferenceProxy other && _interface == other._interface && (Key is null ? _target == other._target : Key == other.Key);

    public override int GetHashCode() => Key?.GetHashCode() ?? _target!.GetHashCode();

    public override string ToString() => Key?.ToString() ?? _interface.Type.Name;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _interface.Method(targetMethod!).Call(this, args!);
}
