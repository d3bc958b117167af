using System.Runtime.InteropServices;
using Cairn.Query.Scanning;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;
using BooleanColumn = Cairn.Storage.Rows.BooleanColumn;
using DoubleColumn = Cairn.Storage.Rows.DoubleColumn;
using Int64Column = Cairn.Storage.Rows.Int64Column;
using TextColumn = Cairn.Storage.Rows.TextColumn;

namespace Cairn.Query.Journeys;

/// <summary>Brings one column of all parts into the order of a shard.</summary>
static class Gathering
{
    /// <summary>A column whose values are the same wherever they stand: a number, a boolean.</summary>
    /// <param name="columns">One a part; null where the part has none.</param>
    /// <returns>Null where no part has one of this type.</returns>
    public static StoredColumn? Values(RowSpace space, int[] sources, StoredColumn?[] columns) => columns.FirstOrDefault(column => column is not null) switch
    {
        Int64Column => new Int64Column(Gather(space, sources, Arrays<long>(columns, column => (column as Int64Column)?.Memory), Int64Column.Null)),
        DoubleColumn => new DoubleColumn(Gather(space, sources, Arrays<double>(columns, column => (column as DoubleColumn)?.Memory), double.NaN)),
        BooleanColumn => new BooleanColumn(Gather(space, sources, Arrays<sbyte>(columns, column => (column as BooleanColumn)?.Memory), BooleanColumn.Null)),
        TextColumn => Texts(space, sources, Array.ConvertAll(columns, column => column as TextColumn)),
        _ => null,
    };

    /// <summary>A text column in a pool's codes.</summary>
    /// <param name="columns">One a part in its own codes; null where the part has none.</param>
    /// <param name="storedNumbers">For each part what its codes become: see <see cref="PooledCodes.StoredNumbers"/>.</param>
    public static CodeArray Codes(RowSpace space, int[] sources, TextColumn?[] columns, int[]?[] storedNumbers, int codeCount)
    {
        var codes = Arrays<int>(columns, column => (column as TextColumn)?.Memory);
        return CodeArray.BytesFor(codeCount) switch
        {
            1 => CodeArray.Of(Recode(space, sources, codes, Array.ConvertAll(storedNumbers, Narrowed<byte>))),
            2 => CodeArray.Of(Recode(space, sources, codes, Array.ConvertAll(storedNumbers, Narrowed<ushort>))),
            _ => CodeArray.Of(Recode(space, sources, codes, storedNumbers)),
        };
    }

    /// <summary>A text column of parts that have it in a pool's codes already.</summary>
    public static CodeArray Codes(RowSpace space, int[] sources, PooledColumn?[] columns, int codeCount) => CodeArray.BytesFor(codeCount) switch
    {
        1 => CodeArray.Of(Recode<byte>(space, sources, columns)),
        2 => CodeArray.Of(Recode<ushort>(space, sources, columns)),
        _ => CodeArray.Of(Recode<int>(space, sources, columns)),
    };

    static T[] Recode<T>(RowSpace space, int[] sources, PooledColumn?[] columns) where T : struct, System.Numerics.INumber<T>
    {
        var result = new T[sources.Length];
        for (var row = 0; row < result.Length; row++)
        {
            var part = space.PartOf(sources[row]);
            if (columns[part] is { } found) result[row] = T.CreateTruncating(found.Codes[sources[row] - space.FirstOf(part)] + 1);
        }
        return result;
    }

    /// <summary>A text column in codes of the shard's own, for texts that are hardly ever the same.</summary>
    static TextColumn Texts(RowSpace space, int[] sources, TextColumn?[] columns)
    {
        var codes = new int[sources.Length];
        var texts = new Utf8Dictionary();
        for (var row = 0; row < codes.Length; row++)
        {
            var part = space.PartOf(sources[row]);
            var at = sources[row] - space.FirstOf(part);
            codes[row] = columns[part] is { } column && column.Codes[at] != TextColumn.Null ? texts.CodeOf(column.Utf8(at)) : TextColumn.Null;
        }
        return new(codes, new(texts.Values.Bytes[..texts.Values.TotalBytes].ToArray(), texts.Values.Offsets.ToArray()));
    }

    static T[] Gather<T>(RowSpace space, int[] sources, T[]?[] values, T missing)
    {
        var result = new T[sources.Length];
        for (var row = 0; row < result.Length; row++)
        {
            var part = space.PartOf(sources[row]);
            result[row] = values[part] is { } found ? found[sources[row] - space.FirstOf(part)] : missing;
        }
        return result;
    }

    static T[] Recode<T>(RowSpace space, int[] sources, int[]?[] codes, T[]?[] byCode) where T : struct
    {
        var result = new T[sources.Length];
        for (var row = 0; row < result.Length; row++)
        {
            var part = space.PartOf(sources[row]);
            if (codes[part] is { } found) result[row] = byCode[part]![found[sources[row] - space.FirstOf(part)] + 1];
        }
        return result;
    }

    static T[]? Narrowed<T>(int[]? numbers) where T : struct, System.Numerics.INumber<T> =>
        numbers is null ? null : Array.ConvertAll(numbers, T.CreateChecked);

    /// <summary>The arrays behind columns, so that nothing is between a loop and its values.</summary>
    static T[]?[] Arrays<T>(StoredColumn?[] columns, Func<StoredColumn, ReadOnlyMemory<T>?> memoryOf) => Array.ConvertAll(columns, column =>
    {
        if (column is null || memoryOf(column) is not { } memory) return null;
        return MemoryMarshal.TryGetArray(memory, out var whole) && whole is { Offset: 0 } && whole.Count == memory.Length ? whole.Array : memory.ToArray();
    });
}
