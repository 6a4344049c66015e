namespace TtsGrains.LocalVoice.Espeak;

/// <summary>First byte of each message between the server and its speech process. Fields follow as BinaryWriter writes them.</summary>
internal enum WorkerMessage : byte
{
    /// <summary>To the worker: utterance number, voice name, pitch, range, words per minute, speed, end pause, text.</summary>
    Speak = 1,

    /// <summary>To the worker: number of the utterance whose rest is not wanted any more.</summary>
    Stop = 2,

    /// <summary>From the worker, once: sample rate, number of languages, their names.</summary>
    Ready = 3,

    /// <summary>From the worker: the reason why it cannot speak, or could not speak this utterance. Ends the utterance.</summary>
    Failed = 4,

    /// <summary>From the worker: position and sample of a word.</summary>
    Word = 5,

    /// <summary>From the worker: name and sample of a phoneme.</summary>
    Phoneme = 6,

    /// <summary>From the worker: number of bytes, then samples of 16 bits.</summary>
    Samples = 7,

    /// <summary>From the worker: the utterance is complete.</summary>
    End = 8,
}
