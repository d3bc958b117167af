using System.Text.Json;

namespace Cairn.Storage.Parquet;

/// <summary>Turns JSON objects into the nested columns of a row group: what a table's log writes its checkpoints with.</summary>
/// <remarks>
/// An object's fields go to the schema's fields of the same name; fields that the schema lacks are left out, absent ones are null. Lists are JSON
/// arrays, maps are JSON objects. A text column takes a JSON string, or any other value as its JSON text.
/// </remarks>
public sealed class JsonShredder
{
    readonly ParquetSchema schema;
    readonly LeafBuffer[] buffers;

    public JsonShredder(ParquetSchema schema)
    {
        this.schema = schema;
        buffers = [.. schema.Leaves.Select(leaf => new LeafBuffer(leaf))];
    }

    /// <summary>Objects added since the last row group.</summary>
    public int RowCount { get; private set; }

    /// <summary>Adds one row.</summary>
    /// <exception cref="ArgumentException">A value does not fit its column, or one that can't be null is absent.</exception>
    public void Add(JsonElement row)
    {
        var leaf = 0;
        foreach (var field in schema.Fields) Shred(field, Field(row, field), 0, 0, 0, ref leaf);
        RowCount++;
    }

    /// <summary>Writes what was added as one row group, and begins anew.</summary>
    public void WriteTo(ParquetWriter writer)
    {
        writer.BeginRowGroup(RowCount);
        for (var column = 0; column < buffers.Length; column++) buffers[column].WriteTo(writer, column);
        writer.EndRowGroup();
        foreach (var buffer in buffers) buffer.Clear();
        RowCount = 0;
    }

    /// <param name="repetition">The level that this value repeats at.</param>
    /// <param name="depth">Repeated fields above it.</param>
    /// <param name="leaf">The first column under <paramref name="field"/>; becomes the first one behind it.</param>
    void Shred(ParquetField field, JsonElement? value, int definition, int repetition, int depth, ref int leaf)
    {
        var isAbsent = value is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) };
        if (isAbsent)
        {
            AddNulls(field, definition, repetition, ref leaf);
            return;
        }
        var own = definition + (field.Repetition == Repetition.Optional ? 1 : 0);
        if (field is ParquetGroup group) Shred(group, value!.Value, own, repetition, depth, ref leaf);
        else buffers[leaf++].Add(value!.Value, own, repetition);
    }

    void Shred(ParquetGroup group, JsonElement value, int definition, int repetition, int depth, ref int leaf)
    {
        if (group.Kind == GroupKind.Struct)
        {
            Require(group, value, JsonValueKind.Object);
            foreach (var field in group.Fields) Shred(field, Field(value, field), definition, repetition, depth, ref leaf);
            return;
        }
        var middle = (ParquetGroup)group.Fields[0];
        var first = leaf;
        var count = 0;
        if (group.Kind == GroupKind.List)
        {
            Require(group, value, JsonValueKind.Array);
            foreach (var element in value.EnumerateArray())
            {
                leaf = first;
                Shred(middle.Fields[0], element, definition + 1, count++ == 0 ? repetition : depth + 1, depth + 1, ref leaf);
            }
        }
        else
        {
            Require(group, value, JsonValueKind.Object);
            foreach (var entry in value.EnumerateObject())
            {
                leaf = first;
                var level = count++ == 0 ? repetition : depth + 1;
                buffers[leaf++].Add(entry.Name, definition + 1, level);
                Shred(middle.Fields[1], entry.Value, definition + 1, level, depth + 1, ref leaf);
            }
        }
        if (count == 0) AddNulls(middle, definition, repetition, ref leaf);
    }

    void AddNulls(ParquetField field, int definition, int repetition, ref int leaf)
    {
        if (field is not ParquetGroup group)
        {
            buffers[leaf++].AddNull(definition, repetition);
            return;
        }
        foreach (var child in group.Fields) AddNulls(child, definition, repetition, ref leaf);
    }

    static JsonElement? Field(JsonElement value, ParquetField field) => value.TryGetProperty(field.Name, out var found) ? found : null;

    static void Require(ParquetGroup group, JsonElement value, JsonValueKind kind)
    {
        if (value.ValueKind != kind) throw new ArgumentException($"{group.Name} takes a JSON {kind}, not {value.ValueKind}");
    }
}
