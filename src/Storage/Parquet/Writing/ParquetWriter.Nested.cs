using Cairn.Storage.Parquet.Encodings;
using Cairn.Storage.Parquet.Writing;

namespace Cairn.Storage.Parquet;

/// <remarks>
/// A nested column is written with a definition and a repetition level for every slot (see <see cref="NestedLevels"/>); values stand only for
/// the slots whose definition level is the column's largest. JsonShredder makes both out of JSON.
/// </remarks>
public sealed partial class ParquetWriter
{
    /// <summary>Writes texts by code.</summary>
    /// <param name="codes">One for each slot that holds a value.</param>
    public void WriteNestedText(int column, Utf8Values texts, ReadOnlySpan<int> codes, ReadOnlySpan<byte> definition, ReadOnlySpan<byte> repetition)
    {
        var leaf = NestedLeaf(column, PhysicalType.ByteArray, codes.Length, definition, repetition);
        var recoded = integers.Of(codes.Length);
        codes.CopyTo(recoded);
        var plan = TextPlan.Make(texts, recoded, codeMap);
        if (plan.UsesDictionary)
        {
            Plain.Encode(texts, plan.Used, chunk.BeginDictionary(plan.Used.Length));
            plan.Recode(recoded);
            WriteNestedPage(leaf, definition, repetition, new DictionaryCodes(recoded, plan.Width), codes.Length);
        }
        else
        {
            WriteNestedPage(leaf, definition, repetition, new PlainTextsByCode(texts, recoded), codes.Length);
        }
        FinishNested(column, definition, codes.Length);
    }

    /// <inheritdoc cref="WriteNestedText"/>
    public void WriteNestedInt64(int column, ReadOnlySpan<long> values, ReadOnlySpan<byte> definition, ReadOnlySpan<byte> repetition)
    {
        var leaf = NestedLeaf(column, PhysicalType.Int64, values.Length, definition, repetition);
        WriteNestedPage(leaf, definition, repetition, new DeltaInt64s(values), values.Length);
        FinishNested(column, definition, values.Length);
    }

    /// <inheritdoc cref="WriteNestedText"/>
    public void WriteNestedInt32(int column, ReadOnlySpan<int> values, ReadOnlySpan<byte> definition, ReadOnlySpan<byte> repetition)
    {
        var leaf = NestedLeaf(column, PhysicalType.Int32, values.Length, definition, repetition);
        WriteNestedPage(leaf, definition, repetition, new DeltaInt32s(values), values.Length);
        FinishNested(column, definition, values.Length);
    }

    /// <inheritdoc cref="WriteNestedText"/>
    public void WriteNestedDouble(int column, ReadOnlySpan<double> values, ReadOnlySpan<byte> definition, ReadOnlySpan<byte> repetition)
    {
        var leaf = NestedLeaf(column, PhysicalType.Double, values.Length, definition, repetition);
        WriteNestedPage(leaf, definition, repetition, new PlainNumbers<double>(values), values.Length);
        FinishNested(column, definition, values.Length);
    }

    /// <inheritdoc cref="WriteNestedText"/>
    public void WriteNestedBoolean(int column, ReadOnlySpan<bool> values, ReadOnlySpan<byte> definition, ReadOnlySpan<byte> repetition)
    {
        var leaf = NestedLeaf(column, PhysicalType.Boolean, values.Length, definition, repetition);
        WriteNestedPage(leaf, definition, repetition, new RunLengthBooleans(values), values.Length);
        FinishNested(column, definition, values.Length);
    }

    /// <summary>One page: checkpoints are small, and pages must begin with a row.</summary>
    void WriteNestedPage<T>(ParquetLeaf leaf, ReadOnlySpan<byte> definition, ReadOnlySpan<byte> repetition, T values, int count)
        where T : IPageValues, allows ref struct
    {
        var into = chunk.BeginPage(definition.Length, values.Encoding);
        if (leaf.MaxRepetition > 0) Levels.WriteWithLength(repetition, leaf.MaxRepetition, into);
        if (leaf.MaxDefinition > 0) Levels.WriteWithLength(definition, leaf.MaxDefinition, into);
        values.Encode(0, count, into);
    }

    void FinishNested(int column, ReadOnlySpan<byte> definition, int valueCount) =>
        FinishChunk(column, new ColumnChunkInfo { ValueCount = definition.Length, NullCount = definition.Length - valueCount });

    ParquetLeaf NestedLeaf(int column, PhysicalType type, int valueCount, ReadOnlySpan<byte> definition, ReadOnlySpan<byte> repetition)
    {
        var leaf = Leaf(column);
        if (leaf.Column.Type != type) throw new ArgumentException($"column {leaf} holds {leaf.Column.Type}, not {type}", nameof(column));
        if (definition.Length != repetition.Length) throw new ArgumentException($"{definition.Length} definition levels and {repetition.Length} repetition levels", nameof(repetition));
        int rows = 0, values = 0;
        for (var i = 0; i < definition.Length; i++)
        {
            if (definition[i] > leaf.MaxDefinition || repetition[i] > leaf.MaxRepetition) throw new ArgumentException($"levels of column {leaf} reach {leaf.MaxDefinition} and {leaf.MaxRepetition}, not {definition[i]} and {repetition[i]}", nameof(definition));
            if (repetition[i] == 0) rows++;
            if (definition[i] == leaf.MaxDefinition) values++;
        }
        if (rows != rowCount) throw new ArgumentException($"the row group has {rowCount} rows, the levels of column {leaf} {rows}", nameof(repetition));
        if (values != valueCount) throw new ArgumentException($"the levels of column {leaf} ask for {values} values, not {valueCount}", nameof(definition));
        if (!definition.IsEmpty && repetition[0] != 0) throw new ArgumentException("the first slot begins a row", nameof(repetition));
        return leaf;
    }
}
