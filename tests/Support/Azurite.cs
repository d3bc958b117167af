using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Azure.Core.Pipeline;

namespace Cairn.Support;

/// <summary>The pinned Azurite, running on free ports with everything in memory; stopped when disposed.</summary>
public sealed partial class Azurite : IAsyncDisposable
{
    /// <summary>How long it may take to listen, on a busy machine.</summary>
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    /// <summary>Azurite's one account, with its published key.</summary>
    const string Account = "devstoreaccount1";
    const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    readonly Process process;
    readonly TemporaryFolder folder;

    Azurite(Process process, TemporaryFolder folder) => (this.process, this.folder) = (process, folder);

    /// <summary>Where its account's blobs are.</summary>
    public Uri Blobs { get; private set; } = null!;

    /// <summary>Where its account's tables are.</summary>
    public Uri Tables { get; private set; } = null!;

    /// <summary>How a client with the account's key finds it.</summary>
    public string ConnectionString => $"AccountName={Account};AccountKey={Key};BlobEndpoint={Blobs};TableEndpoint={Tables}";

    /// <summary>Starts one.</summary>
    /// <param name="withTokens">Over https, with a certificate of its own, and taking tokens (see <see cref="UnsignedTokens"/>).</param>
    /// <param name="requests">Counts every request, by Azurite's own log; null: nobody does.</param>
    public static async Task<Azurite> StartAsync(bool withTokens = false, BilledRequests? requests = null)
    {
        var folder = new TemporaryFolder();
        List<string> arguments =
        [
            NpmFolder.Of("node_modules", "azurite", "dist", "src", "azurite.js"),
            "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--blobPort", "0", "--queuePort", "0", "--tablePort", "0",
        ];
        if (requests is null) arguments.Add("--silent");
        if (withTokens)
        {
            WriteCertificate(folder);
            arguments.AddRange("--oauth", "basic", "--cert", folder["cert.pem"], "--key", folder["key.pem"]);
        }
        var azurite = new Azurite(NodeTool.Start("node", arguments, folder.FullPath), folder);
        try
        {
            await azurite.ReadPlacesAsync(requests).WaitAsync(StartLimit);
            return azurite;
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    /// <summary>A transport that takes its own certificate.</summary>
    public static HttpPipelineTransport TrustingTransport() => new HttpClientTransport(new HttpClientHandler
    {
        ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=cairn-tests",
    });

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }

    async Task ReadPlacesAsync(BilledRequests? requests)
    {
        while (Blobs is null || Tables is null)
        {
            var line = await process.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException($"Azurite stopped: {await process.StandardError.ReadToEndAsync()}");
            if (Listening().Match(line) is not { Success: true } found) continue;
            var place = new Uri($"{found.Groups[2].Value}/{Account}");
            if (found.Groups[1].Value == "Blob") Blobs = place;
            if (found.Groups[1].Value == "Table") Tables = place;
        }
        _ = requests is null ? process.StandardOutput.ReadToEndAsync() : CountAsync(requests);
        _ = process.StandardError.ReadToEndAsync();
    }

    async Task CountAsync(BilledRequests requests)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (Request().Match(line) is { Success: true } found) requests.Count(found.Groups[1].Value, found.Groups[2].Value);
    }

    static void WriteCertificate(TemporaryFolder folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=cairn-tests", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(folder["cert.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(folder["key.pem"], key.ExportPkcs8PrivateKeyPem());
    }

    [GeneratedRegex(@"Azurite (Blob|Table) service is successfully listening(?:ed)? (?:at|on) (https?://[0-9.:]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Listening();

    [GeneratedRegex(@"""([A-Z]+) /" + Account + @"/?(\S*) HTTP/", RegexOptions.CultureInvariant)]
    private static partial Regex Request();
}
