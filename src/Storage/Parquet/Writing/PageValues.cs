using System.Buffers.Binary;
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
        var words = System.Buffers.ArrayPool<ulong>.Shared.Rent(Bits.WordsOf(count));
        var bits = words.AsSpan(0, Bits.WordsOf(count));
        bits.Clear();
        var page = values.Slice(start, count);
        for (var i = 0; i < page.Length; i++) bits[i >> 6] |= (page[i] ? 1UL : 0) << i;
        Levels.WriteWithLength(bits, count, into);
        System.Buffers.ArrayPool<ulong>.Shared.Return(words);
    }
}

/// <summary>Levels and booleans as a version 1 page has them: runs with their length in 4 bytes, little-endian, before them.</summary>
static class Levels
{
    public static void WriteWithLength(ReadOnlySpan<ulong> bits, int count, ByteBuffer into)
    {
        var at = BeginLength(into);
        RunLengthHybrid.EncodeBits(bits, count, into);
        EndLength(at, into);
    }

    public static void WriteRunWithLength(int value, int count, ByteBuffer into)
    {
        var at = BeginLength(into);
        RunLengthHybrid.WriteRun(value, count, 1, into);
        EndLength(at, into);
    }

    /// <param name="levels">0 to <paramref name="max"/>.</param>
    public static void WriteWithLength(ReadOnlySpan<byte> levels, int max, ByteBuffer into)
    {
        var at = BeginLength(into);
        var wide = System.Buffers.ArrayPool<int>.Shared.Rent(levels.Length);
        for (var i = 0; i < levels.Length; i++) wide[i] = levels[i];
        RunLengthHybrid.Encode(wide.AsSpan(0, levels.Length), BitPacking.WidthOf((ulong)max), into);
        System.Buffers.ArrayPool<int>.Shared.Return(wide);
        EndLength(at, into);
    }

    static int BeginLength(ByteBuffer into)
    {
        into.Reserve(4);
        into.Advance(4);
        return into.Length;
    }

    static void EndLength(int at, ByteBuffer into) =>
        BinaryPrimitives.WriteInt32LittleEndian(into.Slice(at - 4, 4), into.Length - at);
}
