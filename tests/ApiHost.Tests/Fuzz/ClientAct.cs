using FsCheck;
using FsCheck.Fluent;

namespace TtsGrains.ApiHost.Tests.Fuzz;

/// <summary>One thing that a client does to one of its contexts.</summary>
/// <param name="Context">Which, from 0.</param>
/// <param name="Kind">What.</param>
/// <param name="Text">The transcript, where it has one.</param>
/// <param name="Flush">Whether to flush too.</param>
/// <param name="More">True if the context continues.</param>
internal sealed record ClientAct(int Context, ActKind Kind, string Text = "", bool Flush = false, bool More = true)
{
    private static readonly Gen<string> Texts = Gen.Elements(
        "", " ", "...", "Hello ", "wor", "ld. ", "One, two; three! ", "\u00e9t\u00e9 ", "\ud83d\ude00", "\"quoted\\ ", "\u4f60\u597d\u3002", "7", "a much longer text that takes several chunks to say. ");

    // None names a context: a message with an id that can be read is answered under that id each time, so a second one would come after its end.
    private static readonly Gen<string> Garbage = Gen.Elements(
        "{", "[]", "null", "nonsense", "{\"transcript\":\"no id\"", "{\"cancel\":true}", "{\"context_id\":null,\"transcript\":3}");

    /// <summary>Mostly pushes, since everything else needs something to act on.</summary>
    public static Gen<ClientAct> Any(int contexts)
    {
        var push =
            from context in Gen.Choose(0, contexts - 1)
            from text in Texts
            from flush in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
            from more in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false)))
            select new ClientAct(context, ActKind.Push, text, flush, more);
        var cancel = Gen.Choose(0, contexts - 1).Select(context => new ClientAct(context, ActKind.Cancel));
        var wrong = Gen.Choose(0, contexts - 1).Select(context => new ClientAct(context, ActKind.WrongType));
        var garbage = Garbage.Select(text => new ClientAct(0, ActKind.Garbage, text));
        return Gen.Frequency((20, push), (1, cancel), (1, wrong), (1, garbage));
    }
}

/// <summary>What a client can do. Zero is never a valid value.</summary>
internal enum ActKind
{
    None = 0,
    Push,
    Cancel,

    /// <summary>A message for the context with a member of the wrong type.</summary>
    WrongType,

    /// <summary>A message for an unknown context.</summary>
    Garbage,
}
