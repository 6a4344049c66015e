using TtsGrains.LocalVoice.Voices;

namespace TtsGrains.LocalVoice.Synthesis;

/// <summary>A piece of text that is spoken in one go: at most a clause, so that contexts take turns.</summary>
/// <param name="Text">What to say; positions of its words are in code points of it.</param>
/// <param name="Voice">Who says it.</param>
/// <param name="Speed">1 is the voice's own.</param>
/// <param name="EndPause">Whether the pause of its last punctuation follows.</param>
internal sealed record Utterance(string Text, VoiceProfile Voice, double Speed, bool EndPause);
