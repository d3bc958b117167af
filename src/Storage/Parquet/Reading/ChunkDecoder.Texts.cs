using System.Buffers;
using Cairn.Storage.Parquet.Encodings;
using Cairn.Storage.Parquet.Metadata;

namespace Cairn.Storage.Parquet.Reading;

sealed partial class ChunkDecoder
{
    TextColumn DecodeTexts(bool distinct)
    {
        var isDictionaryOnly = pages.Pages.All(page => page.Header.Type == PageHeader.DictionaryPage || IsDictionary(page.Header.Encoding));
        var visitor = new TextVisitor(this, new int[slots.SlotCount], isDictionaryOnly || !distinct ? new TextList() : new DistinctTexts());
        ForEachPage(visitor);
        var (bytes, offsets) = visitor.Texts.ToArrays();
        return new(bytes, offsets, visitor.Codes, slots.NullCount, slots.Present, slots.Levels);
    }

    static bool IsDictionary(ParquetEncoding encoding) => encoding is ParquetEncoding.RleDictionary or ParquetEncoding.PlainDictionary;

    /// <summary>Gathers texts and numbers them.</summary>
    abstract class TextGatherer
    {
        /// <summary>The code of a text.</summary>
        public abstract int Add(ReadOnlySpan<byte> text);

        /// <summary>The codes of a page's texts.</summary>
        /// <param name="into">Becomes the codes; empty where nobody asks.</param>
        public virtual void AddAll(ReadOnlySpan<byte> page, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, Span<int> into)
        {
            for (var i = 0; i < starts.Length; i++)
            {
                var code = Add(page.Slice(starts[i], lengths[i]));
                if (!into.IsEmpty) into[i] = code;
            }
        }

        /// <summary>Whether a dictionary page's codes are its texts' codes here.</summary>
        public abstract bool KeepsDictionaryCodes { get; }

        public abstract (byte[] Bytes, int[] Offsets) ToArrays();
    }

    /// <summary>Every text anew.</summary>
    sealed class TextList : TextGatherer
    {
        byte[] bytes = [];
        int[] offsets = [0];
        int count;

        public override bool KeepsDictionaryCodes => true;

