namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>One push of a client: text, a flush, the end, or any of them together, in this order.</summary>
/// <param name="Text">The text, verbatim; may be empty. Between processes without a lone surrogate at either end: see <see cref="SurrogateHalves"/>.</param>
/// <param name="Flush">Whether to close the segment.</param>
/// <param name="IsLast">Whether nothing more follows.</param>
/// <param name="GenerationConfig">The raw JSON of <c>generation_config</c> from this text on; null for no change. Never written again.</param>
/// <param name="IsNotKept">Whether the segment that it belongs to must not be archived.</param>
/// <param name="Number">Which push of its context it is, from 0, as its client counts; null when the client does not.</param>
/// <param name="LeadingHalf">The low surrogate before the text whose other half came with an earlier push; 0 for none.</param>
/// <param name="TrailingHalf">The high surrogate behind the text whose other half comes with a later push; 0 for none.</param>
[GenerateSerializer, Immutable, Alias("tts.ContextInput")]
public sealed record ContextInput(
    [property: Id(0)] string Text,
    [property: Id(1)] bool Flush,
    [property: Id(2)] bool IsLast,
    [property: Id(3)] byte[]? GenerationConfig = null,
    [property: Id(4)] bool IsNotKept = false,
    [property: Id(5)] int? Number = null,
    [property: Id(6)] char LeadingHalf = '\0',
    [property: Id(7)] char TrailingHalf = '\0');
