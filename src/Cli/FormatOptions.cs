using System.CommandLine;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli;

/// <summary><c>--encoding</c> and <c>--rate</c>: the form of the audio.</summary>
internal sealed class FormatOptions
{
    private readonly Option<string?> _encoding;
    private readonly Option<int?> _rate;

    /// <param name="encoding">The default; null when the audio may stay as it is.</param>
    /// <param name="rate">The default, Hz; null when the audio may stay as it is.</param>
    public FormatOptions(string? encoding, int? rate)
    {
        _encoding = new Option<string?>("--encoding") { DefaultValueFactory = _ => encoding, Description = "pcm_s16le, pcm_f32le, pcm_mulaw or pcm_alaw." };
        _rate = new Option<int?>("--rate") { DefaultValueFactory = _ => rate, Description = "Samples per second, Hz." };
    }

    public void AddTo(Command command)
    {
        command.Add(_encoding);
        command.Add(_rate);
        command.Validators.Add(result =>
        {
            var (encoding, rate) = (result.GetValue(_encoding), result.GetValue(_rate));
            if ((encoding is not null && AudioNames.ParseEncoding(encoding) == AudioEncoding.None) || (rate is { } hz && !AudioNames.SampleRates.Contains(hz)))
            {
                result.AddError($"--encoding and --rate must be ones of the protocol; rates are {string.Join(", ", AudioNames.SampleRates)} Hz.");
            }
            else if (encoding is null != rate is null)
            {
                result.AddError("--encoding and --rate are given together or not at all.");
            }
        });
    }

    /// <summary>What was asked for; null when nothing was.</summary>
    public AudioFormat? Read(ParseResult parsed)
        => parsed.GetValue(_encoding) is { } encoding && parsed.GetValue(_rate) is { } rate ? new AudioFormat(AudioNames.ParseEncoding(encoding), rate) : null;
}
