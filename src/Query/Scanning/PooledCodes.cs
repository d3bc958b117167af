using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>Turns a part's own codes into a pool's, in the narrowest width that holds them.</summary>
static class PooledCodes
{
    /// <summary>A part's text column in the codes of a pool, which gets the texts it lacks.</summary>
    public static PooledColumn Of(TextPool pool, TextColumn column)
    {
        var stored = StoredNumbers(pool, column.Dictionary);
        // As the pool is now: it only grows, and what others add meanwhile stands in no row of this part.
        var codes = CodeArray.BytesFor(pool.Count) switch
        {
            1 => CodeArray.Of(Narrow(column, stored, number => (byte)number)),
            2 => CodeArray.Of(Narrow(column, stored, number => (ushort)number)),
            _ => CodeArray.Of(Narrow(column, stored, number => number)),
        };
        return new(pool, codes);
    }

    /// <summary>For each of a part's codes, one more than its code in the pool; before them, for no text, 0.</summary>
    public static int[] StoredNumbers(TextPool pool, TextDictionary texts)
    {
        var pooled = pool.Intern(texts);
        var stored = new int[pooled.Length + 1];
        for (var code = 0; code < pooled.Length; code++) stored[code + 1] = pooled[code] + 1;
        return stored;
    }

    static T[] Narrow<T>(TextColumn column, int[] stored, Func<int, T> cast)
    {
        var byCode = Array.ConvertAll(stored, number => cast(number));
        var codes = column.Codes;
        var result = new T[codes.Length];
        for (var row = 0; row < result.Length; row++) result[row] = byCode[codes[row] + 1];
        return result;
    }
}
