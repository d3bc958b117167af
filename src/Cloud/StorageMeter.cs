using System.Diagnostics.Metrics;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Cairn.Cloud;

/// <summary>Counts every request to a storage account, tries again included, by the kinds that it is billed by; on the meter "Cairn".</summary>
/// <remarks>
/// <code>
/// cairn.storage.requests   requests by service ("blob", "table") and kind
/// </code>
/// Kinds of blobs: write, list (with making containers), read (with leases and everything else), delete (free). Kinds of tables: write, batch, read, scan, delete.
/// Source: Microsoft's pages "Azure Blob Storage pricing", "Operations and data transfer", and "Azure Table Storage pricing"; docs/operations/cost.md has what each costs.
/// </remarks>
sealed class StorageMeter(string service) : HttpPipelineSynchronousPolicy
{
    static readonly Meter Meter = new("Cairn");
    static readonly Counter<long> Requests = Meter.CreateCounter<long>("cairn.storage.requests", "{request}", "Requests to a storage account by the kinds that are billed.");

    public override void OnSendingRequest(HttpMessage message)
    {
        if (!Requests.Enabled) return;
        var (method, uri) = (message.Request.Method.Method, message.Request.Uri);
        Requests.Add(1, new("service", service), new("kind", service == "blob" ? OfBlobs(method, uri.Query) : OfTables(method, uri.Path)));
    }

    /// <summary>What a request for blobs is billed as.</summary>
    /// <param name="query">With or without its question mark.</param>
    internal static string OfBlobs(string method, string query) => method switch
    {
        "DELETE" => "delete",
        "PUT" when query.Contains("comp=lease", StringComparison.Ordinal) => "read",
        "PUT" when query.Contains("restype=container", StringComparison.Ordinal) => "list",
        "PUT" => "write",
        "GET" when query.Contains("comp=list", StringComparison.Ordinal) && !query.Contains("comp=blocklist", StringComparison.Ordinal) => "list",
        _ => "read",
    };

    /// <summary>What a request for tables is billed as: rows are read by both their keys, or scanned for.</summary>
    /// <param name="path">Of the address, such as <c>/keys(PartitionKey='a',RowKey='b')</c>.</param>
    internal static string OfTables(string method, string path) => method switch
    {
        "DELETE" => "delete",
        "POST" when path.EndsWith("$batch", StringComparison.Ordinal) => "batch",
        "GET" when path.Contains("RowKey=", StringComparison.Ordinal) => "read",
        "GET" => "scan",
        _ => "write",
    };
}
