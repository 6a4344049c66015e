using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Stores;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>A storage account without a secret: the process says who it is.</summary>
public sealed class ArchiveIdentityTests
{
    private const string Account = "https://account.blob.core.windows.net";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Archive_WithServiceUri_AsksTheAccountWithATokenOfItsIdentity()
    {
        using var account = new RecordedAccount();
        using var client = new HttpClient(account);
        var identity = new FixedIdentity();
        using var host = HostWith(
            services => services.AddSingleton<TokenCredential>(identity).AddSingleton<HttpPipelineTransport>(new HttpClientTransport(client)),
            ("ServiceUri", Account), ("Container", "speech"));

        var length = await host.Services.GetRequiredService<ISegmentArchive>().GetLengthAsync("acme/1.wav", Token);

        Assert.Null(length);
        Assert.Equal(("/speech/acme/1.wav", "Bearer service-identity"), Assert.Single(account.Requests));
        Assert.Equal("https://storage.azure.com/.default", Assert.Single(identity.Scopes));
    }

    [Theory]
    [InlineData("http://account.blob.core.windows.net", null, "ServiceUri")]
    [InlineData("account", null, "ServiceUri")]
    [InlineData("https://account.blob.core.windows.net/?sig=hush-hush", null, "ServiceUri")]
    [InlineData(Account, "UseDevelopmentStorage=true", "ConnectionString")]
    [InlineData(null, null, "ConnectionString")]
    public void Validate_AccountThatCannotBe_NamesTheSettingAndNoSecret(string? serviceUri, string? connectionString, string named)
    {
        using var host = HostWith(_ => { }, ("ServiceUri", serviceUri), ("ConnectionString", connectionString));

        var refusal = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<ArchiveOptions>>().Value);

        Assert.Contains($"Archive:{named}", Assert.Single(refusal.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", refusal.Message, StringComparison.Ordinal);
    }

    private static IHost HostWith(Action<IServiceCollection> change, params (string Key, string? Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Append((Key: "Kind", Value: "azure")).ToDictionary(s => $"{ArchiveOptions.Section}:{s.Key}", s => s.Value));
        change(builder.Services);
        builder.Services.AddArchive();
        return builder.Build();
    }

    private sealed class FixedIdentity : TokenCredential
    {
        public List<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.AddRange(requestContext.Scopes);
            return new AccessToken("service-identity", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
            => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }

    // Has no blob.
    private sealed class RecordedAccount : HttpMessageHandler
    {
        public List<(string Path, string? Authorization)> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add((request.RequestUri!.AbsolutePath, request.Headers.Authorization?.ToString()));
            var answer = new HttpResponseMessage(HttpStatusCode.NotFound) { RequestMessage = request };
            answer.Headers.Add("x-ms-error-code", "BlobNotFound");
            return Task.FromResult(answer);
        }
    }
}
