using System.Globalization;
using Cairn.Storage.Lake;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;
using TextColumn = Cairn.Storage.Rows.TextColumn;

namespace Cairn.Storage.History;

/// <summary>Consecutive rows of a file that are read without the others: one row group of a file of the lake, or a recent file whole.</summary>
/// <remarks>Keeps nothing that it reads; the footers of files stay in the readers' cache.</remarks>
public sealed class RowSlice
{
    readonly RowFile file;
    readonly ParquetReader? reader;
    readonly int group;
    readonly int firstRow;

    RowSlice(RowFile file, ParquetReader? reader, int group, int firstRow, int rowCount, (long FirstMs, long LastMs) times)
    {
        (this.file, this.reader, this.group, this.firstRow) = (file, reader, group, firstRow);
        (RowCount, Times) = (rowCount, times);
    }

    public int RowCount { get; }

    /// <summary>Where its rows begin in the file.</summary>
    public int FirstRow => firstRow;

    /// <summary>No row's time is earlier than the first or later than the last, Unix milliseconds.</summary>
    public (long FirstMs, long LastMs) Times { get; }

    /// <summary>The columns of its file.</summary>
    public IReadOnlyList<StoredColumnInfo> Columns => file.Facts.Schema;

    /// <summary>Whether a row counts.</summary>
    public bool IsLive(int row) => file.Live[firstRow + row];

    /// <summary>The slices of a file in which rows of some persons may stand: by what the log says of the file, then by its footer.</summary>
    /// <exception cref="RowFileGoneException">The file was deleted.</exception>
    public static async ValueTask<IReadOnlyList<RowSlice>> OfAsync(RowFile file, PossiblePersons persons, CancellationToken cancellationToken)
    {
        if (file.Live.Count == 0 || (file.Facts.Persons is { } all && !persons.MayStandWithin(all))) return [];
        if (!file.Facts.IsSortedByPerson || file.Facts.Columns is not IStoredRows stored) return [new(file, null, 0, 0, file.RowCount, (file.Facts.MinTimeMs, file.Facts.MaxTimeMs))];
        var reader = await stored.ReaderAsync(file.Facts, cancellationToken);
        var hashes = reader.KeyValues.TryGetValue(DataFiles.PersonsNote, out var note) ? note.Split(',') : [];
        if (hashes.Length != reader.RowGroups.Count) throw new InvalidDataException($"{file.Name}: {DataFiles.PersonsNote} speaks of {hashes.Length} row groups, there are {reader.RowGroups.Count}");
        var time = reader.Schema.IndexOf(stored.StoredNameOf(RowLayout.Time)!);
        var (slices, firstRow) = (new List<RowSlice>(), 0);
        for (var group = 0; group < hashes.Length; group++)
        {
            var info = reader.RowGroups[group];
            if (persons.MayStandWithin(HashesOf(file.Name, hashes[group])))
                slices.Add(new(file, reader, group, firstRow, info.RowCount, info.Columns[time] is { HasRange: true } known ? (known.Min, known.Max) : (long.MinValue, long.MaxValue)));
            firstRow += info.RowCount;
        }
        return slices;
    }

    /// <summary>The rows that may be of some persons by the person that stands beside them, ascending: all that count where none does.</summary>
    public async ValueTask<IReadOnlyList<int>> RowsOfAsync(PossiblePersons persons, CancellationToken cancellationToken)
    {
        var stand = persons.IsAnybody ? null : (TextColumn?)(await ReadAsync([LakeSchema.Person], cancellationToken))[0];
        // A row that says nothing of who is nobody's.
        if (stand is null && reader is not null && !persons.IsAnybody) return [];
        var isMeant = new bool[stand?.Dictionary.Count ?? 0];
        for (var code = 0; code < isMeant.Length; code++) isMeant[code] = persons.Has(stand!.Dictionary[code]);
        var rows = new List<int>();
        for (var row = 0; row < RowCount; row++)
            if ((stand is null || (stand.Codes[row] >= 0 && isMeant[stand.Codes[row]])) && IsLive(row)) rows.Add(row);
        return rows;
    }

    /// <summary>Some columns, neighbours in the file by one read; null for one that has no value here. A text may stand in a dictionary twice.</summary>
    /// <exception cref="RowFileGoneException">The file was deleted.</exception>
    public async ValueTask<StoredColumn?[]> ReadAsync(IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        var read = new StoredColumn?[columns.Count];
        if (reader is null)
        {
            for (var i = 0; i < read.Length; i++) read[i] = await file.ReadAsync(columns[i], cancellationToken);
            return read;
        }
        var stored = (IStoredRows)file.Facts.Columns;
        var (wanted, places) = (new List<int>(), new List<int>());
        for (var i = 0; i < read.Length; i++)
        {
            if (!file.Has(columns[i]) || stored.StoredNameOf(columns[i]) is not { } name || reader.Schema.IndexOf(name) is not (>= 0 and var index)) continue;
            if (reader.RowGroups[group].Columns[index] is var chunk && chunk.NullCount == chunk.ValueCount) continue;
            wanted.Add(index);
            places.Add(i);
        }
        try
        {
            var decoded = await reader.ReadAsync(group, wanted, cancellationToken, distinct: false);
            for (var i = 0; i < decoded.Length; i++) read[places[i]] = DecodedStoredColumn.From(file.Name, columns[places[i]], [decoded[i]]);
        }
        catch (FileNotFoundException)
        {
            throw new RowFileGoneException(file.Name);
        }
        for (var i = 0; i < read.Length; i++)
            if (columns[i] == RowLayout.SentTime) read[i] = SentTimes.Read(read[i], (await ReadAsync([RowLayout.Time], cancellationToken))[0]);
        return read;
    }

    /// <summary>Some rows as a file of their own, in memory.</summary>
    /// <param name="rows">In the order that they will stand in.</param>
    /// <param name="isWanted">Which columns; null: all.</param>
    public async ValueTask<RowFile> PickAsync(IReadOnlyList<int> rows, Func<string, bool>? isWanted, CancellationToken cancellationToken)
    {
        var columns = Columns.Where(column => isWanted?.Invoke(column.Name) != false).ToList();
        var read = await ReadAsync(columns.ConvertAll(column => column.Name), cancellationToken);
        return PickedRows.Of(file.Name, columns, read, rows as int[] ?? [.. rows]);
    }

    static (ulong First, ulong Last) HashesOf(string name, string text) =>
        text.Length == 33 && ulong.TryParse(text.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var first)
            && ulong.TryParse(text.AsSpan(17), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var last)
            ? (first, last)
            : throw new InvalidDataException($"{name}: {DataFiles.PersonsNote} says '{text}'");
}
