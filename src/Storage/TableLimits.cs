namespace Cairn.Storage;

/// <summary>Azure Table Storage's own limits, kept by every store here.</summary>
/// <remarks>Source: Microsoft Learn, "Understanding the Table service data model" and "Performing entity group transactions".</remarks>
public static class TableLimits
{
    /// <summary>Named values in a row beside its keys and time stamp.</summary>
    public const int MaxProperties = 252;

    /// <summary>Bytes of one string (as UTF-16) or byte array.</summary>
    public const int MaxValueBytes = 64 * 1024;

    /// <summary>Bytes of a whole row: names and strings as UTF-16.</summary>
    public const int MaxRowBytes = 1024 * 1024;

    /// <summary>Bytes of one key (as UTF-16: 512 characters).</summary>
    public const int MaxKeyBytes = 1024;

    /// <summary>Changes in one transaction, all of one partition.</summary>
    public const int MaxChanges = 100;

    /// <summary>Bytes of one transaction.</summary>
    public const int MaxTransactionBytes = 4 * 1024 * 1024;
}

/// <summary>A row or transaction that Azure Tables would refuse; the message says which limit and by how much.</summary>
public sealed class TableLimitException(string message) : Exception(message);

/// <summary>A store that can't be reached or failed by itself; a write may or may not have landed. Worth trying again.</summary>
public sealed class StorageUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
