using System.Text.Json;
using System.Text.RegularExpressions;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Infra.Tests.Files;
using YamlDotNet.RepresentationModel;

namespace TtsGrains.Infra.Tests.Monitoring;

/// <summary>Alerts, dashboard and autoscaling ask for what a host really shows.</summary>
public sealed partial class MonitoringTests
{
    private const string Folder = "infra/helm/ttsgrains/monitoring";

    // What Prometheus adds, and what a rule makes itself.
    private static readonly string[] LabelsOfPrometheus = ["instance", "namespace", "pod", "job"];

    public static TheoryData<string, string> Expressions
    {
        get
        {
            var expressions = new TheoryData<string, string>();
            foreach (var (name, expression) in ReadExpressions())
            {
                expressions.Add(name, expression);
            }

            return expressions;
        }
    }

    [Theory]
    [MemberData(nameof(Expressions))]
    public async Task Expression_AsksForMetricsThatExist(string where, string expression)
    {
        var exposed = await ExposedMetrics.GetAsync();
        var metrics = Metric().Matches(expression).Select(match => match.Value).ToHashSet();

        Assert.NotEmpty(metrics);
        Assert.All(metrics, metric => Assert.True(exposed.ContainsKey(metric), $"{where}: no host shows {metric}."));
        var labels = metrics.SelectMany(metric => exposed[metric]).Concat(LabelsOfPrometheus).ToHashSet();
        Assert.All(
            Grouping().Matches(expression).SelectMany(match => match.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries)).Concat(Selector().Matches(expression).Select(match => match.Groups["label"].Value)),
            label => Assert.Contains(label, labels));
    }

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Expression_SelectsValuesThatExist(string where, string expression)
    {
        var known = new Dictionary<string, string[]> { ["outcome"] = Enum.GetNames<ContextOutcome>(), ["reason"] = Enum.GetNames<FrameDrop>(), ["cause"] = [.. Enum.GetNames<PauseCause>().Select(name => name.ToLowerInvariant())] };

        Assert.All(
            Selector().Matches(expression).Where(match => known.ContainsKey(match.Groups["label"].Value)),
            match => Assert.True(known[match.Groups["label"].Value].Contains(match.Groups["value"].Value), $"{where}: nothing has {match.Value}."));
    }

    [Fact]
    public void Alerts_EachSaysWhatHowBadAndWhatToDo()
        => Assert.All(Alerts(), alert =>
        {
            Assert.Matches("^(warning|critical)$", alert.Text("labels/severity")!);
            Assert.NotNull(alert.Text("annotations/summary"));
            Assert.NotNull(alert.Text("annotations/description"));
            Assert.NotNull(alert.Text("annotations/action"));
        });

    [Fact]
    public void Dashboard_PanelsHaveNumbersAndPlacesOfTheirOwn()
    {
        var panels = Dashboard().GetProperty("panels").EnumerateArray().ToList();
        var cells = panels.SelectMany(panel => Cells(panel.GetProperty("gridPos"))).ToList();

        Assert.Distinct(panels.Select(panel => panel.GetProperty("id").GetInt32()));
        Assert.Distinct(cells);
        Assert.All(cells, cell => Assert.InRange(cell.X, 0, 23));
    }

    [Fact]
    public async Task Rules_DoWhatTheyShould_ByPromtool()
    {
        Tool.Need("promtool");

        var check = await Tool.RunAsync("promtool", "check", "rules", Repository.PathOf($"{Folder}/alerts.yaml"));
        var test = await Tool.RunAsync("promtool", "test", "rules", Repository.PathOf($"{Folder}/alerts.test.yaml"));

        Assert.True(check.Code == 0, check.Said);
        Assert.True(test.Code == 0, test.Said);
    }

    private static IEnumerable<(string Where, string Expression)> ReadExpressions()
    {
        foreach (var alert in Alerts())
        {
            yield return (alert.Text("alert")!, alert.Text("expr")!);
        }

        foreach (var panel in Dashboard().GetProperty("panels").EnumerateArray())
        {
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
            {
                yield return (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!);
            }
        }

        yield return ("autoscaling", ScalingQuery().Match(Repository.Read("infra/helm/ttsgrains/templates/autoscaling.yaml")).Groups["query"].Value);
    }

    private static IReadOnlyList<YamlNode> Alerts()
        => [.. Yaml.ReadFile($"{Folder}/alerts.yaml").Items("groups").SelectMany(group => group.Items("rules"))];

    private static JsonElement Dashboard() => JsonDocument.Parse(Repository.Read($"{Folder}/dashboard.json")).RootElement;

    private static IEnumerable<(int X, int Y)> Cells(JsonElement place)
        => from x in Enumerable.Range(place.GetProperty("x").GetInt32(), place.GetProperty("w").GetInt32())
           from y in Enumerable.Range(place.GetProperty("y").GetInt32(), place.GetProperty("h").GetInt32())
           select (x, y);

    [GeneratedRegex(@"\b(tts|gen_ai_client|orleans|push_streams)_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"\b(by|without) \((?<labels>[^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("""(?<label>[a-z]+)=~?"(?<value>[^"]*)""" + "\"")]
    private static partial Regex Selector();

    [GeneratedRegex(@"printf ""(?<query>sum\([^""]*)""")]
    private static partial Regex ScalingQuery();
}
