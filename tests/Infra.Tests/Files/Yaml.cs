using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace TtsGrains.Infra.Tests.Files;

/// <summary>YAML as nodes, with merge keys (<c>&lt;&lt;</c>) carried out as compose does. JSON is YAML too.</summary>
internal static class Yaml
{
    private static readonly YamlScalarNode MergeKey = new("<<");

    public static YamlMappingNode ReadFile(string file) => Read(Repository.Read(file)).Single();

    public static IReadOnlyList<YamlMappingNode> Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new Parser(new StringReader(text)));
        return [.. stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()];
    }

    /// <summary>What is under a path of keys, parted by slashes; null when it is not there.</summary>
    public static YamlNode? Find(this YamlNode node, string path)
        => path.Split('/').Aggregate<string, YamlNode?>(node, (at, key) => (at as YamlMappingNode)?.Entries().GetValueOrDefault(key));

    /// <summary>The text under a path; null when there is none.</summary>
    public static string? Text(this YamlNode node, string path) => (node.Find(path) as YamlScalarNode)?.Value;

    /// <summary>The texts of the list under a path; empty when there is none.</summary>
    public static IReadOnlyList<string> Texts(this YamlNode node, string path)
        => node.Find(path) is YamlSequenceNode list ? [.. list.Children.Select(item => ((YamlScalarNode)item).Value!)] : [];

    /// <summary>The items of the list under a path; empty when there is none.</summary>
    public static IReadOnlyList<YamlNode> Items(this YamlNode node, string path) => node.Find(path) is YamlSequenceNode list ? [.. list.Children] : [];

    /// <summary>What a mapping holds, by key.</summary>
    public static IReadOnlyDictionary<string, YamlNode> Entries(this YamlNode node)
    {
        var mapping = (YamlMappingNode)node;
        var entries = mapping.Children.TryGetValue(MergeKey, out var merged) ? new Dictionary<string, YamlNode>(merged.Entries()) : [];
        foreach (var (key, value) in mapping.Children.Where(child => !child.Key.Equals(MergeKey)))
        {
            entries[((YamlScalarNode)key).Value!] = value;
        }

        return entries;
    }

    /// <summary>The paths of all that is no mapping, or an empty one, with what it is.</summary>
    public static IEnumerable<(string Path, YamlNode Value)> Leaves(this YamlNode node, string under = "")
        => node is YamlMappingNode mapping && mapping.Entries() is { Count: > 0 } entries
            ? entries.SelectMany(entry => entry.Value.Leaves(under.Length == 0 ? entry.Key : $"{under}/{entry.Key}"))
            : [(under, node)];
}
