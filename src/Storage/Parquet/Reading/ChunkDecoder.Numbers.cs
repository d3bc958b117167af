using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cairn.Storage.Parquet.Encodings;

namespace Cairn.Storage.Parquet.Reading;

sealed partial class ChunkDecoder
{
    Int64Column DecodeInt64()
    {
        var values = DecodeNumbers<long>();
        return new(values, slots.NullCount, slots.Present, slots.Levels);
    }

    Int32Column DecodeInt32()
    {
        var values = DecodeNumbers<int>();
        return new(values, slots.NullCount, slots.Present, slots.Levels);
    }

    DoubleColumn DecodeDoubles()
    {
        var values = DecodeNumbers<double>();
        return new(values, slots.NullCount, slots.Present, slots.Levels);
    }

    DoubleColumn DecodeFloats()
    {
        var values = DecodeNumbers<float>();
        return new(Array.ConvertAll(values, value => (double)value), slots.NullCount, slots.Present, slots.Levels);
    }

    BooleanColumn DecodeBooleans()
    {
        var visitor = new BooleanVisitor(this, new ulong[Bits.WordsOf(slots.SlotCount)]);
        ForEachPage(visitor);
        return new(slots.SlotCount, visitor.Values, slots.NullCount, slots.Present, slots.Levels);
    }

    T[] DecodeNumbers<T>()
        where T : unmanaged
    {
        var visitor = new NumberVisitor<T>(this, new T[slots.SlotCount]);
        ForEachPage(visitor);
        return visitor.Values;
    }

    sealed class NumberVisitor<T>(ChunkDecoder decoder, T[] values) : IPageVisitor
        where T : unmanaged
    {
        T[] dictionary = [];

        public T[] Values => values;

        public void VisitDictionary(ReadOnlySpan<byte> page, int count)
        {
            if ((long)count * Unsafe.SizeOf<T>() > page.Length) throw new EncodingException($"{count} plain values", $"{page.Length} bytes");
            dictionary = new T[count];
            Plain.Decode(page, dictionary.AsSpan());
        }

        public void VisitPage(ReadOnlySpan<byte> page, ParquetEncoding encoding, int start, int slotCount, int presentCount)
        {
            var target = values.AsSpan(start, slotCount);
            var present = target[..presentCount];
            switch (encoding)
            {
                case ParquetEncoding.Plain:
                    Plain.Decode(page, present);
                    break;
                case ParquetEncoding.RleDictionary or ParquetEncoding.PlainDictionary:
                    LookUp(page, present);
                    break;
                case ParquetEncoding.DeltaBinaryPacked when typeof(T) == typeof(long):
                    if (presentCount > 0) DeltaBinaryPacked.Decode(page, MemoryMarshal.Cast<T, long>(present));
                    break;
                case ParquetEncoding.DeltaBinaryPacked when typeof(T) == typeof(int):
                    if (presentCount > 0) DeltaBinaryPacked.Decode(page, MemoryMarshal.Cast<T, int>(present));
                    break;
                case ParquetEncoding.ByteStreamSplit:
                    ByteStreamSplit.Decode(page, present);
                    break;
                default:
                    throw decoder.Unsupported(encoding);
            }
            decoder.slots.Spread(target, start, presentCount, default);
        }

        void LookUp(ReadOnlySpan<byte> page, Span<T> present)
        {
            var codes = ArrayPool<int>.Shared.Rent(present.Length);
            try
            {
                ReadCodes(page, codes.AsSpan(0, present.Length), dictionary.Length);
                for (var i = 0; i < present.Length; i++) present[i] = dictionary[codes[i]];
            }
            finally
            {
                ArrayPool<int>.Shared.Return(codes);
            }
        }
    }

    sealed class BooleanVisitor(ChunkDecoder decoder, ulong[] values) : IPageVisitor
    {
        public ulong[] Values => values;

        public void VisitDictionary(ReadOnlySpan<byte> page, int count) => throw new EncodingException("booleans without a dictionary", "one");

        public void VisitPage(ReadOnlySpan<byte> page, ParquetEncoding encoding, int start, int slotCount, int presentCount)
        {
            if (presentCount == slotCount)
            {
                Read(page, encoding, presentCount, values, start);
                return;
            }
            var words = Bits.WordsOf(presentCount);
            var dense = ArrayPool<ulong>.Shared.Rent(Math.Max(1, words));
            try
            {
                dense.AsSpan(0, words).Clear();
                Read(page, encoding, presentCount, dense, 0);
                var next = 0;
                for (var slot = start; next < presentCount; slot++)
                    if (Bits.Get(decoder.slots.Present, slot) && Bits.Get(dense, next++)) Bits.Set(values, slot);
            }
            finally
            {
                ArrayPool<ulong>.Shared.Return(dense);
            }
        }

        void Read(ReadOnlySpan<byte> page, ParquetEncoding encoding, int count, ulong[] into, int firstBit)
        {
            if (count == 0) return;
            switch (encoding)
            {
                case ParquetEncoding.Plain:
                    Plain.DecodeBits(page, count, into, firstBit);
                    break;
                case ParquetEncoding.Rle:
                    if (page.Length < 4) throw new EncodingException("the length of runs of booleans", "the page's end");
                    RunLengthHybrid.DecodeBits(page[4..], count, into, firstBit);
                    break;
                default:
                    throw decoder.Unsupported(encoding);
            }
        }
    }
}
