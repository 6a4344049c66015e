using System.Collections.Immutable;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>
/// Microsoft Orleans copies arguments and results; this engine passes references. Both behave alike only if nothing that crosses a call can be
/// changed afterwards, so the engine refuses to start with interfaces that would let it.
/// </summary>
internal static class GrainContract
{
    /// <exception cref="OrleansException">Names every interface, method and type that breaks the rule.</exception>
    public static void Check(IEnumerable<Type> interfaces)
    {
        var faults = interfaces.SelectMany(Faults).ToArray();
        if (faults.Length > 0)
        {
            throw new OrleansException("Grain interfaces that cannot cross a call:" + string.Concat(faults.Select(fault => Environment.NewLine + "- " + fault)));
        }
    }

    public static IEnumerable<string> Faults(Type grainInterface)
    {
        foreach (var method in grainInterface.GetMethods())
        {
            var where = $"{grainInterface.FullName}.{method.Name}";
            if (method.IsGenericMethod)
            {
                yield return $"{where} is generic.";
                continue;
            }

            if (ReturnShape.For(method.ReturnType) is null)
            {
                yield return $"{where} returns {method.ReturnType}, not a task.";
            }
            else if (method.ReturnType.IsGenericType && !Crosses(method.ReturnType.GenericTypeArguments[0], IsMarkedImmutable(method.ReturnParameter)))
            {
                yield return $"{where} returns {method.ReturnType.GenericTypeArguments[0]}, which could be changed afterwards.";
            }

            foreach (var parameter in method.GetParameters())
            {
                if (!Crosses(parameter.ParameterType, IsMarkedImmutable(parameter)))
                {
                    yield return $"{where} takes {parameter.ParameterType} ({parameter.Name}), which could be changed afterwards.";
                }
            }
        }
    }

    private static bool Crosses(Type type, bool markedImmutable)
    {
        if (type.IsPrimitive || type.IsEnum || Plain.Contains(type) || typeof(IAddressable).IsAssignableFrom(type))
        {
            return true;
        }

        if (type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>))
        {
            return markedImmutable;
        }

        if (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) || type.GetGenericTypeDefinition() == typeof(Nullable<>)))
        {
            return Crosses(type.GenericTypeArguments[0], markedImmutable);
        }

        return type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && type.IsDefined(typeof(ImmutableAttribute), inherit: false);
    }

    private static bool IsMarkedImmutable(ParameterInfo parameter) => parameter.IsDefined(typeof(ImmutableAttribute), inherit: false);

    private static readonly HashSet<Type> Plain =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(TimeSpan), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly),
        typeof(Uri), typeof(CancellationToken), typeof(StreamId),
    ];
}
