using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cairn.Query.Scanning;

/// <summary>The loops over all rows of a column, one for each width.</summary>
public sealed partial class CodeArray
{
    /// <summary>Codes that are compared with all rows at once, a register's width together; past it each row is looked up.</summary>
    const int MaxCompared = 8;

    /// <summary>The rows whose code is wanted, ascending.</summary>
    /// <param name="wanted">By stored number: not 0 for those that are wanted.</param>
    /// <param name="rows">Written to, and one past the result; longer than this column.</param>
    /// <returns>How many there are.</returns>
    public int Select(ReadOnlySpan<uint> wanted, Span<int> rows) =>
        bytes is not null ? Select<byte>(bytes, UpTo(wanted, byte.MaxValue), rows)
        : shorts is not null ? Select<ushort>(shorts, UpTo(wanted, ushort.MaxValue), rows)
        : Select<int>(wide, wanted, rows);

    /// <summary>What came into the pool after this column has numbers that no row of it can hold: cut to its width they would be others' numbers.</summary>
    static ReadOnlySpan<uint> UpTo(ReadOnlySpan<uint> wanted, int greatest) => wanted[..Math.Min(wanted.Length, greatest + 1)];

    /// <summary>What a table says of each of some rows.</summary>
    /// <param name="byStored">By stored number.</param>
    /// <param name="results">One a row.</param>
    public void LookUp<T>(ReadOnlySpan<T> byStored, ReadOnlySpan<int> rows, Span<T> results)
    {
        if (bytes is not null)
            for (var i = 0; i < rows.Length; i++) results[i] = byStored[bytes[rows[i]]];
        else if (shorts is not null)
            for (var i = 0; i < rows.Length; i++) results[i] = byStored[shorts[rows[i]]];
        else
            for (var i = 0; i < rows.Length; i++) results[i] = byStored[wide![rows[i]]];
    }

    /// <summary>What a table says of each of some rows, from a place on, up to the first whose stored number it does not know.</summary>
    /// <param name="byStored">By stored number; so is <paramref name="isKnown"/>.</param>
    /// <param name="results">One a row.</param>
    /// <returns>Which of the rows is not known; their count where all are.</returns>
    public int LookUpKnown<TResult>(ReadOnlySpan<TResult> byStored, ReadOnlySpan<bool> isKnown, ReadOnlySpan<int> rows, Span<TResult> results, int from) =>
        bytes is not null ? LookUpKnown<byte, TResult>(bytes, byStored, isKnown, rows, results, from)
        : shorts is not null ? LookUpKnown<ushort, TResult>(shorts, byStored, isKnown, rows, results, from)
        : LookUpKnown<int, TResult>(wide, byStored, isKnown, rows, results, from);

    static int LookUpKnown<T, TResult>(ReadOnlySpan<T> stored, ReadOnlySpan<TResult> byStored, ReadOnlySpan<bool> isKnown, ReadOnlySpan<int> rows, Span<TResult> results, int from)
        where T : unmanaged, IBinaryInteger<T>
    {
        results = results[..rows.Length];
        isKnown = isKnown[..byStored.Length];
        for (var i = from; i < rows.Length; i++)
        {
            var number = int.CreateTruncating(stored[rows[i]]);
            if (!isKnown[number]) return i;
            results[i] = byStored[number];
        }
        return rows.Length;
    }

    static int Select<T>(ReadOnlySpan<T> stored, ReadOnlySpan<uint> wanted, Span<int> rows) where T : unmanaged, IBinaryInteger<T>
    {
        var count = wanted.Length - wanted.Count(0u);
        if (count == 0) return 0;
        if (count == wanted.Length - 1 && wanted[0] == 0 && !stored.Contains(T.Zero)) return SelectAll(stored.Length, rows);
        if (count <= MaxCompared && Vector256.IsHardwareAccelerated) return SelectFew(stored, wanted, rows);
        return SelectByTable(stored, 0, wanted, rows, 0);
    }

    static int SelectAll(int rowCount, Span<int> rows)
    {
        for (var row = 0; row < rowCount; row++) rows[row] = row;
        return rowCount;
    }

    static int SelectByTable<T>(ReadOnlySpan<T> stored, int first, ReadOnlySpan<uint> wanted, Span<int> rows, int count) where T : unmanaged, IBinaryInteger<T>
    {
        for (var row = first; row < stored.Length; row++)
        {
            // No branch: every row is written, and the next one over it unless it is wanted.
            rows[count] = row;
            count += wanted[int.CreateTruncating(stored[row])] != 0 ? 1 : 0;
        }
        return count;
    }

    static int SelectFew<T>(ReadOnlySpan<T> stored, ReadOnlySpan<uint> wanted, Span<int> rows) where T : unmanaged, IBinaryInteger<T>
    {
        Span<Vector256<T>> sought = stackalloc Vector256<T>[MaxCompared];
        var soughtCount = 0;
        for (var number = 0; number < wanted.Length; number++)
            if (wanted[number] != 0) sought[soughtCount++] = Vector256.Create(T.CreateTruncating(number));
        var count = 0;
        var row = 0;
        ref var first = ref MemoryMarshal.GetReference(stored);
        for (; row <= stored.Length - Vector256<T>.Count; row += Vector256<T>.Count)
        {
            var values = Vector256.LoadUnsafe(ref first, (nuint)row);
            var found = Vector256.Equals(values, sought[0]);
            for (var i = 1; i < soughtCount; i++) found |= Vector256.Equals(values, sought[i]);
            for (var bits = found.ExtractMostSignificantBits(); bits != 0; bits &= bits - 1) rows[count++] = row + BitOperations.TrailingZeroCount(bits);
        }
        return SelectByTable(stored, row, wanted, rows, count);
    }
}
