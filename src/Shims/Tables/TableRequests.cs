using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Cairn.Shims.Storage;

/// <summary>Sends requests of the Table service.</summary>
sealed class TableRequests(HttpPipeline pipeline)
{
    /// <summary>The protocol version asked for: the first that takes tokens.</summary>
    const string ServiceVersion = "2020-12-06";

    /// <summary>Begins a request; the path is escaped already.</summary>
    public HttpMessage Create(RequestMethod method, Uri service, string path)
    {
        var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri($"{service.AbsoluteUri.TrimEnd('/')}/{path}"));
        message.Request.Headers.SetValue("x-ms-version", ServiceVersion);
        message.Request.Headers.SetValue("DataServiceVersion", "3.0");
        message.Request.Headers.SetValue("Accept", "application/json;odata=minimalmetadata");
        return message;
    }

    /// <summary>Sends it.</summary>
    /// <exception cref="RequestFailedException">The answer is none of the expected ones.</exception>
    public async ValueTask<Response> SendAsync(HttpMessage message, CancellationToken cancellationToken, params int[] expected)
    {
        await pipeline.SendAsync(message, cancellationToken);
        return expected.Contains(message.Response.Status) ? message.Response : throw new RequestFailedException(message.Response);
    }

    /// <summary>The place of a row below its service.</summary>
    public static string PathOf(string table, string partitionKey, string rowKey) => $"{table}(PartitionKey='{Quote(partitionKey)}',RowKey='{Quote(rowKey)}')";

    static string Quote(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));
}
