using System.Runtime.Versioning;
using TtsGrains.Infra.Tests.Files;

namespace TtsGrains.Infra.Tests.Packages;

/// <summary>CI's search for known vulnerabilities, against tools that say what a registry would.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AuditTests : IDisposable
{
    private const string Clean = "The given project `Archive` has no vulnerable packages given the current sources.";
    private const string Vulnerable = "Project `Archive` has the following vulnerable packages\n > Some.Package 1.0.0 High";
    private const string NoFindings = """{"auditReportVersion":2,"vulnerabilities":{}}""";
    private const string Findings = """{"auditReportVersion":2,"vulnerabilities":{"some-package":{"severity":"high"}}}""";
    private const string NoData = """{"message":"405 Method Not Allowed","statusCode":405}""";

    private readonly DirectoryInfo _tools = Directory.CreateTempSubdirectory("audit-");

    public void Dispose() => _tools.Delete(recursive: true);

    [Theory]
    [InlineData(Clean, NoFindings, 0, 0, "")]
    [InlineData(Vulnerable, NoFindings, 0, 1, "Some.Package 1.0.0 High")]
    [InlineData(Clean, Findings, 1, 1, "some-package")]
    [InlineData(Clean, NoData, 1, 0, "tests/node: the registry has no audit data")]
    public async Task Audit_WhatTheRegistriesSay_DecidesAndIsNamed(string nuget, string npm, int npmCode, int expected, string named)
    {
        AddTool("dotnet", nuget, 0);
        AddTool("npm", npm, npmCode);

        var (code, output) = await Tool.RunAsync(
            "/usr/bin/env", $"PATH={_tools.FullName}:{Environment.GetEnvironmentVariable("PATH")}", Repository.PathOf(".ci/audit"));

        Assert.Equal(expected, code);
        Assert.Contains(named, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Ci_AuditsBeforeItBuilds_AndOnlyMissingDataIsNoError()
    {
        Assert.Contains("\n.ci/audit\n", Repository.Read(".ci/run"), StringComparison.Ordinal);
        var properties = Repository.Read("Directory.Build.props");
        Assert.Contains("<NuGetAuditMode>all</NuGetAuditMode>", properties, StringComparison.Ordinal);
        Assert.All(["NU1901", "NU1902", "NU1903", "NU1904"], warning => Assert.DoesNotContain(warning, properties, StringComparison.Ordinal));
    }

    private void AddTool(string name, string output, int code)
    {
        var path = Path.Combine(_tools.FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\ncat <<'END'\n{output}\nEND\nexit {code}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
