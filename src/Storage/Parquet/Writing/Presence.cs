using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Parquet.Writing;

/// <summary>Which rows of a row group hold a value.</summary>
/// <param name="bits">A 1 for each row that does, 0 past the last row; empty where all do.</param>
/// <param name="rowCount">All rows.</param>
/// <param name="presentCount">Those that hold a value.</param>
readonly ref struct Presence(ReadOnlySpan<ulong> bits, int rowCount, int presentCount)
{
    public ReadOnlySpan<ulong> Bits { get; } = bits;

    public int RowCount => rowCount;

    public int PresentCount => presentCount;

    public int NullCount => rowCount - presentCount;

    public static Presence All(int rowCount) => new([], rowCount, rowCount);

    /// <summary>From the rows that hold a value.</summary>
    /// <param name="rows">Ascending, each below <paramref name="rowCount"/>.</param>
    /// <param name="scratch">Rented, at least <see cref="Parquet.Bits.WordsOf"/> long; lives as long as the result.</param>
    public static Presence Of(ReadOnlySpan<int> rows, int rowCount, ulong[] scratch)
    {
        var bits = scratch.AsSpan(0, Parquet.Bits.WordsOf(rowCount));
        bits.Clear();
        var previous = -1;
        foreach (var row in rows)
        {
            if (row <= previous || row >= rowCount) throw new ArgumentException($"rows must ascend and stay below {rowCount}: {row} follows {previous}", nameof(rows));
            Parquet.Bits.Set(bits, row);
            previous = row;
        }
        return rows.Length == rowCount ? All(rowCount) : new(bits, rowCount, rows.Length);
    }

    /// <summary>From codes, one a row, where -1 is null; also gives the codes that are none.</summary>
    /// <param name="present">Becomes the codes of the rows that hold a value.</param>
    public static Presence Of(ReadOnlySpan<int> codes, ulong[] scratch, Span<int> present)
    {
        var bits = scratch.AsSpan(0, Parquet.Bits.WordsOf(codes.Length));
        var count = 0;
        for (var start = 0; start < codes.Length; start += 64)
        {
            var rows = codes.Slice(start, Math.Min(64, codes.Length - start));
            ulong word = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                var code = rows[i];
                present[count] = code;
                var isPresent = (uint)~code >> 31;
                count += (int)isPresent;
                word |= (ulong)isPresent << i;
            }
            bits[start >> 6] = word;
        }
        return count == codes.Length ? All(count) : new(bits, codes.Length, count);
    }

    /// <summary>From a mask that a caller made.</summary>
    public static Presence Of(ReadOnlySpan<ulong> mask, int rowCount, ulong[] scratch)
    {
        var words = Parquet.Bits.WordsOf(rowCount);
        if (mask.Length < words) throw new ArgumentException($"a mask of {rowCount} rows has {words} words, not {mask.Length}", nameof(mask));
        var bits = scratch.AsSpan(0, words);
        mask[..words].CopyTo(bits);
        if ((rowCount & 63) != 0) bits[^1] &= (1UL << rowCount) - 1;
        var count = Parquet.Bits.Count(bits, rowCount);
        return count == rowCount ? All(rowCount) : new(bits, rowCount, count);
    }

    /// <summary>Copies the values of the rows that hold one.</summary>
    public void Gather<T>(ReadOnlySpan<T> values, Span<T> into)
    {
        var count = 0;
        for (var w = 0; w < Bits.Length; w++)
        {
            var word = Bits[w];
            if (word == ulong.MaxValue)
            {
                values.Slice(w * 64, 64).CopyTo(into[count..]);
                count += 64;
                continue;
            }
            for (; word != 0; word &= word - 1) into[count++] = values[(w * 64) + BitOperations.TrailingZeroCount(word)];
        }
    }

    /// <summary>The rows from <paramref name="start"/> (a multiple of 64) on.</summary>
    public Presence Slice(int start, int count)
    {
        if (Bits.IsEmpty) return All(count);
        var slice = Bits.Slice(start >> 6, Parquet.Bits.WordsOf(count));
        return new(slice, count, Parquet.Bits.Count(slice, count));
    }
}
