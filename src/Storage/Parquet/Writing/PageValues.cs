using System.Buffers;
using Cairn.Storage.Parquet.Encodings;

namespace Cairn.Storage.Parquet.Writing;

/// <summary>The values of a column chunk, nulls left out, in one encoding; a page takes a slice of them.</summary>
interface IPageValues
{
    ParquetEncoding Encoding { get; }

    /// <summary>Appends <paramref name="count"/> values from <paramref name="start"/> on.</summary>
    void Encode(int start, int count, ByteBuffer into);
}

readonly ref struct PlainNumbers<T>(ReadOnlySpan<T> values) : IPageValues
    where T : unmanaged
{
    readonly ReadOnlySpan<T> values = values;

    public ParquetEncoding Encoding => ParquetEncoding.Plain;

    public void Encode(int start, int count, ByteBuffer into) => Plain.Encode(values.Slice(start, count), into);
}

readonly ref struct DeltaInt64s(ReadOnlySpan<long> values) : IPageValues
{
    readonly ReadOnlySpan<long> values = values;

    public ParquetEncoding Encoding => ParquetEncoding.DeltaBinaryPacked;

    public void Encode(int start, int count, ByteBuffer into) => DeltaBinaryPacked.Encode(values.Slice(start, count), into);
}

readonly ref struct DeltaInt32s(ReadOnlySpan<int> values) : IPageValues
{
    readonly ReadOnlySpan<int> values = values;

    public ParquetEncoding Encoding => ParquetEncoding.DeltaBinaryPacked;

    public void Encode(int start, int count, ByteBuffer into) => DeltaBinaryPacked.Encode(values.Slice(start, count), into);
}

/// <summary>Codes of a dictionary page, with their width in a byte before them.</summary>
readonly ref struct DictionaryCodes(ReadOnlySpan<int> codes, int width) : IPageValues
{
    readonly ReadOnlySpan<int> codes = codes;

    public ParquetEncoding Encoding => ParquetEncoding.RleDictionary;

    public void Encode(int start, int count, ByteBuffer into)
    {
        into.Append((byte)width);
        RunLengthHybrid.Encode(codes.Slice(start, count), width, into);
    }
}

/// <summary>Texts, every one of a list.</summary>
readonly ref struct PlainTexts(Utf8Values texts) : IPageValues
{
    readonly Utf8Values texts = texts;

    public ParquetEncoding Encoding => ParquetEncoding.Plain;

    public void Encode(int start, int count, ByteBuffer into) =>
        Plain.Encode(new Utf8Values(texts.Bytes, texts.Offsets.Slice(start, count + 1)), into);
}

/// <summary>Texts that codes name.</summary>
readonly ref struct PlainTextsByCode(Utf8Values texts, ReadOnlySpan<int> codes) : IPageValues
{
    readonly Utf8Values texts = texts;
    readonly ReadOnlySpan<int> codes = codes;

    public ParquetEncoding Encoding => ParquetEncoding.Plain;

    public void Encode(int start, int count, ByteBuffer into) => Plain.Encode(texts, codes.Slice(start, count), into);
}

/// <summary>Booleans as runs, with their length in 4 bytes before them.</summary>
readonly ref struct RunLengthBooleans(ReadOnlySpan<bool> values) : IPageValues
{
    readonly ReadOnlySpan<bool> values = values;

    public ParquetEncoding Encoding => ParquetEncoding.Rle;

    public void Encode(int start, int count, ByteBuffer into)
    {
        var words = ArrayPool<ulong>.Shared.Rent(Bits.WordsOf(count));
        var bits = words.AsSpan(0, Bits.WordsOf(count));
        bits.Clear();
        var page = values.Slice(start, count);
        for (var i = 0; i < page.Length; i++) bits[i >> 6] |= (page[i] ? 1UL : 0) << i;
        Levels.WriteWithLength(bits, count, into);
        ArrayPool<ulong>.Shared.Return(words);
    }
}
