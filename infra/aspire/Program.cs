using System.Globalization;

// PostgreSQL and Azurite in containers, the embedded voice, two silos and an API host as processes: the cluster of docs/operations.md.
// The service reads its own settings, so Aspire's Orleans integration, which sets others, is not used.
const int Silos = 2;

// Published by Microsoft for every Azurite; it opens nothing else.
const string AzuriteAccount = "devstoreaccount1";
const string AzuriteKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

var builder = DistributedApplication.CreateBuilder(args);
var database = builder.AddPostgres("postgres").AddDatabase("tts");
var blobs = builder.AddContainer("azurite", "mcr.microsoft.com/azure-storage/azurite")
    .WithArgs("azurite-blob", "--blobHost", "0.0.0.0", "--skipApiVersionCheck")
    .WithHttpEndpoint(targetPort: 10000, name: "blob");
var voice = builder.AddProject<Projects.LocalVoice>("voice", options => options.ExcludeLaunchProfile = true)
    .WithHttpEndpoint(name: "speech", env: "LocalVoice__Port", isProxied: false, port: 8090)
    .WithEnvironment("LocalVoice__ContextExpiry", "00:00:01");
var archive = ReferenceExpression.Create(
    $"DefaultEndpointsProtocol=http;AccountName={AzuriteAccount};AccountKey={AzuriteKey};BlobEndpoint={blobs.GetEndpoint("blob").Property(EndpointProperty.Url)}/{AzuriteAccount};");

for (var silo = 1; silo <= Silos; silo++)
{
    var name = string.Create(CultureInfo.InvariantCulture, $"silo{silo}");
    var port = 8081 + silo;
    Configure(builder.AddProject<Projects.Silo>(name, options => options.ExcludeLaunchProfile = true), name)
        .WithHttpEndpoint(name: "health", env: "Listen__Http", isProxied: false, port: port)
        .WithHttpHealthCheck("/health/ready", endpointName: "health")
        .WithEnvironment("Cluster__Dashboard", "/dashboard");
}

Configure(builder.AddProject<Projects.ApiHost>("api", options => options.ExcludeLaunchProfile = true), "api")
    .WithHttpEndpoint(name: "http", env: "Listen__Http", isProxied: false, port: 8080)
    .WithHttpHealthCheck("/health/ready", endpointName: "http")
    .WithEnvironment("Listen__Https", "0")
    .WithEnvironment("Cluster__Mode", "client");

await builder.Build().RunAsync();

IResourceBuilder<ProjectResource> Configure(IResourceBuilder<ProjectResource> host, string name) => host
    .WithReference(database).WaitFor(database).WaitFor(blobs).WaitFor(voice)
    .WithEnvironment("ASPNETCORE_ENVIRONMENT", "Development")
    .WithEnvironment("Data", Path.Combine(builder.AppHostDirectory, "data", name))
    .WithEnvironment("Cluster__Name", name)
    .WithEnvironment("Cluster__ConnectionString", database)
    .WithEnvironment("Upstreams__main__Url", "ws://127.0.0.1:8090/tts/websocket")
    .WithEnvironment("Upstreams__main__Pronunciations", "Inline")
    .WithEnvironment("Archive__Kind", "azure")
    .WithEnvironment("Archive__ConnectionString", archive);
