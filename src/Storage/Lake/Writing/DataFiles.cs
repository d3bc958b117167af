using System.Globalization;
using Cairn.Storage.Delta;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>The data files of one write: those in the making and those that are stored.</summary>
sealed class DataFiles(IBlobStore blobs, TimeProvider clock, string root, LakeSchema schema, LakeSplit split) : IAsyncDisposable
{
    /// <summary>The footer's note of each row group's first and last hash of a person: sixteen hexadecimal digits each, a dash between them, commas between groups.</summary>
    public const string PersonsNote = "cairn.persons";

    readonly Dictionary<int, FileDraft> open = [];
    readonly List<FileDraft> drafts = [];
    readonly List<DeltaFile> written = [];

    public LakeSchema Schema => schema;

    /// <summary>Files that are stored, or were about to be.</summary>
    public IReadOnlyList<DeltaFile> Written => written;

    /// <summary>The file that rows of a partition go to now.</summary>
    public FileDraft DraftOf(int partition, Func<int> targetRows)
    {
        if (open.TryGetValue(partition, out var draft)) return draft;
        open.Add(partition, draft = new(partition, targetRows()));
        drafts.Add(draft);
        return draft;
    }

    /// <summary>Rows that come now go to another file.</summary>
    public void Forget(FileDraft draft) => open.Remove(draft.Partition);

    /// <summary>Gives a file its name.</summary>
    /// <param name="columns">All that any of its row groups has a value of, and perhaps more.</param>
    public void Begin(FileDraft draft, IReadOnlySet<DeltaColumn> columns)
    {
        var date = Partitions.DateOf(draft.Partition);
        var name = split == LakeSplit.ByDate ? date.ToString(LakeLayout.DateFormat, CultureInfo.InvariantCulture) : "merged";
        draft.Begin($"{LakeLayout.Month}={MonthOf(draft)}/{name}-{Guid.NewGuid():N}.parquet", schema.Schema.Columns.Where(columns.Contains));
    }

    /// <summary>Adds a row group to a file that is begun.</summary>
    public Task AddAsync(FileDraft draft, ReadOnlyMemory<byte> file, int rowCount, ulong first, ulong last, CancellationToken cancellationToken) =>
        draft.AddAsync(blobs, root, file, rowCount, first, last, cancellationToken);

    public async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        foreach (var draft in open.Values.OrderBy(draft => draft.Partition)) await CloseAsync(draft, cancellationToken);
        open.Clear();
    }

    /// <summary>Stores a file.</summary>
    public async Task CloseAsync(FileDraft draft, CancellationToken cancellationToken)
    {
        DateOnly? date = split == LakeSplit.ByDate ? Partitions.DateOf(draft.Partition) : null;
        var columns = schema.Schema.Columns.Where(draft.Columns.Contains);
        var file = DeltaFile.Of(draft.Path, 0, clock.GetUtcNow(), StatisticsOf(draft), (schema.Schema.Find(LakeLayout.Month)!, MonthOf(draft))) with
        {
            Tags = LakeFile.Tags(columns, date, draft.Persons, draft.SentTimes),
        };
        // First the rows, then their keys: vacuum finds rows that no commit added, and takes their keys with them.
        written.Add(file);
        var bytes = await draft.EndAsync(blobs, root, cancellationToken);
        written[^1] = file with { SizeBytes = bytes };
        await blobs.PutAsync(LakeLayout.KeysOf(root, draft.Path), KeyFilter.Of(draft.Keys).ToBytes(), PutCondition.None, cancellationToken);
        drafts.Remove(draft);
        await draft.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var draft in drafts) await draft.DisposeAsync();
    }

    static string MonthOf(FileDraft draft) => Partitions.DateOf(draft.Partition).ToString(LakeLayout.MonthFormat, CultureInfo.InvariantCulture);

    DeltaStatistics StatisticsOf(FileDraft draft) => DeltaStatistics.Of(
        draft.RowCount,
        new(schema.Schema.Find(RowLayout.Time)!, draft.Times.FirstMs, draft.Times.LastMs),
        new(schema.Schema.Find(RowLayout.ReceivedAt)!, draft.Receipts.FirstMs, draft.Receipts.LastMs));
}
