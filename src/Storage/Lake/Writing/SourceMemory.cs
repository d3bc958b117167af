namespace Cairn.Storage.Lake.Writing;

/// <summary>What a write may hold of its sources from one range to the next; what does not fit is read and decoded again. Not thread-safe.</summary>
/// <param name="storedBytes">Bytes of row groups as they are stored.</param>
/// <param name="decodedBytes">Bytes of decoded columns, and of whose each row is.</param>
sealed class SourceMemory(long storedBytes, long decodedBytes)
{
    public SourceMemory(LakeWriterOptions options)
        : this(options.MaxSourceBytes, options.MaxDecodedBytes)
    {
    }

    public Share Stored { get; } = new(storedBytes);

    public Share Decoded { get; } = new(decodedBytes);

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
