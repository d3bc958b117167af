using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Cairn.Model;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>
/// Collects the rows of one project and kind, column by column, before they become a recent file. The fixed columns come first,
/// in the order below; property and group columns follow, ordinal by name.
/// </summary>
/// <remarks>
/// <code>
/// every kind        seq item_index item_id received_at dialect sdk distinct_id device_id user_id time sent_time insert_id dup_hi dup_lo
/// events            event session_id skips_profile rest
/// profile_updates   operations
/// group_updates     operations group_type
/// identities        other_id link_rule
/// </code>
/// A column without a single value is left out. Not thread-safe.
/// </remarks>
public sealed class RecentRowsBuilder
{
    static readonly byte[][] DialectNames = [.. Enum.GetNames<Dialect>().Select(name => Encoding.UTF8.GetBytes(name.ToLowerInvariant()))];

    readonly List<IColumnBuilder> columns = [];
    readonly Int64ColumnBuilder seqs, itemIndexes, receivedAts, times, sentTimes, duplicateHighs, duplicateLows, linkRules;
    readonly DistinctTextColumnBuilder itemIds;
    readonly TextColumnBuilder dialects, sdks, distinctIds, deviceIds, userIds, insertIds;
    readonly TextColumnBuilder names, sessionIds, rest, operations, groupTypes, otherIds;
    readonly BooleanColumnBuilder skipsProfiles;
    readonly PropertyColumns properties, groups;
    readonly PropertyShredder propertyShredder, groupShredder;
    readonly RestObject restObject;
    readonly ItemKind kind;

    public RecentRowsBuilder(ItemKind kind)
    {
        this.kind = kind;
        seqs = Column(new Int64ColumnBuilder(ParquetColumn.Int64(RowLayout.Seq, nullable: false)));
        itemIndexes = Column(new Int64ColumnBuilder(ParquetColumn.Int32(RowLayout.ItemIndex, nullable: false)));
        itemIds = Column(new DistinctTextColumnBuilder(RowLayout.ItemId));
        receivedAts = Column(new Int64ColumnBuilder(ParquetColumn.Timestamp(RowLayout.ReceivedAt, nullable: false, keepsRange: true)));
        dialects = Column(new TextColumnBuilder(RowLayout.DialectName));
        sdks = Column(new TextColumnBuilder(RowLayout.Sdk));
        distinctIds = Column(new TextColumnBuilder(RowLayout.DistinctId));
        deviceIds = Column(new TextColumnBuilder(RowLayout.DeviceId));
        userIds = Column(new TextColumnBuilder(RowLayout.UserId));
        times = Column(new Int64ColumnBuilder(ParquetColumn.Timestamp(RowLayout.Time, nullable: false, keepsRange: true)));
        sentTimes = Column(new Int64ColumnBuilder(ParquetColumn.Timestamp(RowLayout.SentTime)));
        insertIds = Column(new TextColumnBuilder(RowLayout.InsertId));
        duplicateHighs = Column(new Int64ColumnBuilder(ParquetColumn.Int64(RowLayout.DuplicateHigh, nullable: false)));
        duplicateLows = Column(new Int64ColumnBuilder(ParquetColumn.Int64(RowLayout.DuplicateLow, nullable: false)));
        names = Column(new TextColumnBuilder(RowLayout.Event));
        sessionIds = Column(new TextColumnBuilder(RowLayout.SessionId));
        skipsProfiles = Column(new BooleanColumnBuilder(RowLayout.SkipsProfile));
        operations = Column(new TextColumnBuilder(RowLayout.Operations, isJson: true));
        groupTypes = Column(new TextColumnBuilder(RowLayout.GroupType));
        otherIds = Column(new TextColumnBuilder(RowLayout.OtherId));
        linkRules = Column(new Int64ColumnBuilder(ParquetColumn.Int32(RowLayout.LinkRule, nullable: false)));
        rest = Column(new TextColumnBuilder(RowLayout.Rest, isJson: true));

        var budget = new PropertyBudget(RowLayout.MaxPropertyColumns);
        properties = new(RowLayout.Text, RowLayout.Json, budget);
        groups = new(RowLayout.Group, RowLayout.GroupJson, budget);
        restObject = new(rest);
        propertyShredder = new(properties, restObject);
        groupShredder = new(groups, restObject, isGroups: true);
    }

    /// <summary>Rows so far.</summary>
    public int RowCount { get; private set; }

    /// <summary>Event times so far, Unix milliseconds; meaningless without a row.</summary>
    public long MinTimeMs { get; private set; } = long.MaxValue;
    public long MaxTimeMs { get; private set; } = long.MinValue;

