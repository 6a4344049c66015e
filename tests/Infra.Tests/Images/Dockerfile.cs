using System.Text.RegularExpressions;
using TtsGrains.Infra.Tests.Files;

namespace TtsGrains.Infra.Tests.Images;

/// <summary>One instruction, such as <c>USER</c>, and what is behind it on one line.</summary>
internal sealed record Instruction(string Name, string Value);

/// <summary>A stage, with the instructions of those that it is made from before its own.</summary>
internal sealed record Stage(string Name, string From, IReadOnlyList<Instruction> Instructions)
{
    /// <summary>The last value of an instruction, which is the one that counts; null when there is none.</summary>
    public string? Last(string name) => Instructions.LastOrDefault(instruction => instruction.Name == name)?.Value;

    /// <summary>What the environment is.</summary>
    public IReadOnlyDictionary<string, string> Environment => Instructions.Where(instruction => instruction.Name == "ENV")
        .SelectMany(instruction => Dockerfile.Pair().Matches(instruction.Value))
        .GroupBy(pair => pair.Groups["name"].Value).ToDictionary(pairs => pairs.Key, pairs => pairs.Last().Groups["value"].Value.Trim('"'));
}

/// <summary>What stands in the Dockerfile.</summary>
internal static partial class Dockerfile
{
    public const string File = "infra/docker/Dockerfile";

    public static IReadOnlyDictionary<string, Stage> Stages { get; } = Read();

    [GeneratedRegex("""(?<name>[A-Za-z_]+)=(?<value>"[^"]*"|\S*)""")]
    public static partial Regex Pair();

    private static Dictionary<string, Stage> Read()
    {
        var stages = new Dictionary<string, Stage>();
        Stage? stage = null;
        foreach (var instruction in ReadInstructions())
        {
            if (instruction.Name == "FROM")
            {
                var words = instruction.Value.Split(' ').Where(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
                var parent = stages.GetValueOrDefault(words[0]);
                stage = new Stage(words[2], parent?.From ?? words[0], [.. parent?.Instructions ?? []]);
            }
            else if (stage is not null)
            {
                stage = stage with { Instructions = [.. stage.Instructions, instruction] };
            }

            if (stage is not null)
            {
                stages[stage.Name] = stage;
            }
        }

        return stages;
    }

    private static IEnumerable<Instruction> ReadInstructions()
    {
        var lines = Repository.Read(File).Split('\n').Where(line => !line.StartsWith('#'));
        return from line in string.Join('\n', lines).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
               where line.Trim().Length > 0
               let space = line.IndexOf(' ', StringComparison.Ordinal)
               select new Instruction(line[..space], string.Join(' ', line[space..].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }
}
