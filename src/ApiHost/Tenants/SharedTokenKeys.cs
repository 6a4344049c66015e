using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using TtsGrains.Archive.Encryption;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>The keys of access tokens in the archive's store, so that the API hosts of a cluster accept each other's tokens without a folder in common.</summary>
internal sealed class SharedTokenKeys(SharedSecrets secrets) : IXmlRepository
{
    private const string Kind = "token-keys";

    // The framework asks about once a day, and has no asynchronous form.
    public IReadOnlyCollection<XElement> GetAllElements()
        => [.. secrets.ListAsync(Kind, CancellationToken.None).GetAwaiter().GetResult().Select(key => XElement.Parse(Encoding.UTF8.GetString(key)))];

    public void StoreElement(XElement element, string friendlyName)
        => secrets.AddAsync(Kind, friendlyName, Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)), CancellationToken.None).GetAwaiter().GetResult();
}
