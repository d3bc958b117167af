using Cairn.Storage.Parquet.Encodings;
using Cairn.Storage.Parquet.Metadata;

namespace Cairn.Storage.Parquet.Reading;

/// <summary>Decodes one column chunk.</summary>
sealed partial class ChunkDecoder : IDisposable
{
    readonly ParquetLeaf leaf;
    readonly PageReader pages;
    readonly SlotReader slots;

    ChunkDecoder(string file, ParquetLeaf leaf, in ColumnChunkInfo chunk, ReadOnlyMemory<byte> bytes)
    {
        this.leaf = leaf;
        if (chunk.ValueCount > FileLayout.MaxRowsPerRowGroup) throw new ParquetFormatException(file, chunk.Offset, $"at most {FileLayout.MaxRowsPerRowGroup} values in column {leaf}", $"{chunk.ValueCount}");
        pages = new PageReader(file, leaf, in chunk, bytes);
        slots = new SlotReader(leaf, (int)chunk.ValueCount);
    }

    /// <param name="bytes">The chunk, whole.</param>
    /// <param name="distinct">Whether texts that a writer put down plainly are made distinct.</param>
    /// <exception cref="ParquetFormatException">The chunk is torn, altered or uses what we do not read.</exception>
    public static DecodedColumn Decode(string file, ParquetLeaf leaf, in ColumnChunkInfo chunk, ReadOnlyMemory<byte> bytes, bool distinct)
    {
        using var decoder = new ChunkDecoder(file, leaf, in chunk, bytes);
        return leaf.Column.Type switch
        {
            PhysicalType.Boolean => decoder.DecodeBooleans(),
            PhysicalType.Int32 => decoder.DecodeInt32(),
            PhysicalType.Int64 => decoder.DecodeInt64(),
            PhysicalType.Float => decoder.DecodeFloats(),
            PhysicalType.Double => decoder.DecodeDoubles(),
            PhysicalType.ByteArray or PhysicalType.FixedBytes => decoder.DecodeTexts(distinct),
            PhysicalType.Int96 => throw new ParquetFormatException(file, chunk.Offset, $"column {leaf} of a type that is read", $"{leaf.Column.Type}"),
        };
    }

    public void Dispose() => pages.Dispose();

    /// <summary>Opens every page in turn; what a kernel finds wrong becomes an exception that names file and place.</summary>
    void ForEachPage<T>(T visitor)
        where T : IPageVisitor
    {
        foreach (var page in pages.Pages)
        {
            try
            {
                var body = pages.Open(in page);
                if (page.Header.Type == PageHeader.DictionaryPage)
                {
                    if (page.Header.Encoding is not (ParquetEncoding.Plain or ParquetEncoding.PlainDictionary)) throw Unsupported(page.Header.Encoding);
                    visitor.VisitDictionary(body.Values, page.Header.ValueCount);
                    continue;
                }
                var (start, presentCount) = slots.Read(in body, page.Header.ValueCount);
                visitor.VisitPage(body.Values, page.Header.Encoding, start, page.Header.ValueCount, presentCount);
            }
            catch (EncodingException wrong)
            {
                throw pages.Fault(in page, wrong.Expected, wrong.Found, wrong);
            }
        }
    }

    EncodingException Unsupported(ParquetEncoding encoding) => new($"an encoding of {leaf.Column.Type} that is read", $"{encoding}");

    /// <summary>Reads codes of a dictionary page.</summary>
    /// <exception cref="EncodingException">A code is past the dictionary, or there is none.</exception>
    static void ReadCodes(ReadOnlySpan<byte> values, Span<int> codes, int dictionaryCount)
    {
        if (codes.IsEmpty) return;
        if (values.IsEmpty) throw new EncodingException("the width of codes", "the page's end");
        int width = values[0];
        if (width > RunLengthHybrid.MaxWidth) throw new EncodingException($"codes of at most {RunLengthHybrid.MaxWidth} bits", $"{width}");
        RunLengthHybrid.Decode(values[1..], width, codes);
        var largest = Largest(codes);
        if (largest >= (uint)dictionaryCount) throw new EncodingException($"codes below {dictionaryCount}", $"{largest}");
    }

    static uint Largest(ReadOnlySpan<int> codes)
    {
        uint largest = 0;
        foreach (var code in codes) largest = Math.Max(largest, (uint)code);
        return largest;
    }

    /// <summary>What is done with each page.</summary>
    interface IPageVisitor
    {
        void VisitDictionary(ReadOnlySpan<byte> values, int count);

        /// <param name="values">The page's values, of which there are <paramref name="presentCount"/>.</param>
        /// <param name="start">The page's first slot.</param>
        /// <param name="slotCount">The page's slots.</param>
        void VisitPage(ReadOnlySpan<byte> values, ParquetEncoding encoding, int start, int slotCount, int presentCount);
    }
}
