using Azure.Core;
using Cairn.Shims.Storage;

namespace Azure.Data.Tables;

/// <summary>An account's tables.</summary>
/// <remarks>Source: Azure.Data.Tables; the members that the app uses, over the service's REST protocol.</remarks>
public class TableServiceClient
{
    readonly TableRequests requests;

    /// <summary>By connection string.</summary>
    public TableServiceClient(string connectionString, TableClientOptions? options = null)
    {
        var account = StorageAccount.Parse(connectionString);
        requests = new TableRequests(account.Build(options ?? new TableClientOptions(), found => new TableSignature(found)));
        Uri = account.Tables;
    }

    /// <summary>By a credential's tokens; https only.</summary>
    public TableServiceClient(Uri endpoint, TokenCredential tokenCredential, TableClientOptions? options = null)
    {
        requests = new TableRequests(StorageAccount.Build(options ?? new TableClientOptions(), tokenCredential));
        Uri = endpoint;
    }

    /// <summary>Where the account is.</summary>
    public virtual Uri Uri { get; }

    /// <summary>A table of it, made or not.</summary>
    public virtual TableClient GetTableClient(string tableName) => new(requests, Uri, tableName);
}
