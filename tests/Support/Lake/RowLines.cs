using System.Globalization;
using Cairn.Storage.Rows;

namespace Cairn.Support.Lake;

/// <summary>Rows as text, a line each, whichever file they lie in: every column that says what was sent, by name.</summary>
public static class RowLines
{
    /// <summary>What a row's place says, not the row; and the person, which is looked up when a file is written.</summary>
    static readonly HashSet<string> Left = new(StringComparer.Ordinal) { RowLayout.Seq, RowLayout.ItemIndex, RowLayout.DuplicateHigh, RowLayout.DuplicateLow, "person" };

    /// <summary>The live rows of a snapshot, sorted.</summary>
    public static async Task<List<string>> OfAsync(RowSnapshot snapshot) => await OfAsync(snapshot.Files);

    /// <summary>The live rows of some files, sorted.</summary>
    public static async Task<List<string>> OfAsync(IEnumerable<RowFile> files)
    {
        var lines = new List<string>();
        foreach (var file in files) lines.AddRange(await OfAsync(file));
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>The live rows of a file, in its order.</summary>
    public static async Task<List<string>> OfAsync(RowFile file)
    {
        var columns = new List<(string Name, StoredColumn Column)>();
        foreach (var info in file.Facts.Schema.Where(info => !Left.Contains(info.Name)).OrderBy(info => info.Name, StringComparer.Ordinal))
            if (await file.ReadAsync(info.Name, default) is { } column) columns.Add((info.Name, column));
        return [.. Enumerable.Range(0, file.RowCount).Where(row => file.Live[row]).Select(row =>
            string.Join(" | ", columns.Select(column => (column.Name, Value: Show(column.Column, row))).Where(column => column.Value is not null).Select(column => $"{column.Name}={column.Value}")))];
    }

    /// <summary>One value; null for none.</summary>
    public static string? Show(StoredColumn column, int row) => column switch
    {
        TextColumn text => text.Codes[row] == TextColumn.Null ? null : text.Dictionary.Text(text.Codes[row]),
        Int64Column whole => whole.Values[row] == Int64Column.Null ? null : whole.Values[row].ToString(CultureInfo.InvariantCulture),
        DoubleColumn number => double.IsNaN(number.Values[row]) ? null : number.Values[row].ToString("R", CultureInfo.InvariantCulture),
        BooleanColumn flag => flag.Values[row] == BooleanColumn.Null ? null : flag.Values[row] != 0 ? "true" : "false",
        _ => throw new InvalidOperationException(column.GetType().Name),
    };
}
