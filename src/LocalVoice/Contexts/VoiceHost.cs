using Microsoft.Extensions.Logging;
using TtsGrains.LocalVoice.Faults;
using TtsGrains.LocalVoice.Synthesis;
using TtsGrains.LocalVoice.Voices;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>What all sockets and contexts of a server share.</summary>
internal sealed record VoiceHost(LocalVoiceOptions Options, ISpeechEngine Engine, OfferedLanguages Languages, TimeProvider Time, ILogger Logger, FaultScript Faults);
