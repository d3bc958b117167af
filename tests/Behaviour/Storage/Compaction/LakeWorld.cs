using System.Globalization;
using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Delta;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Profiles;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Behaviour.Storage.Compaction;

/// <summary>One project's recent files and lake over a store in memory, with a clock of its own.</summary>
sealed class LakeWorld
{
    public const string ProjectId = "p1";

    /// <summary>Columns that say where a row lies, not what it is.</summary>
    static readonly HashSet<string> Places = [RowLayout.Seq, RowLayout.ItemIndex, RowLayout.DuplicateHigh, RowLayout.DuplicateLow, LakeSchema.Person];

    public LakeWorld(CompactionLimits? limits = null, IdentityMode mode = IdentityMode.Simplified)
    {
        Blobs = new(Clock);
        Store = new(Blobs);
        Limits = limits ?? Eager;
        Project = new(ProjectId, mode, null);
        Stream = new(Blobs, ProjectId, partitions: 2);
    }

    /// <summary>Appends whatever there is, a few rows at a time; merges soon.</summary>
    public static CompactionLimits Eager { get; } = CompactionLimits.Default with
    {
        AppendAfter = TimeSpan.Zero,
        MaxAppendRows = 40,
        MaxAppendFiles = 5,
        MaxWaitingFiles = 3,
        Merges = MergeLimits.Default with { FanIn = 3, MaxYoung = 6 },
        Files = LakeWriterOptions.Default with { MaxRowsPerRowGroup = 8, TargetFileBytes = 40_000, MaxRowsAtOnce = 60 },
    };

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 20, 12, 0, 0, TimeSpan.Zero));

    public InMemoryBlobStore Blobs { get; }

    /// <summary>What compaction sees of the store.</summary>
    public FaultyBlobStore Store { get; }

    public CompactionLimits Limits { get; }

    public CompactedProject Project { get; init; }

    public StoredStream Stream { get; }

    /// <summary>A process that compacts: it knows nothing that is not in the store.</summary>
    public LakeCompaction NewCompaction()
    {
        var tables = new LakeTables(Store, Clock);
        var rows = new LakeSnapshots(Store, new ColumnCache(1 << 22), tables);
        return new(Store, tables, new PersonDirectory(rows), rows, Clock, Limits);
    }

    /// <summary>A process that reads.</summary>
    public IRowSnapshots NewReader() => new LakeSnapshots(Blobs, new ColumnCache(1 << 22), new LakeTables(Blobs, Clock));

    /// <summary>One run for each table.</summary>
    /// <returns>Whether any has more to do at once.</returns>
    public async Task<bool> CompactAsync(LakeCompaction? with = null)
    {
        var hasMore = false;
        await foreach (var run in (with ?? NewCompaction()).RunAsync(Project, default))
        {
            if (run.Fault is not null) throw new InvalidOperationException($"{run.Table}: {run.Fault.Message}", run.Fault);
            hasMore |= run.HasMore;
        }
        return hasMore;
    }

    /// <summary>Runs until nothing is left to do.</summary>
    public async Task CompactAllAsync()
    {
        var compaction = NewCompaction();
        while (await CompactAsync(compaction))
        {
        }
    }

    /// <summary>The rows of a table's newest version, as text.</summary>
    public async Task<List<string>> TableRowsAsync(string table)
    {
        if (await new DeltaTable(Blobs, LakeLayout.RootOf(ProjectId, table), Clock).ReadAsync(default) is not { } version) return [];
        return await RowsAsync(new LakeFiles(Blobs, new ColumnCache(1 << 22)).OpenAll(version, LakeSchema.Of(table, version.Schema)));
    }

    /// <summary>All that a reader sees: rows of each kind, whose each event is, and profiles now and at each event.</summary>
    public static async Task<string> SeenAsync(IRowSnapshots rows, IdentityMode mode)
    {
        var seen = new StringBuilder();
        foreach (var table in LakeLayout.RowTables)
            foreach (var row in await RowsAsync((await rows.OpenAsync(ProjectId, table, default)).Files)) seen.Append(table).Append(": ").AppendLine(row);
        var persons = await new PersonDirectory(rows).ReadAsync(ProjectId, mode, default);
        var profiles = await new ProfileDirectory(rows).ReadAsync(ProjectId, persons, default);
        foreach (var person in profiles.Persons.Order(StringComparer.Ordinal)) seen.AppendLine(CultureInfo.InvariantCulture, $"now {person}: {UpdateStory.Text(profiles.Current(person))}");
        var then = new List<string>();
        foreach (var file in (await rows.OpenAsync(ProjectId, RowLayout.Events, default)).Files)
            foreach (var ids in await IdsAsync(file)) then.Add($"{ids.Receipt.Item} by {persons.PersonOf(ids)}: {UpdateStory.Text(profiles.AsOf(ids))}");
        foreach (var line in then.Order(StringComparer.Ordinal)) seen.AppendLine(line);
        return seen.ToString();
    }

    public static async Task<List<SeenIds>> IdsAsync(RowFile file)
    {
        var (distinct, device, user) = (new RowTexts(await file.ReadTextAsync(RowLayout.DistinctId, default)), new RowTexts(await file.ReadTextAsync(RowLayout.DeviceId, default)), new RowTexts(await file.ReadTextAsync(RowLayout.UserId, default)));
        var dialects = new RowTexts(await file.ReadTextAsync(RowLayout.DialectName, default));
        var orders = await RowOrders.ReadAsync(file, default);
        return [.. Enumerable.Range(0, file.RowCount).Where(row => file.Live[row]).Select(row => new SeenIds(
            Enum.Parse<Dialect>(dialects[row], ignoreCase: true), Absent(distinct[row]), Absent(device[row]), Absent(user[row]), orders[row]))];
    }

    static string? Absent(string text) => text.Length == 0 ? null : text;

    /// <summary>Live rows as text, each with its columns by name, sorted.</summary>
    static async Task<List<string>> RowsAsync(IEnumerable<RowFile> files)
    {
        var all = new List<string>();
        foreach (var file in files)
        {
            var rows = new StringBuilder?[file.RowCount];
            foreach (var info in file.Facts.Schema.Where(column => !Places.Contains(column.Name)).OrderBy(column => column.Name, StringComparer.Ordinal))
            {
                if (await file.ReadAsync(info.Name, default) is not { } column) continue;
                for (var row = 0; row < file.RowCount; row++)
                    if (file.Live[row] && ValueOf(column, row) is { } value) (rows[row] ??= new()).Append(CultureInfo.InvariantCulture, $"{info.Name}={value} ");
            }
            all.AddRange(rows.OfType<StringBuilder>().Select(row => row.ToString()));
        }
        all.Sort(StringComparer.Ordinal);
        return all;
    }

    static string? ValueOf(StoredColumn column, int row) => column switch
    {
        TextColumn texts => texts.Codes[row] == TextColumn.Null ? null : $"'{texts.Dictionary.Text(texts.Codes[row])}'",
        Int64Column numbers => numbers.Values[row] == Int64Column.Null ? null : numbers.Values[row].ToString(CultureInfo.InvariantCulture),
        DoubleColumn numbers => double.IsNaN(numbers.Values[row]) ? null : numbers.Values[row].ToString("R", CultureInfo.InvariantCulture),
        BooleanColumn flags => flags.Values[row] == BooleanColumn.Null ? null : flags.Values[row] == 1 ? "true" : "false",
        _ => throw new NotSupportedException(column.GetType().Name),
    };
}