        public override int Add(ReadOnlySpan<byte> text)
        {
            var end = offsets[count] + (long)text.Length;
            if (end > Array.MaxLength) throw new EncodingException($"at most {Array.MaxLength} bytes of texts in a chunk", "more");
            if (end > bytes.Length) Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, Math.Max(256, end * 2)));
            text.CopyTo(bytes.AsSpan(offsets[count]));
            if (count + 2 > offsets.Length) Array.Resize(ref offsets, Math.Max(16, offsets.Length * 2));
            offsets[count + 1] = (int)end;
            return count++;
        }

        /// <remarks>Room for the page is made at once: nearly every chunk has one page of texts.</remarks>
        public override void AddAll(ReadOnlySpan<byte> page, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, Span<int> into)
        {
            var end = (long)offsets[count];
            foreach (var length in lengths) end += length;
            if (end > Array.MaxLength) throw new EncodingException($"at most {Array.MaxLength} bytes of texts in a chunk", "more");
            if (end > bytes.Length) Array.Resize(ref bytes, (int)end);
            if (count + starts.Length >= offsets.Length) Array.Resize(ref offsets, count + starts.Length + 1);
            var at = offsets[count];
            for (var i = 0; i < starts.Length; i++)
            {
                page.Slice(starts[i], lengths[i]).CopyTo(bytes.AsSpan(at));
                at += lengths[i];
                offsets[count + 1 + i] = at;
                if (!into.IsEmpty) into[i] = count + i;
            }
            count += starts.Length;
        }

        public override (byte[] Bytes, int[] Offsets) ToArrays()
        {
            Array.Resize(ref bytes, offsets[count]);
            Array.Resize(ref offsets, count + 1);
            return (bytes, offsets);
        }
    }

    /// <summary>Equal texts once.</summary>
    sealed class DistinctTexts : TextGatherer
    {
        readonly Utf8Dictionary texts = new();

        public override bool KeepsDictionaryCodes => false;

        public override int Add(ReadOnlySpan<byte> text) => texts.CodeOf(text);

        public override (byte[] Bytes, int[] Offsets) ToArrays() =>
            (texts.Values.Bytes[..texts.Values.TotalBytes].ToArray(), texts.Values.Offsets.ToArray());
    }

    sealed class TextVisitor(ChunkDecoder decoder, int[] codes, TextGatherer texts) : IPageVisitor
    {
        /// <summary>Bytes of texts that one page with shared prefixes may unfold to.</summary>
        const int MaxSharedBytes = FileLayout.MaxPageBytes;

        /// <summary>The gatherer's code by the dictionary page's, where they differ.</summary>
        int[] dictionary = [];
        int dictionaryCount;

        public int[] Codes => codes;

        public TextGatherer Texts => texts;

        public void VisitDictionary(ReadOnlySpan<byte> page, int count)
        {
            // A text takes at least its length's bytes (or, of fixed length, one), so that the count can't ask for much memory.
            if (count > page.Length) throw new EncodingException($"a dictionary of at most {page.Length} texts", $"{count}");
            dictionaryCount = count;
            dictionary = texts.KeepsDictionaryCodes ? [] : new int[count];
            AddAll(page, ParquetEncoding.Plain, dictionary.Length > 0 ? dictionary : stackalloc int[0], count);
        }

        public void VisitPage(ReadOnlySpan<byte> page, ParquetEncoding encoding, int start, int slotCount, int presentCount)
        {
            var target = codes.AsSpan(start, slotCount);
            var present = target[..presentCount];
            if (!IsDictionary(encoding))
            {
                AddAll(page, encoding, present, presentCount);
            }
            else
            {
                ReadCodes(page, present, dictionaryCount);
                if (!texts.KeepsDictionaryCodes)
                    foreach (ref var code in present) code = dictionary[code];
            }
            decoder.slots.Spread(target, start, presentCount, -1);
        }

        /// <param name="into">Becomes the texts' codes; empty where nobody asks.</param>
        void AddAll(ReadOnlySpan<byte> page, ParquetEncoding encoding, Span<int> into, int count)
        {
            if (count == 0) return;
            var memory = ArrayPool<int>.Shared.Rent(count * 2);
            using var shared = new ByteBuffer();
            try
            {
                var starts = memory.AsSpan(0, count);
                var lengths = memory.AsSpan(count, count);
                var bytes = Locate(page, encoding, starts, lengths, shared);
                texts.AddAll(bytes, starts, lengths, into);
            }
            finally
            {
                ArrayPool<int>.Shared.Return(memory);
            }
        }

        /// <summary>Finds the texts of a page.</summary>
        /// <returns>The bytes that <paramref name="starts"/> and <paramref name="lengths"/> point into.</returns>
        ReadOnlySpan<byte> Locate(ReadOnlySpan<byte> page, ParquetEncoding encoding, Span<int> starts, Span<int> lengths, ByteBuffer shared)
        {
            switch (encoding)
            {
                case ParquetEncoding.Plain when decoder.leaf.Column.FixedLength > 0:
                    LocateFixed(page, decoder.leaf.Column.FixedLength, starts, lengths);
                    return page;
                case ParquetEncoding.Plain:
                    Plain.DecodeTexts(page, starts, lengths);
                    return page;
                case ParquetEncoding.DeltaLengthByteArray:
                    DeltaByteArray.DecodeTexts(page, starts, lengths);
                    return page;
                case ParquetEncoding.DeltaByteArray:
                    DeltaByteArray.DecodeSharedTexts(page, starts, lengths, shared, MaxSharedBytes);
                    return shared.Written;
                default:
                    throw decoder.Unsupported(encoding);
            }
        }

        static void LocateFixed(ReadOnlySpan<byte> page, int length, Span<int> starts, Span<int> lengths)
        {
            if ((long)starts.Length * length > page.Length) throw new EncodingException($"{starts.Length} values of {length} bytes", $"{page.Length} bytes");
            for (var i = 0; i < starts.Length; i++) starts[i] = i * length;
            lengths.Fill(length);
        }
    }
}
