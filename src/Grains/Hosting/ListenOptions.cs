using System.ComponentModel.DataAnnotations;
using System.Net;

namespace TtsGrains.Grains.Hosting;

/// <summary>Addresses and ports that a program listens on for HTTP.</summary>
public sealed class ListenOptions
{
    /// <summary>The IP address to listen on.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port for HTTP; 0 takes a free one. Default: 8080, of a Silo 8081.</summary>
    [Range(0, IPEndPoint.MaxPort)]
    public int? Http { get; set; }

    /// <summary>
    /// The port for HTTPS; 0 takes a free one. Only an API host has one, in the Development environment with a certificate that it makes, else with
    /// <c>Listen:Certificate</c>. Default: 8443.
    /// </summary>
    [Range(0, IPEndPoint.MaxPort)]
    public int? Https { get; set; }

    /// <summary>
    /// The port of an API host for Prometheus, <c>/metrics</c> and nothing else; 0 takes a free one. It asks for no credential: keep it internal. Default:
    /// none, and in the Development environment <c>/metrics</c> is on the port for HTTP. A Silo has its metrics on its port for HTTP.
    /// </summary>
    [Range(0, IPEndPoint.MaxPort)]
    public int? Metrics { get; set; }

    /// <summary>The certificate for HTTPS, a PEM file.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>The private key of the certificate, a PEM file.</summary>
    public string CertificateKey { get; set; } = "";

    /// <summary>Gets a sentence for every fault beside those that the annotations find.</summary>
    internal static IEnumerable<string> Check(string path, ListenOptions options)
    {
        if (!IPAddress.TryParse(options.Address, out _))
        {
            yield return $"{path}:{nameof(Address)} is '{options.Address}'; it must be an IP address.";
        }

        foreach (var (setting, file) in new[] { (nameof(Certificate), options.Certificate), (nameof(CertificateKey), options.CertificateKey) })
        {
            if (file.Length > 0 && !File.Exists(file))
            {
                yield return $"{path}:{setting} is '{file}', which is no file here.";
            }
        }
    }
}
