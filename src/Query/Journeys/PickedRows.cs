using Cairn.Query.Scanning;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;
using BooleanColumn = Cairn.Storage.Rows.BooleanColumn;
using DoubleColumn = Cairn.Storage.Rows.DoubleColumn;
using Int64Column = Cairn.Storage.Rows.Int64Column;
using TextColumn = Cairn.Storage.Rows.TextColumn;

namespace Cairn.Query.Journeys;

/// <summary>Some rows of a part as a part of their own: of each column only theirs stay in memory.</summary>
/// <param name="rows">Their numbers in the part, ascending.</param>
sealed class PickedRows(IEventPart part, int[] rows) : IEventPart
{
    public string Key => part.Key;

    public int RowCount => rows.Length;

    public (long FirstMs, long LastMs) Times => part.Times;

    public bool IsSortedByPerson => part.IsSortedByPerson;

    public long FirstReceivedAtMs => part.FirstReceivedAtMs;

    public long LastReceivedAtMs => part.LastReceivedAtMs;

    public IReadOnlyList<StoredColumnInfo> Columns => part.Columns;

    public bool Has(string column) => part.Has(column);

    public async ValueTask<StoredColumn?> ReadAsync(string column, CancellationToken cancellationToken) => await part.ReadOnceAsync(column, cancellationToken) switch
    {
        null => null,
        Int64Column column64 => new Int64Column(Pick(column64.Values)),
        DoubleColumn numbers => new DoubleColumn(Pick(numbers.Values)),
        BooleanColumn flags => new BooleanColumn(Pick(flags.Values)),
        TextColumn texts => Pick(texts),
        var other => throw new InvalidDataException($"{part.Key}: column {column} is a {other.GetType().Name}"),
    };

    public T[] Pick<T>(ReadOnlySpan<T> values)
    {
        var picked = new T[rows.Length];
        for (var i = 0; i < picked.Length; i++) picked[i] = values[rows[i]];
        return picked;
    }

    TextColumn Pick(TextColumn column)
    {
        var codes = Pick(column.Codes);
        // A dictionary of few texts is shared; of many, those of other rows are left.
        if (column.Dictionary.Count <= rows.Length) return new(codes, column.Dictionary);
        var texts = new Utf8Dictionary();
        foreach (ref var code in codes.AsSpan())
            if (code != TextColumn.Null) code = texts.CodeOf(column.Dictionary[code]);
        return new(codes, new(texts.Values.Bytes[..texts.Values.TotalBytes].ToArray(), texts.Values.Offsets.ToArray()));
    }
}
