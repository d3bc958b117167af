using System.Globalization;
using Cairn.Storage.Delta;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>
/// Where the lake lies: Delta tables of our own rows, one of each kind for each project. Described in docs/formats/lake.md.
/// </summary>
/// <remarks>
/// <code>
/// lake/{project}/{table}/_delta_log/…                          the table's log
/// lake/{project}/{table}/month=2026-03/2026-03-05-{unique}.parquet   a young file: rows of one date
/// lake/{project}/{table}/month=2026-03/merged-{unique}.parquet       a merged one: a range of persons' hashes
/// lake/{project}/{table}/_keys/{the file's path}.keys          which duplicate keys it may hold
/// </code>
/// Updates of groups have a table of their own, <c>group_updates</c>: nobody wants a group's row where persons' are counted or joined, its subject is
/// two columns (type and id) where a person's is one, and it has no person to be sorted by.
/// </remarks>
public static class LakeLayout
{
    public const string Folder = "lake/";

    /// <summary>The column that every table is partitioned by, and how its values are spelled.</summary>
    public const string Month = "month", MonthFormat = "yyyy-MM";

    /// <summary>How a young file's date is spelled.</summary>
    public const string DateFormat = "yyyy-MM-dd";

    /// <summary>The folder of duplicate keys; engines pass over what begins with an underscore.</summary>
    public const string KeysFolder = "_keys";

    /// <summary>Tables of rows: each holds the rows of one of <see cref="RowLayout"/>'s kinds and is named like it.</summary>
    public static IReadOnlyList<string> RowTables { get; } = [RowLayout.Events, RowLayout.ProfileUpdates, RowLayout.GroupUpdates, RowLayout.Identities];

    /// <summary>Tables that are built from others: who they are, and which of their ids are one.</summary>
    public const string Profiles = "profiles", Persons = "persons", Groups = "groups";

    /// <summary>A table's root.</summary>
    public static string RootOf(string projectId, string table) => $"{Folder}{projectId}/{table}";

    /// <summary>What a table's log calls a stream's partition.</summary>
    public static string AppIdOf(string streamId, int partition) => string.Create(CultureInfo.InvariantCulture, $"{streamId}-{partition}");

    /// <summary>The blob of a data file's duplicate keys.</summary>
    public static string KeysOf(string root, string path) => $"{root}/{KeysFolder}/{path}.keys";

    /// <summary>The month that a time belongs to, for partitions; times before year 1 or after year 9999 count to the first and the last.</summary>
    public static string MonthOf(long timeMs) => Clamped(timeMs).ToString(MonthFormat, CultureInfo.InvariantCulture);

    /// <summary>The date (UTC) that a time belongs to, as days since 1970-01-01.</summary>
    public static DateOnly DateOf(long timeMs) => DateOnly.FromDateTime(Clamped(timeMs).UtcDateTime);

    /// <summary>The columns of a data file; times and receipts keep the range of each row group's values.</summary>
    internal static ParquetSchema InParquet(IEnumerable<DeltaColumn> columns) =>
        new(columns.Select(column => column.InParquet(keepsRange: column.Name is RowLayout.Time or RowLayout.ReceivedAt)));

    static DateTimeOffset Clamped(long timeMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(timeMs, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
