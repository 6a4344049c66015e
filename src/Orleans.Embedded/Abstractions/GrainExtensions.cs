using System.Globalization;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Keys and references of grains; each takes a grain object or a reference to one.</summary>
public static class GrainExtensions
{
    /// <summary>A reference to this grain, to hand to others: they must never get the object itself.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) => (TGrainInterface)grain.AsReference(typeof(TGrainInterface));

    /// <inheritdoc cref="AsReference{TGrainInterface}"/>
    public static object AsReference(this IAddressable grain, Type interfaceType) => grain switch
    {
        GrainReferenceProxy reference => reference.Cast(interfaceType),
        Grain instance => GrainReferenceProxy.Create(interfaceType, instance.Activation.Silo.Catalog, instance.Activation.Key),
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw NotAGrain(grain),
    };

    public static string GetPrimaryKeyString(this IAddressable grain) => KeyOf(grain).Key;

    public static long GetPrimaryKeyLong(this IAddressable grain)
        => long.Parse(KeyOf(grain).Key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public static Guid GetPrimaryKey(this IAddressable grain) => Guid.ParseExact(KeyOf(grain).Key, "N");

    private static GrainKey KeyOf(IAddressable grain) => grain switch
    {
        GrainReferenceProxy reference => reference.Key ?? throw NotAGrain(grain),
        Grain instance => instance.Activation.Key,
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw NotAGrain(grain),
    };

    private static ArgumentException NotAGrain(IAddressable grain)
        => new($"{grain.GetType()} is neither a grain nor a reference to one.", nameof(grain));
}
