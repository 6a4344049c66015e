using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Linq.Expressions;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A grain or observer interface: its methods, and how to make a reference of it.</summary>
internal sealed class GrainInterface
{
    private static readonly ConcurrentDictionary<Type, GrainInterface> Known = new();

    private readonly FrozenDictionary<MethodInfo, GrainMethod> _methods;
    private readonly Func<GrainReferenceProxy> _create;

    private GrainInterface(Type type)
    {
        Type = type;
        _methods = MethodsOf(type).ToFrozenDictionary(method => method, method => new GrainMethod(method));

        // DispatchProxy is asked once for the class it generates; after that a reference costs one constructor.
        var generated = DispatchProxy.Create(type, typeof(GrainReferenceProxy)).GetType();
        _create = Expression.Lambda<Func<GrainReferenceProxy>>(Expression.New(generated)).Compile();
    }

    public Type Type { get; }

    public static GrainInterface Of(Type type) => Known.GetOrAdd(type, static type => new GrainInterface(type));

    public static IEnumerable<MethodInfo> MethodsOf(Type type) => type.GetInterfaces().Append(type).SelectMany(i => i.GetMethods());

    public GrainMethod Method(MethodInfo method) => _methods[method];

    public GrainReferenceProxy CreateReference() => _create();
}
