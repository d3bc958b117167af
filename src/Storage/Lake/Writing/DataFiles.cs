using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.Storage.Delta;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>The data files of one write: those in the making and those that are stored.</summary>
sealed class DataFiles(IBlobStore blobs, TimeProvider clock, string root, LakeSchema schema, LakeSplit split)
{
    /// <summary>The footer's note of each row group's first and last hash of a person: sixteen hexadecimal digits each, a dash between them, commas between groups.</summary>
    public const string PersonsNote = "cairn.persons";

    /// <summary>Bytes of a footer for each column of each row group, about.</summary>
    const int FooterColumnBytes = 96;

    readonly Dictionary<int, FileDraft> open = [];
    readonly List<DeltaFile> written = [];

    public LakeSchema Schema => schema;

    /// <summary>Files that are stored.</summary>
    public IReadOnlyList<DeltaFile> Written => written;

    /// <summary>The file that rows of a partition go to now.</summary>
    public FileDraft DraftOf(int partition, Func<int> targetRows)
    {
        if (!open.TryGetValue(partition, out var draft)) open.Add(partition, draft = new(partition, targetRows()));
        return draft;
    }

    /// <summary>Rows that come now go to another file.</summary>
    public void Forget(FileDraft draft) => open.Remove(draft.Partition);

    public async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        foreach (var draft in open.Values.OrderBy(draft => draft.Partition)) await CloseAsync(draft, cancellationToken);
        open.Clear();
    }

    /// <summary>Stores a file.</summary>
    public async Task CloseAsync(FileDraft draft, CancellationToken cancellationToken)
    {
        var columns = schema.Schema.Columns.Where(draft.Columns.Contains).ToList();
        var date = Partitions.DateOf(draft.Partition);
        var (month, unique) = (date.ToString(LakeLayout.MonthFormat, CultureInfo.InvariantCulture), Guid.NewGuid().ToString("N"));
        var path = $"{LakeLayout.Month}={month}/{(split == LakeSplit.ByDate ? date.ToString(LakeLayout.DateFormat, CultureInfo.InvariantCulture) : "merged")}-{unique}.parquet";
        var bytes = await AssembleAsync(draft, columns, path, cancellationToken);
        var modifiedAt = clock.GetUtcNow();
        var persons = (draft.Groups[0].FirstHash, draft.Groups[^1].LastHash);
        var file = DeltaFile.Of(path, bytes.Length, modifiedAt, StatisticsOf(draft), (schema.Schema.Find(LakeLayout.Month)!, month)) with
        {
            Tags = LakeFile.Tags(columns, split == LakeSplit.ByDate ? date : null, persons, draft.SentTimes),
        };
        // First the rows, then their keys: vacuum finds rows that no commit added, and takes their keys with them.
        written.Add(file);
        if (await blobs.PutAsync($"{root}/{path}", bytes, PutCondition.IfAbsent, cancellationToken) is null) throw new InvalidOperationException($"{root}/{path} is there already");
        await blobs.PutAsync(LakeLayout.KeysOf(root, path), KeyFilter.Of(CollectionsMarshal.AsSpan(draft.Keys)).ToBytes(), PutCondition.None, cancellationToken);
    }

    static async Task<ReadOnlyMemory<byte>> AssembleAsync(FileDraft draft, List<DeltaColumn> columns, string name, CancellationToken cancellationToken)
    {
        var notes = string.Join(',', draft.Groups.Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.FirstHash:x16}-{group.LastHash:x16}")));
        var room = draft.Groups.Sum(group => (long)group.Bytes.Length + (columns.Count * FooterColumnBytes));
        using var stream = new MemoryStream(checked((int)room));
        var parquet = new ParquetSchema(columns.Select(column => column.InParquet(keepsRange: column.Name is RowLayout.Time or RowLayout.ReceivedAt)));
        using var writer = new ParquetWriter(parquet, stream, new() { KeyValues = new Dictionary<string, string> { [PersonsNote] = notes } });
        foreach (var group in draft.Groups) await writer.CopyRowGroupAsync(ParquetReader.Open(name, group.Bytes), 0, cancellationToken);
        writer.Finish();
        return stream.GetBuffer().AsMemory(0, (int)stream.Length);
    }

    DeltaStatistics StatisticsOf(FileDraft draft) => DeltaStatistics.Of(
        draft.RowCount,
        new(schema.Schema.Find(RowLayout.Time)!, draft.Times.FirstMs, draft.Times.LastMs),
        new(schema.Schema.Find(RowLayout.ReceivedAt)!, draft.Receipts.FirstMs, draft.Receipts.LastMs));
}
