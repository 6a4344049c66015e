using TtsGrains.Archive.Encryption;
using Xunit;

namespace TtsGrains.Archive.Tests.Encryption;

/// <summary>Settings of the encryption that cannot be.</summary>
public sealed class EncryptionOptionsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("master-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Validate_Defaults_AreValid() => Assert.Empty(Validate(new EncryptionOptions()));

    [Theory]
    [InlineData("c2hvcnQ=", "MasterKey is not 32 bytes in base64")]
    [InlineData("not base64 at all!", "MasterKey is not 32 bytes in base64")]
    [InlineData(" ", "MasterKey is not 32 bytes in base64")]
    [InlineData(TestKeys.Master + " c2hvcnQ=", "MasterKey is not 32 bytes in base64")]
    public void Validate_MasterKeyThatIsNone_NamesTheSettingAndNotTheKey(string key, string fault)
    {
        var failure = Assert.Single(Validate(new EncryptionOptions { MasterKey = key, Keys = KeyLocation.Archive }));

        Assert.Contains($"Archive:Encryption:{fault}", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hvcnQ", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_KeysThatNobodyCanUse_NamesTheSetting()
    {
        Assert.Contains("Archive:Encryption:Keys is archive without MasterKey", Fault(new EncryptionOptions { Keys = KeyLocation.Archive }), StringComparison.Ordinal);
        Assert.Contains("Archive:Encryption:KeyPath is empty", Fault(new EncryptionOptions { KeyPath = " " }), StringComparison.Ordinal);
        Assert.Contains("Archive:Encryption:Mode is None", Fault(new EncryptionOptions { Mode = EncryptionMode.None }), StringComparison.Ordinal);
        Assert.Contains(
            "Archive:Encryption:MasterKey is set, and MasterKeyFile too", Fault(new EncryptionOptions { MasterKey = TestKeys.Master, MasterKeyFile = "/key" }), StringComparison.Ordinal);
        Assert.Contains(
            "Archive:Encryption:MasterKeyFile cannot be read", Fault(new EncryptionOptions { MasterKeyFile = Path.Combine(_folder.FullName, "none") }), StringComparison.Ordinal);
        Assert.Contains(
            "Archive:Encryption:Keys is files; in a cluster it must be archive", Fault(new EncryptionOptions { Mode = EncryptionMode.On }, isShared: true), StringComparison.Ordinal);
    }

    [Fact]
    public void MasterKeyFile_WithALineBreak_IsRead()
    {
        var path = Path.Combine(_folder.FullName, "master");
        File.WriteAllText(path, TestKeys.Master + "\n");
        var options = new EncryptionOptions { MasterKeyFile = path, Keys = KeyLocation.Archive, Mode = EncryptionMode.On };

        Assert.Empty(Validate(options, isShared: true));
        Assert.Equal([1, 2], MasterKeys.Read(options)!.TryDecrypt(TestKeys.MasterOf(TestKeys.Master).Encrypt([1, 2], "use"), "use"));
    }

    private static string Fault(EncryptionOptions options, bool isShared = false) => Assert.Single(Validate(options, isShared));

    private static IEnumerable<string> Validate(EncryptionOptions options, bool isShared = false)
        => (new ArchiveOptionsValidator().Validate(null, new ArchiveOptions { Encryption = options, IsShared = isShared }).Failures ?? [])
            .Select(failure => failure.Replace("Property ", "", StringComparison.Ordinal).Replace(": is", " is", StringComparison.Ordinal).Replace(": cannot", " cannot", StringComparison.Ordinal));
}
