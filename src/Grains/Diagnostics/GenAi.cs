namespace TtsGrains.Grains.Diagnostics;

/// <summary>Names of OpenTelemetry's conventions.</summary>
internal static class GenAi
{
    public const string OperationName = "gen_ai.operation.name";
    public const string TextToSpeech = "text_to_speech";
    public const string ProviderName = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string ErrorType = "error.type";
}
