using System.Globalization;
using System.Text.RegularExpressions;
using TtsGrains.Grains.Hosting;
using TtsGrains.Infra.Tests.Files;
using TtsGrains.Infra.Tests.Images;

namespace TtsGrains.Infra.Tests.Chart;

/// <summary>What can be read off the templates without helm. The manifests themselves: <see cref="RenderedChartTests"/>.</summary>
public sealed partial class ChartTemplateTests
{
    private const string Folder = "infra/helm/ttsgrains/templates";

    private static readonly string Shared = Repository.Read($"{Folder}/_helpers.tpl");

    public static TheoryData<string> Workloads => [$"{Folder}/silo.yaml", $"{Folder}/apihost.yaml"];

    [Theory]
    [InlineData("ttsgrains.podSecurity", "runAsNonRoot: true", "runAsUser: 1654", "fsGroup: 1654", "type: RuntimeDefault")]
    [InlineData("ttsgrains.containerSecurity", "allowPrivilegeEscalation: false", "readOnlyRootFilesystem: true", "drop: [ALL]")]
    [InlineData("ttsgrains.probes", "startupProbe:", "livenessProbe:", "readinessProbe:", "/health/live", "/health/ready")]
    public void Definition_SaysAllOfIt(string name, params string[] lines)
    {
        var definition = Definition(name);

        Assert.All(lines, line => Assert.Contains(line, definition, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Workload_IsHardenedAndProbed(string file)
    {
        var template = Repository.Read(file);

        Assert.All(
            ["ttsgrains.podSecurity", "ttsgrains.containerSecurity", "ttsgrains.probes", "ttsgrains.placement", "ttsgrains.clusterEnv"],
            name => Assert.Contains($"include \"{name}\"", template, StringComparison.Ordinal));
        Assert.Contains("automountServiceAccountToken: false", template, StringComparison.Ordinal);
        Assert.Contains("mountPath: /data}", template, StringComparison.Ordinal);
        Assert.Contains("mountPath: /tmp}", template, StringComparison.Ordinal);
    }

    /// <summary>Every process gets the master key as a file, if a secret is named: neither as text nor as a variable.</summary>
    [Theory]
    [MemberData(nameof(Workloads))]
    public void Workload_ReadsTheMasterKey_FromTheMountedSecret(string file)
    {
        var template = Repository.Read(file);
        var settings = Definition("ttsgrains.clusterEnv").Split("{{- if .Values.archiveEncryption.existingSecret }}")[1].Split("{{- end }}")[0];

        Assert.Equal(
            [("Archive__Encryption__Mode", "\"on\""), ("Archive__Encryption__Keys", "archive"), ("Archive__Encryption__MasterKeyFile", "/etc/ttsgrains/encryption/master-key")],
            Variable().Matches(settings).Select(match => (match.Groups["name"].Value, match.Groups["value"].Value)));
        Assert.Matches(Lines("{{- if .Values.archiveEncryption.existingSecret }}", "- {name: encryption, mountPath: /etc/ttsgrains/encryption, readOnly: true}", "{{- end }}"), template);
        Assert.Matches(Lines("{{- with .Values.archiveEncryption.existingSecret }}", "- name: encryption", "secret: {secretName: {{ . }}, defaultMode: 288}", "{{- end }}"), template);

        static string Lines(params string[] lines) => string.Join(@"\n *", lines.Select(Regex.Escape));
    }

    [Theory]
    [InlineData("silo", "siloGrace")]
    [InlineData("apihost", "apiHostGrace")]
    public void GracePeriod_LeavesTheHostItsOwnTime(string workload, string definition)
    {
        var added = int.Parse(Number().Matches(Definition($"ttsgrains.{definition}"))[^1].Value, CultureInfo.InvariantCulture);

        Assert.True(TimeSpan.FromSeconds(added) > StopTimes.Rest);
        Assert.Contains($"terminationGracePeriodSeconds: {{{{ include \"ttsgrains.{definition}\" . }}}}", Repository.Read($"{Folder}/{workload}.yaml"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("apihost")]
    public void Ports_OfAWorkload_AreThoseOfItsImage(string workload)
    {
        var ports = ContainerPort().Matches(Repository.Read($"{Folder}/{workload}.yaml")).Select(match => match.Groups["port"].Value);

        Assert.Equal(Dockerfile.Stages[workload].Last("EXPOSE")!.Split(' ').Order(), ports.Order());
    }

    private static string Definition(string name)
    {
        var start = Shared.IndexOf($"{{{{- define \"{name}\" -}}}}", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no {name}.");
        var next = Shared.IndexOf("{{- define", start + 1, StringComparison.Ordinal);
        return next < 0 ? Shared[start..] : Shared[start..next];
    }

    [GeneratedRegex(@"- name: (?<name>\S+)\n *value: (?<value>\S+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"(?<= )\d+(?= )")]
    private static partial Regex Number();

    [GeneratedRegex(@"containerPort: (?<port>\d+)")]
    private static partial Regex ContainerPort();
}
