using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using Cairn.Storage.Delta;

namespace Cairn.Storage.Lake;

/// <summary>What the log says of one of our data files.</summary>
/// <remarks>
/// Beside Delta's own statistics a file carries these tags, which engines pass over:
/// <code>
/// cairn.columns  base64 of a bit for each field id, lowest bit first: the columns that have a value in the file
/// cairn.date     of a young file: its rows' date, as 2026-03-05
/// cairn.persons  first and last hash of its rows' persons (<see cref="PersonHash"/>; 0 for rows of nobody), 16 hexadecimal digits each: 00…-ff…
/// cairn.sent     first and last time as sent of rows whose duplicates share it, Unix milliseconds: -5..1772668800000; absent where there is no such row
/// </code>
/// </remarks>
public sealed class LakeFile
{
    const string ColumnsTag = "cairn.columns", DateTag = "cairn.date", PersonsTag = "cairn.persons", SentTag = "cairn.sent";

    readonly BitArray columns;

    LakeFile(DeltaFile file, BitArray columns)
    {
        File = file;
        this.columns = columns;
    }

    /// <summary>As the log has it.</summary>
    public DeltaFile File { get; }

    public string Path => File.Path;

    public required int RowCount { get; init; }

    /// <summary>The month of its rows' times.</summary>
    public required string Month { get; init; }

    /// <summary>The one date of its rows' times; null for a merged file.</summary>
    public required DateOnly? Date { get; init; }

    /// <summary>The smallest and the largest hash of its rows' persons, both included.</summary>
    public required (ulong First, ulong Last) Persons { get; init; }

    /// <summary>Event times, Unix milliseconds, both included.</summary>
    public required (long FirstMs, long LastMs) Times { get; init; }

    /// <summary>Receipts, Unix milliseconds, both included.</summary>
    public required (long FirstMs, long LastMs) Receipts { get; init; }

    /// <summary>Times as sent of the rows whose duplicate key holds one, both included; null where there is no such row.</summary>
    public required (long FirstMs, long LastMs)? SentTimes { get; init; }

    /// <summary>Tells files of the same columns from others.</summary>
    internal string ColumnsText => File.Tags[ColumnsTag];

    /// <summary>Whether any row has a value in a column.</summary>
    public bool Has(DeltaColumn column) => column.FieldId < columns.Length && columns[column.FieldId];

    /// <summary>Reads what a version says of one of its files.</summary>
    /// <exception cref="DeltaFormatException">It is no file of ours: another writer added it.</exception>
    public static LakeFile Of(DeltaSnapshot version, DeltaFile file)
    {
        var schema = version.Schema;
        try
        {
            var ranges = file.Statistics!.RangesOf(schema.Find(Rows.RowLayout.Time)!, schema.Find(Rows.RowLayout.ReceivedAt)!);
            return new(file, new BitArray(Convert.FromBase64String(file.Tags[ColumnsTag])))
            {
                RowCount = checked((int)file.Statistics!.RowCount!.Value),
                Month = file.PartitionOf(schema.Find(LakeLayout.Month)!)!,
                Date = file.Tags.TryGetValue(DateTag, out var date) ? DateOnly.ParseExact(date, LakeLayout.DateFormat, CultureInfo.InvariantCulture) : null,
                Persons = Pair(file.Tags[PersonsTag], "-", text => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
                Times = Borders(ranges[0]),
                Receipts = Borders(ranges[1]),
                SentTimes = file.Tags.TryGetValue(SentTag, out var sent) ? Pair(sent, "..", text => long.Parse(text, CultureInfo.InvariantCulture)) : null,
            };
        }
        catch (Exception fault) when (fault is KeyNotFoundException or FormatException or OverflowException or NullReferenceException or InvalidOperationException)
        {
            throw new DeltaFormatException(version.BlobOf(file), 0, "the log says not of it what it says of our files: another writer added it");
        }
    }

    /// <summary>The tags of a file that is about to be written into the log.</summary>
    internal static ImmutableSortedDictionary<string, string> Tags(
        IEnumerable<DeltaColumn> columns, DateOnly? date, (ulong First, ulong Last) persons, (long FirstMs, long LastMs)? sentTimes)
    {
        var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var ids = columns.Select(column => column.FieldId).ToList();
        var bytes = new byte[(ids.DefaultIfEmpty(0).Max() / 8) + 1];
        foreach (var id in ids) bytes[id >> 3] |= (byte)(1 << (id & 7));
        tags[ColumnsTag] = Convert.ToBase64String(bytes);
        if (date is { } day) tags[DateTag] = day.ToString(LakeLayout.DateFormat, CultureInfo.InvariantCulture);
        tags[PersonsTag] = string.Create(CultureInfo.InvariantCulture, $"{persons.First:x16}-{persons.Last:x16}");
        if (sentTimes is var (first, last)) tags[SentTag] = string.Create(CultureInfo.InvariantCulture, $"{first}..{last}");
        return tags.ToImmutable();
    }

    /// <summary>Times past what a statistic can say reach to the end.</summary>
    static (long, long) Borders(DeltaRange? range) => range is { } known ? (known.Min, known.Max) : (long.MinValue, long.MaxValue);

    static (T, T) Pair<T>(string text, string between, Func<string, T> parse)
    {
        var at = text.IndexOf(between, 1, StringComparison.Ordinal);
        return at < 0 ? throw new FormatException(text) : (parse(text[..at]), parse(text[(at + between.Length)..]));
    }
}
