using Cairn.Storage.Parquet;

namespace Cairn.Storage.Lake.Writing;

/// <summary>The texts that one row group uses out of a range's, in memory that is used again and again.</summary>
sealed class TextSlice
{
    /// <summary>By the range's code: which slice met it last, and as what.</summary>
    int[] metIn = [], metAs = [];
    int[] codes = [];
    int[] offsets = new int[1024];
    byte[] bytes = new byte[64 * 1024];
    int codeCount, sliceNumber;

    /// <summary>The codes of <see cref="Narrow"/>'s slots in the narrowed texts.</summary>
    public ReadOnlySpan<int> Codes => codes.AsSpan(0, codeCount);

    /// <summary>The texts that some slots use.</summary>
    /// <param name="slots">Codes of the range; -1 for none.</param>
    public Utf8Values Narrow(GatheredTexts texts, ReadOnlySpan<int> slots)
    {
        if (metIn.Length < texts.Count)
        {
            metIn = new int[Math.Max(texts.Count, metIn.Length * 2)];
            metAs = new int[metIn.Length];
            sliceNumber = 0;
        }
        if (codes.Length < slots.Length) codes = new int[slots.Length];
        codeCount = slots.Length;
        sliceNumber++;
        var all = texts.Values;
        var (used, length) = (0, 0);
        for (var slot = 0; slot < slots.Length; slot++)
        {
            var code = slots[slot];
            if (code < 0)
            {
                codes[slot] = -1;
                continue;
            }
            if (metIn[code] != sliceNumber)
            {
                metIn[code] = sliceNumber;
                metAs[code] = used;
                length = Put(all[code], used++, length);
            }
            codes[slot] = metAs[code];
        }
        return new(bytes, offsets.AsSpan(0, used + 1));
    }

    /// <summary>The texts of some rows, one behind the other.</summary>
    public Utf8Values PutBehind(GatheredTexts texts, ReadOnlySpan<int> slots, ReadOnlySpan<int> rows)
    {
        var all = texts.Values;
        var length = 0;
        for (var i = 0; i < rows.Length; i++) length = Put(all[slots[rows[i]]], i, length);
        return new(bytes, offsets.AsSpan(0, rows.Length + 1));
    }

    int Put(ReadOnlySpan<byte> text, int number, int length)
    {
        var end = checked(length + text.Length);
        if (end > bytes.Length) Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, end * 2L));
        if (number + 2 > offsets.Length) Array.Resize(ref offsets, offsets.Length * 2);
        text.CopyTo(bytes.AsSpan(length));
        offsets[number + 1] = end;
        return end;
    }
}
