namespace TtsGrains.ApiHost.Voices;

/// <summary>What <c>GET /voices</c> lists. Other ids speak too, when the upstream knows them.</summary>
internal sealed class VoiceOptions
{
    public const string Section = "Voices";

    /// <summary>A JSON file with an array of voices, in the form in which they are listed. Default: the catalogue of the embedded voice.</summary>
    public string? File { get; set; }
}
