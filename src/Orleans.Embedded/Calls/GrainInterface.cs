using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A grain or observer interface: its methods, and how to make a reference of it.</summary>
internal sealed class GrainInterface
{
    private static readonly ConcurrentDictionary<Type, GrainInterface> Known = new();

    private readonly FrozenDictionary<MethodInfo, GrainMethod> _methods;
    private readonly GrainReferenceProxy _template;

    private GrainInterface(Type type)
    {
        Type = type;
        _methods = MethodsOf(type).ToFrozenDictionary(method => method, method => new GrainMethod(method));
        _template = (GrainReferenceProxy)DispatchProxy.Create(type, typeof(GrainReferenceProxy));
    }

    public Type Type { get; }

    public static GrainInterface Of(Type type) => Known.GetOrAdd(type, static type => new GrainInterface(type));

    public static IEnumerable<MethodInfo> MethodsOf(Type type) => type.GetInterfaces().Append(type).SelectMany(i => i.GetMethods());

    public GrainMethod Method(MethodInfo method) => _methods[method];

    /// <summary>A copy of the one reference that was made by reflection, which is far cheaper.</summary>
    public GrainReferenceProxy CreateReference() => _template.Clone();
}
