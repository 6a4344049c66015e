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
        _tokens = new AccessTokens(new EphemeralDataProtectionProvider(), new RevokedTokens(), _time);
        _tenants = new TenantDirectory(_configuration, _tokens, _time);
    }

    public void Dispose() => _tenants.Dispose();

    [Fact]
    public void Find_AFreshToken_IsItsCreatorWithTheGrants()
    {
        var caller = _tenants.Find(Create("key-2", Scopes.Speak));

        Assert.Equal(("one", Scopes.Speak, true), (caller!.Tenant, caller.Scopes, caller.IsToken));
    }

    [Fact]
    public void Find_AToken_EndsWithItsLifeNotBefore()
    {
        var token = Create("key-1", Scopes.Speak);

        _time.Advance(Life - TimeSpan.FromTicks(1));
        Assert.NotNull(_tenants.Find(token));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_tenants.Find(token));
    }

    [Fact]
    public void Find_WhenTheCreatorsKeyLeavesTheConfiguration_ItsTokensAreVoidAndNoOthers()
    {
        var (first, second) = (Create("key-1", Scopes.Speak), Create("key-2", Scopes.Speak));

        _configuration["Tenants:one:Keys:0"] = RunningProgram.HashOf("key-1-rotated");
        _configuration.Reload();

        Assert.Null(_tenants.Find(first));
        Assert.Null(_tenants.Find("key-1"));
        Assert.NotNull(_tenants.Find(second));
        Assert.NotNull(_tenants.Find("key-1-rotated"));
    }

    [Fact]
    public void Find_AKeyThatExpires_IsVoidFromThenOnAndSoAreItsTokens()
    {
        _configuration["Tenants:two:Keys:0"] = $"{RunningProgram.HashOf("key-3")} expires={ApiKey.Format(Start + TimeSpan.FromSeconds(10))}";
        _configuration.Reload();
        var token = Create("key-3", Scopes.Speak);

        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.NotNull(_tenants.Find("key-3"));
        Assert.NotNull(_tenants.Find(token));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(_tenants.Find("key-3"));
        Assert.Null(_tenants.Find(token));
    }

    [Fact]
    public async Task Revoked_WhenTheKeyExpires_IsCancelledForKeyAndTokensNotBefore()
    {
        _configuration["Tenants:two:Keys:0"] = $"{RunningProgram.HashOf("key-3")} expires={ApiKey.Format(Start + TimeSpan.FromDays(40))}";
        _configuration.Reload();
        var (key, token) = (_tenants.Find("key-3")!.Revoked, _tenants.Find(Create("key-3", Scopes.Speak))!.Revoked);

        _time.Advance(TimeSpan.FromDays(40) - TimeSpan.FromMilliseconds(1));
        Assert.False(key.IsCancellationRequested);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await WhenCancelledAsync(key);
        await WhenCancelledAsync(token);
    }

    [Fact]
    public async Task Revoked_WhenTheConfigurationChanges_IsCancelledForKeysThatAreGoneOrMayLess()
    {
        _configuration["Tenants:one:Keys:2"] = RunningProgram.HashOf("key-5");
        _configuration.Reload();
        var (gone, less, more, same) = (_tenants.Find("key-1")!.Revoked, _tenants.Find("key-2")!.Revoked, _tenants.Find("key-5")!.Revoked, _tenants.Find("key-3")!.Revoked);

        _configuration["Tenants:one:Keys:0"] = RunningProgram.HashOf("key-1-rotated");
        _configuration["Tenants:one:Keys:1"] = $"{RunningProgram.HashOf("key-2")} scopes=speak";
        _configuration["Tenants:one:Keys:2"] = $"{RunningProgram.HashOf("key-5")} scopes=speak,listen,archive,admin";
        _configuration.Reload();

        await WhenCancelledAsync(gone);
        await WhenCancelledAsync(less);
        Assert.False(more.IsCancellationRequested);
        Assert.False(same.IsCancellationRequested);
        Assert.False(_tenants.Find("key-2")!.Revoked.IsCancellationRequested);
    }

    [Fact]
    public void Find_WhenTheKeyLosesAScope_ItsTokensLoseItToo()
    {
        var token = Create("key-1", Scopes.Speak | Scopes.Listen);

        _configuration["Tenants:one:Keys:0"] = $"{RunningProgram.HashOf("key-1")} scopes=listen,admin";
        _configuration.Reload();

        Assert.Equal(Scopes.Listen | Scopes.Admin, _tenants.Find("key-1")!.Scopes);
        Assert.Equal(Scopes.Listen, _tenants.Find(token)!.Scopes);
    }

    [Fact]
    public void Find_WhenTheKeyMovesToAnotherTenant_ItsTokensDoNotFollow()
    {
        var token = Create("key-3", Scopes.Speak);

        _configuration["Tenants:two:Keys:0"] = RunningProgram.HashOf("key-4");
        _configuration["Tenants:three:Keys:0"] = RunningProgram.HashOf("key-3");
        _configuration.Reload();

        Assert.Null(_tenants.Find(token));
    }

    [Fact]
    public void Find_ATokenWithAnyCharacterChanged_IsNobody()
    {
        var token = Create("key-1", Scopes.Speak);

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
        var others = new AccessTokens(new EphemeralDataProtectionProvider(), new RevokedTokens(), _time);

        Assert.Null(_tenants.Find(others.Create(_tenants.Find("key-1")!, Scopes.All, Life)));
    }

    private static Task WhenCancelledAsync(CancellationToken revoked)
        => Eventually.IsTrueAsync(() => revoked.IsCancellationRequested, TestContext.Current.CancellationToken);

    private string Create(string key, Scopes scopes) => _tokens.Create(_tenants.Find(key)!, scopes, Life);
}
