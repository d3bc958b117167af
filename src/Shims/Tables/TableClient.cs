using System.Globalization;
using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Models;
using Cairn.Shims.Storage;

namespace Azure.Data.Tables;

/// <summary>A table.</summary>
/// <remarks>Source: Azure.Data.Tables; the members that the app uses. Rows are <see cref="TableEntity"/>.</remarks>
public class TableClient
{
    readonly TableRequests requests;
    readonly Uri service;

    internal TableClient(TableRequests requests, Uri service, string name) => (this.requests, this.service, Name) = (requests, service, name);

    /// <summary>Its name.</summary>
    public virtual string Name { get; }

    /// <summary>Makes it where it is missing.</summary>
    public virtual async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        using var message = requests.Create(RequestMethod.Post, service, "Tables");
        message.Request.Headers.SetValue("Content-Type", "application/json;odata=nometadata");
        message.Request.Headers.SetValue("Prefer", "return-no-content");
        message.Request.Content = RequestContent.Create(new BinaryData(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["TableName"] = Name })));
        try
        {
            return Response.FromValue(new TableItem(Name), await requests.SendAsync(message, cancellationToken, 201, 204));
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == "TableAlreadyExists")
        {
            return Response.FromValue(new TableItem(Name), message.Response);
        }
    }

    /// <summary>One row; without a value where it, or its table, is missing.</summary>
    public virtual async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        using var message = requests.Create(RequestMethod.Get, service, TableRequests.PathOf(Name, partitionKey, rowKey));
        if (select is not null) message.Request.Uri.AppendQuery("$select", string.Join(',', select));
        try
        {
            var answer = await requests.SendAsync(message, cancellationToken, 200);
            using var json = JsonDocument.Parse(answer.Content);
            return Response.FromValue(As<T>(EntityJson.Read(json.RootElement)), answer);
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            return new Missing<T>(message.Response);
        }
    }

    /// <summary>Rows that meet an OData filter, in order of their keys.</summary>
    public virtual AsyncPageable<T> QueryAsync<T>(string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => new Listing<T>(this, filter, maxPerPage, select, cancellationToken);

    /// <summary>Does up to 100 actions of one partition, all or none.</summary>
    /// <returns>The answers in the actions' order, each with its row's new ETag.</returns>
    /// <exception cref="TableTransactionFailedException">None was done.</exception>
    public virtual async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        var batch = new TransactionBody(service, Name, [.. transactionActions]);
        using var message = requests.Create(RequestMethod.Post, service, "$batch");
        message.Request.Headers.SetValue("Content-Type", batch.ContentType);
        message.Request.Content = RequestContent.Create(batch.Write());
        var answer = await requests.SendAsync(message, cancellationToken, 202);
        return Response.FromValue(TransactionAnswer.Read(answer.Content.ToString()), answer);
    }

    async Task<Page<T>> ListAsync<T>(string? filter, int? maxPerPage, IEnumerable<string>? select, string? continuation, CancellationToken cancellationToken)
        where T : class, ITableEntity
    {
        using var message = requests.Create(RequestMethod.Get, service, $"{Name}()");
        if (!string.IsNullOrEmpty(filter)) message.Request.Uri.AppendQuery("$filter", filter);
        if (maxPerPage is { } most) message.Request.Uri.AppendQuery("$top", most.ToString(CultureInfo.InvariantCulture));
        if (select is not null) message.Request.Uri.AppendQuery("$select", string.Join(',', select));
        if (continuation is not null)
        {
            var next = continuation.Split('\n');
            message.Request.Uri.AppendQuery("NextPartitionKey", next[0]);
            if (next[1].Length > 0) message.Request.Uri.AppendQuery("NextRowKey", next[1]);
        }
        var answer = await requests.SendAsync(message, cancellationToken, 200);
        using var json = JsonDocument.Parse(answer.Content);
        var rows = json.RootElement.GetProperty("value").EnumerateArray().Select(row => As<T>(EntityJson.Read(row))).ToList();
        // A page may be empty and yet not the last; and the row key may be missing from what names the next.
        var more = answer.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition)
            ? $"{partition}\n{(answer.Headers.TryGetValue("x-ms-continuation-NextRowKey", out var row) ? row : "")}"
            : null;
        return Page<T>.FromValues(rows, more, answer);
    }

    static T As<T>(TableEntity entity) where T : class, ITableEntity => (T)(ITableEntity)entity;

    sealed class Missing<T>(Response response) : NullableResponse<T>
    {
        public override bool HasValue => false;

        public override T Value => throw new InvalidOperationException("there is no such row");

        public override Response GetRawResponse() => response;
    }

    sealed class Listing<T>(TableClient table, string? filter, int? maxPerPage, IEnumerable<string>? select, CancellationToken cancellationToken) : AsyncPageable<T>(cancellationToken)
        where T : class, ITableEntity
    {
        public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
        {
            do
            {
                var page = await table.ListAsync<T>(filter, pageSizeHint ?? maxPerPage, select, continuationToken, CancellationToken);
                yield return page;
                continuationToken = page.ContinuationToken;
            }
            while (continuationToken is not null);
        }
    }
}
