using System.Collections.Immutable;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Parquet;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction.BuiltTables;

/// <summary>Collects rows of a built table until they become a file: columns it always has, and one for each property.</summary>
/// <param name="columns">The table's first columns; a row's values are added to them by the caller.</param>
sealed class BuiltRows(IReadOnlyList<IColumnBuilder> columns)
{
    readonly TextColumnBuilder rest = new(RowLayout.Rest, isJson: true);
    PropertyColumns properties = null!;
    PropertyShredder shredder = null!;
    bool isFresh;

    /// <summary>The row that is added next.</summary>
    public int Row { get; private set; }

    /// <summary>Ends a row.</summary>
    /// <param name="utf8Properties">One JSON object.</param>
    /// <param name="utf8Rest">One JSON object of the properties that have no column; empty for none.</param>
    public void End(ReadOnlySpan<byte> utf8Properties, ReadOnlySpan<byte> utf8Rest)
    {
        if (!isFresh)
        {
            properties = new(RowLayout.Text, RowLayout.Json, new(int.MaxValue));
            shredder = new(properties, new RestObject(rest));
            isFresh = true;
        }
        shredder.Add(Row, utf8Properties);
        if (!utf8Rest.IsEmpty) rest.Add(Row, utf8Rest);
        Row++;
    }

    /// <summary>The schema with a column for each property so far.</summary>
    public DeltaSchema Grow(DeltaSchema schema)
    {
        foreach (var column in isFresh ? properties.Columns : [])
            if (LakeProperty.TryParse(column.Name, out var property)) schema = schema.With(property.Name, property.Type, property.Kind);
        return schema;
    }

    /// <summary>Writes the rows as a Parquet file, and begins anew.</summary>
    /// <param name="schema">Has a column for each property.</param>
    public byte[] Write(DeltaSchema schema)
    {
        var stored = new List<(IColumnBuilder Builder, DeltaColumn Column)>();
        foreach (var column in columns.Append(rest))
            if (column.Count > 0) stored.Add((column, schema.Find(column.Name)!));
        foreach (var column in isFresh ? properties.Columns : [])
            if (LakeProperty.TryParse(column.Name, out var property)) stored.Add((column, schema.Find(property.Name, property.Type, property.Kind)!));
        using var writer = new ParquetWriter(new(stored.Select(column => column.Column.InParquet())), new() { MaxRowsPerRowGroup = int.MaxValue });
        writer.BeginRowGroup(Row);
        for (var i = 0; i < stored.Count; i++) stored[i].Builder.Write(writer, i, Row);
        writer.EndRowGroup();
        var file = writer.Finish().ToArray();
        foreach (var column in columns) column.Clear();
        rest.Clear();
        isFresh = false;
        Row = 0;
        return file;
    }
}
