namespace Cairn.Query.Definitions;

/// <summary>What an answer covers and what it cost.</summary>
/// <param name="DataUpToMs">The newest receipt among the rows it could see, Unix milliseconds; null where there were none.</param>
/// <param name="RowsRead">Rows looked at.</param>
/// <param name="BytesRead">Memory of the columns looked at, whether or not they were decoded already.</param>
/// <param name="ElapsedMs">Time taken, milliseconds.</param>
public sealed record Coverage(long? DataUpToMs, long RowsRead, long BytesRead, double ElapsedMs)
{
    /// <summary>Parts of files and layouts that were in memory already.</summary>
    public long CacheHits { get; init; }

    /// <summary>Those that were decoded or laid out for this answer.</summary>
    public long CacheMisses { get; init; }

    /// <summary>Which other engine answered; null: the built-in one.</summary>
    public string? Engine { get; init; }

    /// <summary>Why the built-in engine answered though another one is set; null where that is not so.</summary>
    public string? InsteadOf { get; init; }
}