    /// <summary>Receipts so far, Unix milliseconds; meaningless without a row.</summary>
    public long MinReceivedAtMs { get; private set; } = long.MaxValue;
    public long MaxReceivedAtMs { get; private set; } = long.MinValue;

    /// <summary>What kind of items it takes.</summary>
    public ItemKind Kind => kind;

    /// <summary>Forgets all rows and keeps the memory for the next file.</summary>
    public void Clear()
    {
        foreach (var column in columns) column.Clear();
        properties.Clear();
        groups.Clear();
        RowCount = 0;
        MinTimeMs = MinReceivedAtMs = long.MaxValue;
        MaxTimeMs = MaxReceivedAtMs = long.MinValue;
    }

    /// <summary>Adds an item as the next row.</summary>
    /// <param name="seq">Its message's sequence number.</param>
    /// <param name="itemIndex">Its place in the message, from 0.</param>
    /// <exception cref="JsonException">Its properties or groups are no JSON object; then no row was added.</exception>
    public void Add(in Item item, long seq, int itemIndex)
    {
        var row = RowCount;
        try
        {
            Debug.Assert(item.Kind == kind);
            if (kind == ItemKind.Event)
            {
                propertyShredder.Add(row, item.Body.Span);
                groupShredder.Add(row, item.Groups.Span);
                restObject.End(row);
            }
        }
        catch (JsonException)
        {
            // What was added before the fault goes, so that the next item can have this row.
            foreach (var column in properties.Columns.Concat(groups.Columns)) column.Drop(row);
            restObject.Forget();
            throw;
        }
        AddCommon(row, item, seq, itemIndex);
        AddOwn(row, item);
        RowCount++;
    }

    /// <summary>The columns that hold a value, in the order of the file.</summary>
    internal IReadOnlyList<IColumnBuilder> Columns => [.. columns.Where(column => column.Count > 0), .. properties.Columns, .. groups.Columns];

    /// <summary>The same columns in memory, each a value or a null for every row.</summary>
    public IEnumerable<(StoredColumnInfo Info, StoredColumn Column)> Build() =>
        Columns.Select(column => (new StoredColumnInfo(column.Name, column.Type), column.Build(RowCount)));

    void AddCommon(int row, in Item item, long seq, int itemIndex)
    {
        Span<byte> id = stackalloc byte[32];
        var key = DuplicateKey.Of(item);
        seqs.Add(row, seq);
        itemIndexes.Add(row, itemIndex);
        itemIds.Add(id[..item.Id.Format(id)]);
        receivedAts.Add(row, item.ReceivedAtMs);
        dialects.Add(row, DialectNames[(int)item.Dialect - 1]);
        AddText(sdks, row, item.Sdk);
        AddText(distinctIds, row, item.DistinctId);
        AddText(deviceIds, row, item.DeviceId);
        AddText(userIds, row, item.UserId);
        times.Add(row, item.TimeMs);
        if (item.SentTimeMs != 0) sentTimes.Add(row, item.SentTimeMs);
        AddText(insertIds, row, item.InsertId);
        duplicateHighs.Add(row, key.High);
        duplicateLows.Add(row, key.Low);
        MinTimeMs = Math.Min(MinTimeMs, item.TimeMs);
        MaxTimeMs = Math.Max(MaxTimeMs, item.TimeMs);
        MinReceivedAtMs = Math.Min(MinReceivedAtMs, item.ReceivedAtMs);
        MaxReceivedAtMs = Math.Max(MaxReceivedAtMs, item.ReceivedAtMs);
    }

    void AddOwn(int row, in Item item)
    {
        switch (kind)
        {
            case ItemKind.Event:
                AddText(names, row, item.Name);
                AddText(sessionIds, row, item.SessionId);
                if (item.SkipsProfile) skipsProfiles.Add(row, true);
                break;
            case ItemKind.ProfileUpdate:
                AddText(operations, row, item.Body);
                break;
            case ItemKind.GroupUpdate:
                AddText(operations, row, item.Body);
                AddText(groupTypes, row, item.Name);
                break;
            case ItemKind.LinkClaim:
                AddText(otherIds, row, item.OtherId);
                linkRules.Add(row, (long)item.LinkRule);
                break;
        }
    }

    T Column<T>(T column) where T : IColumnBuilder
    {
        columns.Add(column);
        return column;
    }

    static void AddText(TextColumnBuilder column, int row, ReadOnlyMemory<byte> utf8)
    {
        if (!utf8.IsEmpty) column.Add(row, utf8.Span);
    }
}
