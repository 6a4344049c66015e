using System.Collections;
using System.Globalization;
using System.Reflection;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.ApiHost.Voices;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Hosting;
using TtsGrains.Grains.Tenants;
using TtsGrains.LocalVoice;

namespace TtsGrains.Infra.Tests.Settings;

/// <summary>Every setting that the service has, read from the classes that it is bound to. <c>*</c> stands for a name that the operator gives, or a number.</summary>
internal static class KnownSettings
{
    // Read one by one, without a class.
    private static readonly string[] Single =
    [
        "Data", $"{ListenSettings.Section}:Address", $"{ListenSettings.Section}:Http", $"{ListenSettings.Section}:Https", $"{ListenSettings.Section}:Certificate",
        $"{ListenSettings.Section}:CertificateKey",
    ];

    private static readonly string[] All =
    [
        .. Single,
        .. Of<ClusterSettings>(ClusterSettings.Section), .. Of<ArchiveOptions>(ArchiveOptions.Section), .. Of<ContextOptions>(ContextOptions.Section),
        .. Of<UpstreamOptions>($"{UpstreamOptions.Section}:*"), .. Of<TenantOptions>($"{TenantOptions.Section}:*"), .. Of<SocketOptions>(SocketOptions.Section),
        .. Of<ListenerOptions>(ListenerOptions.Section), .. Of<AccessTokenOptions>(AccessTokenOptions.Section), .. Of<VoiceOptions>(VoiceOptions.Section),
        .. Of<LocalVoiceOptions>(LocalVoiceOptions.SectionName),
    ];

    /// <summary>Whether there is such a setting.</summary>
    /// <param name="name">Parted by colons, or by double underscores as in the environment.</param>
    public static bool Have(string name)
    {
        var parts = name.Replace("__", ":", StringComparison.Ordinal).Split(':');
        return All.Any(known => known.Split(':') is var other && other.Length == parts.Length
            && other.Zip(parts).All(pair => pair.First == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Whether the name of an environment variable is meant as a setting of the service.</summary>
    public static bool IsMeant(string variable) => variable.Contains("__", StringComparison.Ordinal) || Single.Contains(variable);

    /// <summary>A length of time, as settings are written.</summary>
    public static TimeSpan Time(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Of<T>(string section) => Of(typeof(T), section);

    private static IEnumerable<string> Of(Type type, string section)
        => from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           let isList = property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable))
           where property.SetMethod is not null
           from name in isList ? [$"{section}:{property.Name}:*"]
               : property.PropertyType == typeof(ClusterTlsSettings) ? Of(property.PropertyType, $"{section}:{property.Name}")
               : [$"{section}:{property.Name}"]
           select name;
}
