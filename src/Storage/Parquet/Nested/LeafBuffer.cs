using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Cairn.Storage.Parquet;

/// <summary>One nested column while its rows are shredded.</summary>
sealed class LeafBuffer(ParquetLeaf leaf)
{
    readonly List<byte> definitions = [];
    readonly List<byte> repetitions = [];
    readonly Utf8Dictionary texts = new();
    readonly List<int> integers = [];
    readonly List<long> longs = [];
    readonly List<double> doubles = [];
    readonly List<bool> booleans = [];

    public void AddNull(int definition, int repetition)
    {
        if (definition >= leaf.MaxDefinition) throw new ArgumentException($"{leaf} can't be null");
        definitions.Add((byte)definition);
        repetitions.Add((byte)repetition);
    }

    public void Add(JsonElement value, int definition, int repetition)
    {
        Levels(definition, repetition);
        try
        {
            switch (leaf.Column.Type)
            {
                case PhysicalType.Boolean: booleans.Add(value.GetBoolean()); break;
                case PhysicalType.Int32: integers.Add(value.GetInt32()); break;
                case PhysicalType.Int64: longs.Add(value.GetInt64()); break;
                case PhysicalType.Double: doubles.Add(value.GetDouble()); break;
                case PhysicalType.ByteArray: AddText(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()); break;
                case PhysicalType.Int96 or PhysicalType.Float or PhysicalType.FixedBytes:
                default: throw new ArgumentException($"{leaf}: {leaf.Column.Type} is not written");
            }
        }
        catch (Exception misfit) when (misfit is InvalidOperationException or FormatException)
        {
            throw new ArgumentException($"{leaf} holds {leaf.Column.Type}, not {value.ValueKind}", misfit);
        }
    }

    /// <summary>A map's key.</summary>
    public void Add(string key, int definition, int repetition)
    {
        Levels(definition, repetition);
        AddText(key);
    }

    public void WriteTo(ParquetWriter writer, int column)
    {
        var definition = CollectionsMarshal.AsSpan(definitions);
        var repetition = CollectionsMarshal.AsSpan(repetitions);
        switch (leaf.Column.Type)
        {
            case PhysicalType.Boolean: writer.WriteNestedBoolean(column, CollectionsMarshal.AsSpan(booleans), definition, repetition); break;
            case PhysicalType.Int32: writer.WriteNestedInt32(column, CollectionsMarshal.AsSpan(integers), definition, repetition); break;
            case PhysicalType.Int64: writer.WriteNestedInt64(column, CollectionsMarshal.AsSpan(longs), definition, repetition); break;
            case PhysicalType.Double: writer.WriteNestedDouble(column, CollectionsMarshal.AsSpan(doubles), definition, repetition); break;
            case PhysicalType.ByteArray: writer.WriteNestedText(column, texts.Values, CollectionsMarshal.AsSpan(integers), definition, repetition); break;
            case PhysicalType.Int96 or PhysicalType.Float or PhysicalType.FixedBytes:
            default: throw new ArgumentException($"{leaf}: {leaf.Column.Type} is not written");
        }
    }

    public void Clear()
    {
        definitions.Clear();
        repetitions.Clear();
        texts.Clear();
        integers.Clear();
        longs.Clear();
        doubles.Clear();
        booleans.Clear();
    }

    void Levels(int definition, int repetition)
    {
        definitions.Add((byte)definition);
        repetitions.Add((byte)repetition);
    }

    void AddText(string text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        integers.Add(texts.CodeOf(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes))));
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
