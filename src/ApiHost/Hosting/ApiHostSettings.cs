using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.ApiHost.Upstreams;
using TtsGrains.ApiHost.Voices;
using TtsGrains.ApiHost.WebConsole;
using TtsGrains.Grains.Hosting;
using TtsGrains.LocalVoice;

namespace TtsGrains.ApiHost.Hosting;

/// <summary>All settings of an API host, which are all that there are.</summary>
internal static class ApiHostSettings
{
    public static SettingsCatalogue Catalogue { get; } = new(
        [
            .. GrainSettings.Sections(mode: null, ValidatorRule.Of(new TenantOptionsValidator())),
            SettingsSection.Of<SocketOptions>(SocketOptions.Section),
            SettingsSection.Of<ListenerOptions>(ListenerOptions.Section),
            SettingsSection.Of<VoiceOptions>(VoiceOptions.Section),
            SettingsSection.Of<AccessTokenOptions>(AccessTokenOptions.Section),
            SettingsSection.Of<CredentialOptions>(CredentialOptions.Section),
            SettingsSection.Of<BrowserOptions>(BrowserOptions.Section, BrowserOptions.Check),
            SettingsSection.Of<ProxyOptions>(ProxyOptions.Section, ProxyOptions.Check),
            SettingsSection.Of<ConsoleOptions>(ConsoleOptions.Section, ConsoleOptions.Check),
            LocalVoiceOptions.Settings,
        ],
        ConfiguredTenants.Check,
        AccessTokenOptions.Check,
        ConfiguredUpstreams.Check);
}
