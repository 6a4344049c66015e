using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using TtsGrains.Engine.Tests.Grains;

namespace TtsGrains.Engine.Tests.Embedded;

/// <summary>The interfaces under test are emitted: written out, they would keep the silos of all other tests from starting.</summary>
public sealed class GrainContractTests
{
    public static TheoryData<Type> Harmless =>
    [
        typeof(int), typeof(string), typeof(Guid), typeof(TimeSpan), typeof(DateTimeOffset), typeof(CancellationToken), typeof(DayOfWeek), typeof(long?),
        typeof(ITurnGrain), typeof(IWatcher), typeof(TallyView), typeof(ImmutableArray<string>), typeof(ImmutableArray<TallyView>),
    ];

    public static TheoryData<Type> Changeable =>
    [
        typeof(object), typeof(int[]), typeof(List<string>), typeof(Tally), typeof(ImmutableArray<Tally>), typeof(IReadOnlyList<int>), typeof(Memory<byte>),
        typeof(byte[]), typeof(ReadOnlyMemory<byte>),
    ];

    [Theory]
    [MemberData(nameof(Harmless))]
    public void Parameter_ThatNobodyCanChange_Crosses(Type type) => Assert.Empty(GrainContract.Faults(Interface(typeof(Task), type, immutable: false)));

    [Theory]
    [MemberData(nameof(Changeable))]
    public void Parameter_ThatCouldBeChanged_IsNamed(Type type)
    {
        var fault = Assert.Single(GrainContract.Faults(Interface(typeof(Task), type, immutable: false)));

        Assert.Contains("IEmitted.Method takes " + type, fault);
    }

    [Theory]
    [InlineData(typeof(byte[]))]
    [InlineData(typeof(ReadOnlyMemory<byte>))]
    public void Bytes_MarkedImmutable_Cross(Type type) => Assert.Empty(GrainContract.Faults(Interface(typeof(Task), type, immutable: true)));

    [Theory]
    [InlineData(typeof(void), false)]
    [InlineData(typeof(ValueTask), false)]
    [InlineData(typeof(Task<TallyView>), false)]
    [InlineData(typeof(ValueTask<int>), false)]
    [InlineData(typeof(int), true)]
    [InlineData(typeof(Task<Tally>), true)]
    [InlineData(typeof(IAsyncEnumerable<int>), true)]
    public void Result_MustBeATaskOfWhatCrosses(Type type, bool faulty)
        => Assert.Equal(faulty, GrainContract.Faults(Interface(type, typeof(int), immutable: false)).Any());

    [Fact]
    public void Check_NamesEveryFault()
    {
        var exception = Assert.Throws<OrleansException>(() => GrainContract.Check([Interface(typeof(int), typeof(object), immutable: false)]));

        Assert.Contains("returns System.Int32", exception.Message);
        Assert.Contains("takes System.Object", exception.Message);
    }

    private static Type Interface(Type result, Type parameter, bool immutable)
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Emitted"), AssemblyBuilderAccess.RunAndCollect).DefineDynamicModule("Emitted");
        var type = module.DefineType("IEmitted", TypeAttributes.Interface | TypeAttributes.Abstract | TypeAttributes.Public, parent: null, [typeof(IGrainWithStringKey)]);
        var method = type.DefineMethod(
            "Method", MethodAttributes.Public | MethodAttributes.Abstract | MethodAttributes.Virtual | MethodAttributes.NewSlot, result, [parameter]);
        var argument = method.DefineParameter(1, ParameterAttributes.None, "argument");
        if (immutable)
        {
            argument.SetCustomAttribute(new CustomAttributeBuilder(typeof(ImmutableAttribute).GetConstructor([])!, []));
        }

        return type.CreateType();
    }
}
