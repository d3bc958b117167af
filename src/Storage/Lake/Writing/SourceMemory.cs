namespace Cairn.Storage.Lake.Writing;

/// <summary>What a write may hold of its sources; what does not fit is read and decoded again, so that a hundred sources take the memory of ten. Not thread-safe.</summary>
/// <param name="storedBytes">Bytes of row groups as they are stored, from one range to the next.</param>
/// <param name="decodedBytes">Bytes of decoded columns, and of whose each row is, from one range to the next.</param>
/// <param name="peekedBytes">Bytes of decoded columns that say whose rows are, until the same range writes them.</param>
sealed class SourceMemory(long storedBytes, long decodedBytes, long peekedBytes)
{
    public SourceMemory(LakeWriterOptions options)
        : this(options.MaxSourceBytes, options.MaxDecodedBytes, options.MaxPeekedBytes)
    {
    }

    public Share Stored { get; } = new(storedBytes);

    public Share Decoded { get; } = new(decodedBytes);

    public Share Peeked { get; } = new(peekedBytes);

    /// <summary>An amount of bytes of which some are taken.</summary>
    public sealed class Share(long bytes)
    {
        public long Taken { get; private set; }

        public bool TryTake(long more)
        {
            if (Taken + more > bytes) return false;
            Taken += more;
            return true;
        }

        public void GiveBack(long fewer) => Taken -= fewer;
    }
}
