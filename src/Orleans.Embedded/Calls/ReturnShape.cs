namespace Orleans.Runtime;

/// <summary>How a method answers its caller; one kind per return type.</summary>
internal abstract class ReturnShape
{
    public static ReturnShape? For(Type type) => type switch
    {
        _ when type == typeof(void) => new OfVoid(),
        _ when type == typeof(Task) => new OfTask<Nothing>(),
        _ when type == typeof(ValueTask) => new OfValueTask(),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(Task<>) => Make(typeof(OfTask<>), type),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(ValueTask<>) => Make(typeof(OfValueTask<>), type),
        _ => null,
    };

    /// <summary>Sends the call and gives what the method returns to its caller.</summary>
    public abstract object? Call(GrainReferenceProxy reference, GrainMethod method, object?[] arguments);

    private static Task<T> Send<T>(GrainReferenceProxy reference, GrainMethod method, object?[] arguments)
    {
        if (method.CancellationIndex is int index && arguments[index] is CancellationToken { IsCancellationRequested: true } cancelled)
        {
            return Task.FromCanceled<T>(cancelled);
        }

        var request = new GrainRequest<T>(method, arguments, reference.Now());
        reference.Send(request);
        return request.Response;
    }

    private static ReturnShape Make(Type shape, Type type) => (ReturnShape)Activator.CreateInstance(shape.MakeGenericType(type.GenericTypeArguments))!;

    private sealed class OfTask<T> : ReturnShape
    {
        public override object? Call(GrainReferenceProxy reference, GrainMethod method, object?[] arguments)
        {
            var response = Send<T>(reference, method, arguments);
            return method.IsOneWay ? Task.CompletedTask : response;
        }
    }

    private sealed class OfValueTask<T> : ReturnShape
    {
        public override object? Call(GrainReferenceProxy reference, GrainMethod method, object?[] arguments)
            => new ValueTask<T>(Send<T>(reference, method, arguments));
    }

    private sealed class OfValueTask : ReturnShape
    {
        public override object? Call(GrainReferenceProxy reference, GrainMethod method, object?[] arguments)
        {
            var response = Send<Nothing>(reference, method, arguments);
            return method.IsOneWay ? default : new ValueTask(response);
        }
    }

    private sealed class OfVoid : ReturnShape
    {
        public override object? Call(GrainReferenceProxy reference, GrainMethod method, object?[] arguments)
        {
            Send<Nothing>(reference, method, arguments);
            return null;
        }
    }
}
