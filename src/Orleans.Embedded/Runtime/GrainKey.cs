namespace Orleans.Runtime;

/// <summary>Which grain: its class and its key.</summary>
internal sealed record GrainKey(GrainClass Class, string Key)
{
    public override string ToString() => $"{Class.Type.Name}/{Key}";
}
