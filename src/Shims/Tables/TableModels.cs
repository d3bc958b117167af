using Azure.Core;

namespace Azure.Data.Tables;

/// <summary>How table clients behave: retries, time limits and transport as everywhere in Azure.Core.</summary>
/// <remarks>Source: Azure.Data.Tables.</remarks>
public class TableClientOptions : ClientOptions
{
    /// <summary>With the protocol version that the client speaks.</summary>
    public TableClientOptions(ServiceVersion serviceVersion = ServiceVersion.V2020_12_06) => Version = serviceVersion;

    /// <summary>Which protocol version.</summary>
    internal ServiceVersion Version { get; }

    /// <summary>Protocol versions.</summary>
    public enum ServiceVersion
    {
        /// <summary>The first that takes tokens.</summary>
        V2020_12_06 = 2,
    }
}

/// <summary>What every row has.</summary>
public interface ITableEntity
{
    /// <summary>Rows of one partition change together.</summary>
    string PartitionKey { get; set; }

    /// <summary>The row in its partition.</summary>
    string RowKey { get; set; }

    /// <summary>Its version.</summary>
    ETag ETag { get; set; }
}

/// <summary>What an action of a transaction does.</summary>
/// <remarks>Source: Azure.Data.Tables, same numbers.</remarks>
public enum TableTransactionActionType
{
    /// <summary>Adds; fails where the row exists.</summary>
    Add = 0,

    /// <summary>Changes some values of a version.</summary>
    UpdateMerge = 1,

    /// <summary>Puts a row in a version's place.</summary>
    UpdateReplace = 2,

    /// <summary>Deletes a version.</summary>
    Delete = 3,

    /// <summary>Adds or changes some values.</summary>
    UpsertMerge = 4,

    /// <summary>Adds or puts in place.</summary>
    UpsertReplace = 5,
}

/// <summary>One action of a transaction.</summary>
/// <remarks>Source: Azure.Data.Tables.</remarks>
public class TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity, ETag etag = default)
{
    /// <summary>What it does.</summary>
    public TableTransactionActionType ActionType { get; } = actionType;

    /// <summary>The row, whole.</summary>
    public ITableEntity Entity { get; } = entity;

    /// <summary>The version that updates and deletions need.</summary>
    public ETag ETag { get; } = etag;
}

/// <summary>A transaction that did not happen.</summary>
/// <remarks>Source: Azure.Data.Tables.</remarks>
public class TableTransactionFailedException : RequestFailedException
{
    internal TableTransactionFailedException(int status, string message, string? errorCode, int? failedIndex)
        : base(status, message, errorCode, null) => FailedTransactionActionIndex = failedIndex;

    /// <summary>Which action failed, from 0; null where the service does not say.</summary>
    public int? FailedTransactionActionIndex { get; }
}
