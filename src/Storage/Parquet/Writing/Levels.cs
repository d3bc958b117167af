using System.Buffers;
using System.Buffers.Binary;
using Cairn.Storage.Parquet.Encodings;

namespace Cairn.Storage.Parquet.Writing;

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
        var wide = ArrayPool<int>.Shared.Rent(levels.Length);
        for (var i = 0; i < levels.Length; i++) wide[i] = levels[i];
        RunLengthHybrid.Encode(wide.AsSpan(0, levels.Length), BitPacking.WidthOf((ulong)max), into);
        ArrayPool<int>.Shared.Return(wide);
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
