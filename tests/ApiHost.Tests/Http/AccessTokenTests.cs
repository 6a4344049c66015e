using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Http;

public sealed class AccessTokenTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection(
    [
        new("Tenants:one:Keys:0", RunningProgram.HashOf("key-1")),
        new("Tenants:one:Keys:1", RunningProgram.HashOf("key-2")),
        new("Tenants:two:Keys:0", RunningProgram.HashOf("key-3")),
    ]).Build();

    private readonly AccessTokens _tokens;
    private readonly TenantDirectory _tenants;

    public AccessTokenTests()
    {
        _tokens = new AccessTokens(new EphemeralDataProtectionProvider(), _time);
        _tenants = new TenantDirectory(_configuration, _tokens);
    }

    public void Dispose() => _tenants.Dispose();

    [Fact]
    public void Find_AFreshToken_IsItsCreatorWithTheGrants()
    {
        var caller = _tenants.Find(Create("key-2", Grants.Tts));

        Assert.Equal(("one", Grants.Tts, true), (caller!.Tenant, caller.Grants, caller.IsToken));
    }

    [Fact]
    public void Find_AToken_EndsWithItsLifeNotBefore()
    {
        var token = Create("key-1", Grants.Tts);

        _time.Advance(Life - TimeSpan.FromTicks(1));
        Assert.NotNull(_tenants.Find(token));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_tenants.Find(token));
    }

    [Fact]
    public void Find_WhenTheCreatorsKeyLeavesTheConfiguration_ItsTokensAreVoidAndNoOthers()
    {
        var (first, second) = (Create("key-1", Grants.Tts), Create("key-2", Grants.Tts));

        _configuration["Tenants:one:Keys:0"] = RunningProgram.HashOf("key-1-rotated");
        _configuration.Reload();

        Assert.Null(_tenants.Find(first));
        Assert.Null(_tenants.Find("key-1"));
        Assert.NotNull(_tenants.Find(second));
        Assert.NotNull(_tenants.Find("key-1-rotated"));
    }

    [Fact]
    public void Find_WhenTheKeyMovesToAnotherTenant_ItsTokensDoNotFollow()
    {
        var token = Create("key-3", Grants.Tts);

        _configuration["Tenants:two:Keys:0"] = RunningProgram.HashOf("key-4");
        _configuration["Tenants:three:Keys:0"] = RunningProgram.HashOf("key-3");
        _configuration.Reload();

        Assert.Null(_tenants.Find(token));
    }

    [Fact]
    public void Find_ATokenWithAnyCharacterChanged_IsNobody()
    {
        var token = Create("key-1", Grants.Tts);

        // The last character of base64url may hold bits that mean nothing.
        for (var i = 0; i < token.Length - 1; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.Null(_tenants.Find(new string(changed)));
        }

        Assert.Null(_tenants.Find(token + "A"));
        Assert.Null(_tenants.Find(AccessTokens.Prefix));
    }

    [Fact]
    public void Find_ATokenOfAnotherInstallation_IsNobody()
    {
        var others = new AccessTokens(new EphemeralDataProtectionProvider(), _time);

        Assert.Null(_tenants.Find(others.Create(_tenants.Find("key-1")!, Grants.All, Life)));
    }

    private string Create(string key, Grants grants) => _tokens.Create(_tenants.Find(key)!, grants, Life);
}
