namespace Cairn.Query.Sessions;

/// <summary>Sorts many lengths by their digits, the lowest first: they are small numbers, and a comparison of each with each other costs more.</summary>
static class LengthSort
{
    const int BitsOfDigit = 11;

    /// <summary>Fewer are sorted by comparing.</summary>
    const int Few = 2_000;

    /// <param name="lengths">Not negative; put into ascending order.</param>
    /// <returns>The array that holds them: the one given, or another.</returns>
    public static long[] Ascending(long[] lengths)
    {
        if (lengths.Length < Few)
        {
            Array.Sort(lengths);
            return lengths;
        }
        var greatest = 0L;
        foreach (var length in lengths) greatest |= length;
        var other = new long[lengths.Length];
        Span<int> places = stackalloc int[1 << BitsOfDigit];
        for (var shift = 0; greatest >> shift > 0; shift += BitsOfDigit)
        {
            Distribute(lengths, other, shift, places);
            (lengths, other) = (other, lengths);
        }
        return lengths;
    }

    static void Distribute(long[] from, long[] to, int shift, Span<int> places)
    {
        const int mask = (1 << BitsOfDigit) - 1;
        places.Clear();
        foreach (var length in from) places[(int)(length >> shift) & mask]++;
        var place = 0;
        foreach (ref var of in places) (of, place) = (place, place + of);
        foreach (var length in from) to[places[(int)(length >> shift) & mask]++] = length;
    }
}
