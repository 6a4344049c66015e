using Microsoft.Extensions.Logging;
using TtsGrains.LocalVoice.Faults;
using TtsGrains.LocalVoice.Synthesis;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>What all sockets and contexts of a server share.</summary>
internal sealed record VoiceHost(LocalVoiceOptions Options, ISpeechEngine Engine, TimeProvider Time, ILogger Logger, FaultScript Faults);
