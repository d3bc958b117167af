namespace Cairn.Storage.Recent;

/// <summary>
/// Where recent files lie. A recent file holds the rows of one project, kind, stream and
/// partition that one consumer batch brought, as Parquet, and never changes.
/// </summary>
/// <remarks>
/// Name: <c>recent/{project}/{kind}/{stream}/{partition}/{first seq}-{last seq}-{unique}.parquet</c>, seqs as 20 digits so that
/// ordinal order is the stream's. Files may overlap after a redelivery: a row is taken once, by (seq, item index).
/// </remarks>
public static class RecentLayout
{
    public const string Folder = "recent/";

    /// <summary>The name of a recent file.</summary>
    /// <param name="unique">Tells two writers of the same borders apart; [a-z0-9].</param>
    public static string FileName(string projectId, string kind, string streamId, int partition, long firstSeq, long lastSeq, string unique) =>
        $"{Folder}{projectId}/{kind}/{streamId}/{partition}/{firstSeq:D20}-{lastSeq:D20}-{unique}.parquet";
}
