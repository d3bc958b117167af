namespace Cairn.Storage.Parquet.Encodings;

static partial class DeltaBinaryPacked
{
    /// <summary>Bytes of a header, and of a block without its miniblocks, at most.</summary>
    const int MaxHeaderBytes = 2 + 1 + 5 + 10, MaxBlockHeaderBytes = 10 + MiniblocksPerBlock;

    /// <summary>Bytes that <see cref="Encode(ReadOnlySpan{long}, ByteBuffer)"/> never exceeds.</summary>
    public static int MaxBytes(int count)
    {
        var blocks = (count + (BlockValues - 1L)) / BlockValues;
        return checked((int)(MaxHeaderBytes + (blocks * (MaxBlockHeaderBytes + (BlockValues * 8)))));
    }
}
