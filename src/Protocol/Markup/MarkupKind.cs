namespace TtsGrains.Protocol.Markup;

/// <summary>The kind of a piece of a transcript.</summary>
public enum MarkupKind
{
    /// <summary>Text to speak; also an unknown or malformed tag.</summary>
    Text = 0,

    /// <summary><c>&lt;break time="1.5s"/&gt;</c>: a pause.</summary>
    Break = 1,

    /// <summary><c>&lt;spell&gt;</c>: the text that follows is spelled out.</summary>
    SpellStart = 2,

    /// <summary><c>&lt;/spell&gt;</c>.</summary>
    SpellEnd = 3,

    /// <summary><c>&lt;speed ratio="1.2"/&gt;</c>: holds until the next one.</summary>
    Speed = 4,

    /// <summary><c>&lt;volume ratio="0.8"/&gt;</c>: holds until the next one.</summary>
    Volume = 5,

    /// <summary><c>&lt;emotion value="calm"/&gt;</c>: holds until the next one.</summary>
    Emotion = 6,
}
