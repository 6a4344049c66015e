using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli;

/// <summary><c>--encoding</c> and <c>--rate</c>: the form of the audio.</summary>
internal sealed class FormatOptions
{
    private readonly Option<string?> _encoding;
    private readonly Option<int?> _rate;

    private readonly bool _hasDefaults;

    /// <param name="encoding">The default; null when the audio may stay as it is.</param>
    /// <param name="rate">The default, Hz; null when the audio may stay as it is.</param>
    public FormatOptions(string? encoding, int? rate)
    {
        _hasDefaults = encoding is not null && rate is not null;
        _encoding = new Option<string?>("--encoding") { DefaultValueFactory = _ => encoding, Description = $"{Words.Or(Encodings)}." };
        _rate = new Option<int?>("--rate") { DefaultValueFactory = _ => rate, CustomParser = ParseRate, Description = "Samples per second, Hz." };
    }

    private static IEnumerable<string> Encodings => Enum.GetValues<AudioEncoding>().Where(encoding => encoding != AudioEncoding.None).Select(encoding => encoding.ToWireName());

    public void AddTo(Command command)
    {
        _encoding.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } encoding && AudioNames.ParseEncoding(encoding) == AudioEncoding.None)
            {
                result.AddError($"--encoding is '{encoding}'; it must be {Words.Or(Encodings)}.");
            }
        });
        command.Add(_encoding);
        command.Add(_rate);
        command.Validators.Add(result =>
        {
            // Values are not read here: reading one that was refused throws.
            if (!_hasDefaults && IsGiven(result, _encoding) != IsGiven(result, _rate))
            {
                result.AddError("--encoding and --rate are given together or not at all.");
            }
        });
    }

    /// <summary>What was asked for; null when nothing was.</summary>
    public AudioFormat? Read(ParseResult parsed)
        => parsed.GetValue(_encoding) is { } encoding && parsed.GetValue(_rate) is { } rate ? new AudioFormat(AudioNames.ParseEncoding(encoding), rate) : null;

    private static bool IsGiven(CommandResult command, Option option) => command.GetResult(option) is { Implicit: false };

    private static int? ParseRate(ArgumentResult result)
    {
        var text = result.Tokens.SingleOrDefault()?.Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && AudioNames.SampleRates.Contains(rate))
        {
            return rate;
        }

        result.AddError($"--rate is '{text}'; it must be {Words.Or(AudioNames.SampleRates.Select(known => known.ToString(CultureInfo.InvariantCulture)))} Hz.");
        return null;
    }
}
