using System.Globalization;
using TtsGrains.Grains.Hosting;
using TtsGrains.Infra.Tests.Files;
using TtsGrains.Infra.Tests.Settings;
using YamlDotNet.RepresentationModel;

namespace TtsGrains.Infra.Tests.Chart;

/// <summary>The manifests that helm makes, where it is installed.</summary>
public sealed class RenderedChartTests
{
    private static readonly string Folder = Repository.PathOf("infra/helm/ttsgrains");

    public static TheoryData<string> Examples => ChartValuesTests.Examples;

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Lint_FindsNothing(string values)
    {
        Tool.Need("helm");

        var (code, said) = await Tool.RunAsync("helm", "lint", Folder, "--strict", "--values", Repository.PathOf(values));

        Assert.True(code == 0, said);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Pods_AreHardened_AndHaveTimeToStop(string values)
    {
        Tool.Need("helm");
        var (code, said) = await Tool.RunAsync("helm", "template", "speech", Folder, "--values", Repository.PathOf(values));
        Assert.True(code == 0, said);

        var pods = Yaml.Read(said).Where(manifest => manifest.Text("kind") is "Deployment" or "StatefulSet").Select(manifest => manifest.Find("spec/template/spec")!).ToList();

        Assert.Equal(2, pods.Count);
        Assert.All(pods, pod =>
        {
            var container = Assert.Single(pod.Items("containers"));
            Assert.Equal(("true", "RuntimeDefault"), (pod.Text("securityContext/runAsNonRoot"), pod.Text("securityContext/seccompProfile/type")));
            Assert.Equal(("true", "false"), (container.Text("securityContext/readOnlyRootFilesystem"), container.Text("securityContext/allowPrivilegeEscalation")));
            Assert.Equal(["ALL"], container.Texts("securityContext/capabilities/drop"));
            var settings = container.Items("env").ToDictionary(setting => setting.Text("name")!, setting => setting.Text("value"));
            Assert.All(settings.Keys, setting => Assert.True(KnownSettings.Have(setting), $"There is no setting {setting}."));
            var drain = settings.GetValueOrDefault("Socket__DrainTimeout") ?? settings["Archive__DrainTimeout"];
            Assert.True(Grace(pod) > KnownSettings.Time(drain!) + StopTimes.Rest);
        });
    }

    private static TimeSpan Grace(YamlNode pod) => TimeSpan.FromSeconds(int.Parse(pod.Text("terminationGracePeriodSeconds")!, CultureInfo.InvariantCulture));
}
