using System.Buffers;
using System.Text.Json;

namespace Cairn.Storage.Parquet;

/// <summary>Turns a row group's columns, nested ones too, back into JSON objects: what a table's log reads checkpoints with.</summary>
/// <remarks>Null fields are left out; lists become arrays, maps objects. The twin of <see cref="JsonShredder"/>.</remarks>
public sealed class JsonAssembler
{
    readonly ParquetReader file;
    readonly int rowGroup;
    readonly LeafCursor?[] cursors;

    JsonAssembler(ParquetReader file, int rowGroup)
    {
        this.file = file;
        this.rowGroup = rowGroup;
        cursors = new LeafCursor?[file.Schema.Leaves.Count];
    }

    /// <summary>Reads a row group.</summary>
    /// <param name="wants">Which columns are read; the others are left out as if they were null.</param>
    /// <returns>A JSON object a row.</returns>
    /// <exception cref="ParquetFormatException">A chunk is torn or altered, or columns disagree about where lists begin and end.</exception>
    public static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(ParquetReader file, int rowGroup, Func<ParquetLeaf, bool> wants, CancellationToken cancellationToken)
    {
        var assembler = new JsonAssembler(file, rowGroup);
        foreach (var leaf in file.Schema.Leaves)
            if (wants(leaf)) assembler.cursors[leaf.Index] = new LeafCursor(file.Name, leaf, await file.ReadAsync(rowGroup, leaf.Index, cancellationToken));
        return assembler.Assemble();
    }

    List<ReadOnlyMemory<byte>> Assemble()
    {
        var rows = new List<ReadOnlyMemory<byte>>();
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        for (var row = 0; row < file.RowGroups[rowGroup].RowCount; row++)
        {
            buffer.ResetWrittenCount();
            json.Reset();
            json.WriteStartObject();
            var leaf = 0;
            foreach (var field in file.Schema.Fields) Assemble(field, field.Name, 0, 0, json, ref leaf);
            json.WriteEndObject();
            json.Flush();
            rows.Add(buffer.WrittenSpan.ToArray());
            foreach (var cursor in cursors) cursor?.EndRow();
        }
        foreach (var cursor in cursors) cursor?.EndRowGroup();
        return rows;
    }

    /// <param name="name">The property to write; null for an element of an array.</param>
    /// <param name="definition">The level from which on the field's parent is there.</param>
    /// <param name="depth">Repeated fields above it.</param>
    /// <param name="leaf">The first column under <paramref name="field"/>; becomes the first one behind it.</param>
    void Assemble(ParquetField field, string? name, int definition, int depth, Utf8JsonWriter json, ref int leaf)
    {
        var end = leaf + CountLeaves(field);
        var first = FirstWanted(leaf, end);
        var own = definition + (field.Repetition == Repetition.Optional ? 1 : 0);
        if (first is null || first.Definition < own)
        {
            // An element must be there, a property may be left out.
            if (name is null) json.WriteNullValue();
            Skip(leaf, end);
            leaf = end;
            return;
        }
        if (name is not null) json.WritePropertyName(name);
        switch (field)
        {
            case ParquetGroup { Kind: GroupKind.Struct, Repetition: not Repetition.Repeated } group:
                json.WriteStartObject();
                foreach (var child in group.Fields) Assemble(child, child.Name, own, depth, json, ref leaf);
                json.WriteEndObject();
                break;
            case ParquetGroup { Kind: GroupKind.List, Fields: [ParquetGroup { Repetition: Repetition.Repeated, Fields: [var element] }] }:
                json.WriteStartArray();
                ForEach(first, leaf, end, own + 1, depth + 1, start => Assemble(element, null, own + 1, depth + 1, json, ref start));
                json.WriteEndArray();
                break;
            case ParquetGroup { Kind: GroupKind.Map, Fields: [ParquetGroup { Repetition: Repetition.Repeated, Fields: [ParquetColumn, var value] }] } when cursors[leaf] is { } keys:
                json.WriteStartObject();
                ForEach(first, leaf, end, own + 1, depth + 1, start => Entry(keys, value, own + 1, depth + 1, json, start));
                json.WriteEndObject();
                break;
            case ParquetColumn { Repetition: not Repetition.Repeated }:
                first.WriteValue(json);
                first.Next();
                break;
            default:
                throw new ParquetFormatException(file.Name, 0, $"field {field.Name} as a struct, a list or a map of the usual shape", "another shape");
        }
        leaf = end;
    }

    void Entry(LeafCursor keys, ParquetField value, int definition, int depth, Utf8JsonWriter json, int leaf)
    {
        var valueLeaf = leaf + 1;
        json.WritePropertyName(keys.Key());
        keys.Next();
        Assemble(value, null, definition, depth, json, ref valueLeaf);
    }

    /// <summary>Walks the elements of one list or map; none where it is empty.</summary>
    void ForEach(LeafCursor first, int leaf, int end, int definition, int depth, Action<int> element)
    {
        if (first.Definition < definition)
        {
            Skip(leaf, end);
            return;
        }
        do element(leaf);
        while (first.Repetition == depth);
    }

    LeafCursor? FirstWanted(int leaf, int end)
    {
        for (; leaf < end; leaf++)
            if (cursors[leaf] is { } cursor) return cursor;
        return null;
    }

    void Skip(int leaf, int end)
    {
        for (; leaf < end; leaf++) cursors[leaf]?.Next();
    }

    static int CountLeaves(ParquetField field) => field is ParquetGroup group ? group.Fields.Sum(CountLeaves) : 1;
}
