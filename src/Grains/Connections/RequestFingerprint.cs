using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// Identifies a request for the health of an upstream: whose it is, which text it asks for, and with which parameters. The digests stay in memory
/// and are never logged.
/// </summary>
/// <param name="Context">The context.</param>
/// <param name="Text">Digest of the text that is not spoken yet.</param>
/// <param name="Shape">Digest of model, voice, language and audio format.</param>
internal readonly record struct RequestFingerprint(ContextKey Context, ulong Text, ulong Shape)
{
    /// <summary>Computes the fingerprint of a context's request.</summary>
    /// <param name="context">The context.</param>
    /// <param name="settings">Its parameters.</param>
    /// <param name="inputs">Its inputs that are not spoken yet.</param>
    public static RequestFingerprint Of(ContextKey context, ContextSettings settings, ImmutableArray<ContextInput> inputs) => new(
        context,
        Digest(string.Concat(inputs.Select(input => input.Text))),
        Digest($"{settings.ModelId}\n{settings.VoiceId}\n{settings.Language}\n{settings.Locale}\n{settings.Encoding}\n{settings.SampleRate}"));

    private static ulong Digest(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
