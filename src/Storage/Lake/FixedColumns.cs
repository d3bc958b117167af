using Cairn.Storage.Delta;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>The columns that each table begins with, beside the partition's month.</summary>
/// <remarks>
/// Not among them: place in the stream (the table's watermarks stand for it) and the duplicate key (made again from what was sent).
/// </remarks>
static class FixedColumns
{
    /// <summary>A column of every row.</summary>
    /// <param name="RowName">What rows call it.</param>
    /// <param name="Name">What the table calls it.</param>
    public readonly record struct FixedColumn(string RowName, string Name, DeltaType Type, bool Nullable = true);

    static readonly FixedColumn[] Ids =
    [
        Same(RowLayout.DistinctId), Same(RowLayout.DeviceId), Same(RowLayout.UserId),
    ];

    static readonly FixedColumn[] Receipt =
    [
        Same(RowLayout.Time, DeltaType.Timestamp, nullable: false),
        Same(RowLayout.ReceivedAt, DeltaType.Timestamp, nullable: false),
        Same(RowLayout.ItemId, nullable: false),
        Same(RowLayout.InsertId),
        Same(RowLayout.Sdk),
        Same(RowLayout.DialectName, nullable: false),
        Same(RowLayout.SentTime, DeltaType.Timestamp),
    ];

    static readonly Dictionary<string, FixedColumn[]> ByTable = new(StringComparer.Ordinal)
    {
        [RowLayout.Events] =
        [
            Same(RowLayout.Event), Same(LakeSchema.Person), .. Ids, .. Receipt,
            Same(RowLayout.SessionId), Same(RowLayout.SkipsProfile, DeltaType.Boolean), Same(RowLayout.Rest),
        ],
        [RowLayout.ProfileUpdates] = [Same(LakeSchema.Person), .. Ids, .. Receipt, Same(RowLayout.Operations)],
        [RowLayout.GroupUpdates] =
        [
            Same(RowLayout.GroupType), new(RowLayout.DistinctId, "group_id", DeltaType.String), Same(RowLayout.DeviceId), Same(RowLayout.UserId), .. Receipt,
            Same(RowLayout.Operations),
        ],
        [RowLayout.Identities] =
        [
            new(RowLayout.DistinctId, "id", DeltaType.String), Same(RowLayout.OtherId), Same(RowLayout.LinkRule, DeltaType.Integer, nullable: false),
            Same(RowLayout.DeviceId), Same(RowLayout.UserId), .. Receipt,
        ],
    };

    /// <exception cref="ArgumentException">No such table of rows.</exception>
    public static IReadOnlyList<FixedColumn> Of(string table) =>
        ByTable.TryGetValue(table, out var columns) ? columns : throw new ArgumentException($"'{table}' is no table of rows", nameof(table));

    /// <summary>What rows call a column that the table began with; null for the month.</summary>
    public static string? RowNameOf(string table, string name)
    {
        foreach (var column in Of(table))
            if (column.Name == name) return column.RowName;
        return null;
    }

    static FixedColumn Same(string name, DeltaType type = DeltaType.String, bool nullable = true) => new(name, name, type, nullable);
}
