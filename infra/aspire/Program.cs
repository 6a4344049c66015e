using System.Globalization;
using Microsoft.Extensions.Configuration;

// PostgreSQL, Azurite, the embedded voice, two silos and an API host: the cluster of docs/operations.md.
// The service reads its own settings, so Aspire's Orleans integration, which sets others, is not used.
const int Silos = 2;

// Published by Microsoft for every Azurite; it opens nothing else.
const string AzuriteAccount = "devstoreaccount1";
const string AzuriteKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

var builder = DistributedApplication.CreateBuilder(args);
var data = Path.GetFullPath(builder.Configuration["Data"] ?? Path.Combine(builder.AppHostDirectory, "data"));
var database = Existing("tts") ?? builder.AddPostgres("postgres").AddDatabase("tts");
var archive = Existing("archive") ?? AddAzurite("archive");
var voice = builder.AddProject<Projects.LocalVoice>("voice", options => options.ExcludeLaunchProfile = true)
    .WithHttpEndpoint(name: "speech", env: "LocalVoice__Port", isProxied: false, port: 8090)
    .WithEnvironment("LocalVoice__ContextExpiry", "00:00:01");

for (var silo = 1; silo <= Silos; silo++)
{
    var name = string.Create(CultureInfo.InvariantCulture, $"silo{silo}");
    var port = 8081 + silo;
    Configure(builder.AddProject<Projects.Silo>(name, options => options.ExcludeLaunchProfile = true), name)
        .WithHttpEndpoint(name: "health", env: "Listen__Http", isProxied: false, port: port)
        .WithHttpHealthCheck("/health/ready", endpointName: "health")
        .WithEnvironment("Cluster__Dashboard", "/dashboard")
        .WithUrlForEndpoint("health", url => (url.Url, url.DisplayText) = ("/dashboard", "Orleans Dashboard"));
}

Configure(builder.AddProject<Projects.ApiHost>("api", options => options.ExcludeLaunchProfile = true), "api")
    .WithHttpEndpoint(name: "http", env: "Listen__Http", isProxied: false, port: 8080)
    .WithHttpHealthCheck("/health/ready", endpointName: "http")
    .WithEnvironment("Listen__Https", "0")
    .WithEnvironment("Cluster__Mode", "client");

await builder.Build().RunAsync();

// A connection string in the configuration names a service that already runs, so that no container is needed.
IResourceBuilder<IResourceWithConnectionString>? Existing(string name)
    => builder.Configuration.GetConnectionString(name) is null ? null : builder.AddConnectionString(name);

IResourceBuilder<IResourceWithConnectionString> AddAzurite(string name)
{
    var azurite = builder.AddContainer("azurite", "mcr.microsoft.com/azure-storage/azurite")
        .WithArgs("azurite-blob", "--blobHost", "0.0.0.0", "--skipApiVersionCheck")
        .WithHttpEndpoint(targetPort: 10000, name: "blob");
    var url = azurite.GetEndpoint("blob").Property(EndpointProperty.Url);
    return builder.AddConnectionString(
        name,
        ReferenceExpression.Create($"DefaultEndpointsProtocol=http;AccountName={AzuriteAccount};AccountKey={AzuriteKey};BlobEndpoint={url}/{AzuriteAccount};"))
        .WaitFor(azurite);
}

IResourceBuilder<ProjectResource> Configure(IResourceBuilder<ProjectResource> host, string name) => host
    .WaitFor(database).WaitFor(archive).WaitFor(voice)
    .WithEnvironment("ASPNETCORE_ENVIRONMENT", "Development")
    .WithEnvironment("Data", Path.Combine(data, name))
    .WithEnvironment("Cluster__Name", name)
    .WithEnvironment("Cluster__ConnectionString", database)
    // All ports are on loopback.
    .WithEnvironment("Cluster__Tls__Off", "true")
    .WithEnvironment("Upstreams__main__Url", "ws://127.0.0.1:8090/tts/websocket")
    .WithEnvironment("Upstreams__main__Pronunciations", "Inline")
    .WithEnvironment("Archive__Kind", "azure")
    .WithEnvironment("Archive__ConnectionString", archive);
