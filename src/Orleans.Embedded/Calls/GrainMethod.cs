using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.Runtime;

/// <summary>A method of a grain or observer interface, with everything about it that a call would otherwise look up.</summary>
internal sealed class GrainMethod
{
    private readonly MethodInfo _method;
    private readonly ReturnShape _shape;
    private readonly int[] _addressable;
    private Func<object, object?[], Task>? _invoke;

    public GrainMethod(MethodInfo method)
    {
        _method = method;
        _shape = ReturnShape.For(method.ReturnType) ?? throw new NotSupportedException($"{method.DeclaringType}.{method.Name} returns {method.ReturnType}.");
        IsOneWay = method.ReturnType == typeof(void) || method.IsDefined(typeof(OneWayAttribute));
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));

        var parameters = method.GetParameters();
        CancellationIndex = Array.FindIndex(parameters, parameter => parameter.ParameterType == typeof(CancellationToken)) is var index and >= 0 ? index : null;
        _addressable = [.. parameters.Where(p => typeof(IAddressable).IsAssignableFrom(p.ParameterType)).Select(p => p.Position)];
    }

    public bool IsOneWay { get; }

    public bool AlwaysInterleave { get; }

    public bool IsReadOnly { get; }

    /// <summary>Where the cancellation token is among the arguments, if there is one.</summary>
    public int? CancellationIndex { get; }

    public object? Call(GrainReferenceProxy reference, object?[] arguments)
    {
        foreach (var index in _addressable)
        {
            arguments[index] = ToReference(arguments[index], index);
        }

        return _shape.Call(reference, this, arguments);
    }

    public Task Invoke(object instance, object?[] arguments) => (_invoke ??= Compile())(instance, arguments);

    public override string ToString() => $"{_method.DeclaringType!.Name}.{_method.Name}";

    /// <summary>A grain that passes itself is passed as a reference, so that nobody holds the object.</summary>
    private object? ToReference(object? argument, int index) => argument switch
    {
        null or GrainReferenceProxy => argument,
        Grain grain => grain.AsReference(_method.GetParameters()[index].ParameterType),
        _ => throw new ArgumentException($"{argument.GetType()} is not a reference; make one with {nameof(IGrainFactory.CreateObjectReference)}."),
    };

    private Func<object, object?[], Task> Compile()
    {
        var instance = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var call = Expression.Call(
            Expression.Convert(instance, _method.DeclaringType!),
            _method,
            _method.GetParameters().Select(p => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(p.Position)), p.ParameterType)));
        Expression task = typeof(Task).IsAssignableFrom(call.Type) ? call
            : call.Type == typeof(void) ? Expression.Block(call, Expression.Constant(Task.CompletedTask))
            : Expression.Call(call, nameof(ValueTask.AsTask), typeArguments: null);
        return Expression.Lambda<Func<object, object?[], Task>>(Expression.Convert(task, typeof(Task)), instance, arguments).Compile();
    }
}
