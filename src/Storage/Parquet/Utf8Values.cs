namespace Cairn.Storage.Parquet;

/// <summary>Texts (or any byte strings) in one buffer: text i is the bytes from <c>offsets[i]</c> up to <c>offsets[i + 1]</c>.</summary>
/// <remarks>A view: whoever made it owns the memory. The first offset need not be 0.</remarks>
public readonly ref struct Utf8Values
{
    readonly ReadOnlySpan<byte> bytes;
    readonly ReadOnlySpan<int> offsets;

    /// <param name="bytes">All texts behind one another.</param>
    /// <param name="offsets">One more than there are texts, ascending.</param>
    public Utf8Values(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> offsets)
    {
        this.bytes = bytes;
        this.offsets = offsets;
    }

    public int Count => Math.Max(0, offsets.Length - 1);

    public ReadOnlySpan<byte> this[int index] => bytes[offsets[index]..offsets[index + 1]];

    public ReadOnlySpan<byte> Bytes => bytes;

    public ReadOnlySpan<int> Offsets => offsets;

    /// <summary>Length in bytes of text <paramref name="index"/>.</summary>
    public int LengthOf(int index) => offsets[index + 1] - offsets[index];

    /// <summary>Bytes of all texts.</summary>
    public int TotalBytes => Count == 0 ? 0 : offsets[^1] - offsets[0];
}
