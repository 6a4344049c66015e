using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Tests.Encryption;

internal static class TestKeys
{
    public const string Master = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public static string OtherMaster { get; } = Convert.ToBase64String([.. Enumerable.Repeat((byte)7, 32)]);

    /// <summary>Master keys as the settings have them.</summary>
    public static MasterKeys MasterOf(string keys) => MasterKeys.Read(new EncryptionOptions { MasterKey = keys })!;

    /// <summary>A cipher whose keys are in that store.</summary>
    public static ArchiveCipher Cipher(ISegmentArchive keys, bool isOn = true, bool acceptsPlain = true, TimeProvider? time = null)
        => new(new TenantKeys(keys, MasterOf(Master), time ?? TimeProvider.System), isOn, acceptsPlain);

    /// <summary>The store, encrypted with keys that are in it.</summary>
    public static EncryptedArchive Encrypt(ISegmentArchive store, bool isOn = true, bool acceptsPlain = true)
        => new(store, Cipher(store, isOn, acceptsPlain));
}
